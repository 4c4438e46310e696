import type { TargetView } from '../collection/target-view.ts';

/** How reading a target goes, which is not how the target does. */
export const READINGS = ['down', 'unknown', 'up', 'deleted'] as const;
export type Reading = (typeof READINGS)[number];

export const READING_WORDS: Readonly<Record<Reading, string>> = {
  down: 'not readable',
  unknown: 'not read yet',
  up: 'readable',
  deleted: 'deleted',
};

export function readingOf({ deleted, up }: TargetView): Reading {
  if (deleted) return 'deleted';
  return up === undefined ? 'unknown' : up ? 'up' : 'down';
}
