import type { Family, SampleSink } from '../metrics/family.ts';

/** 1 for the status that a target has, if it has one, and 0 for the others that are known. */
export function statusSamples(
  family: Family,
  known: readonly string[],
  current: string | undefined,
  sink: SampleSink,
): void {
  const statuses = new Set(current === undefined ? known : [...known, current]);
  for (const status of statuses) sink(family, { status }, status === current ? 1 : 0);
}
