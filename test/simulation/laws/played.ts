import type { AlertmanagerCluster } from '../alertmanagers.ts';
import type { Fault } from '../faults.ts';
import type { Machine } from '../machine.ts';
import type { Network } from '../network.ts';
import type { Scraper } from '../scraper.ts';
import type { Shape } from '../shape.ts';
import type { World } from '../world.ts';

/** All that a story has, for those who judge it. */
export interface Played {
  /** Unix milliseconds. */
  readonly start: number;
  readonly clock: () => number;
  readonly shape: Shape;
  readonly world: World;
  readonly cluster: AlertmanagerCluster;
  readonly machines: readonly Machine[];
  /** Of each machine. */
  readonly networks: readonly Network[];
  /** Of each machine. */
  readonly scrapers: readonly (readonly Scraper[])[];
  readonly faults: readonly Fault[];
  /** Laws that were broken. */
  readonly broken: string[];
}

export const MINUTE = 60_000;
/** What a fault may still cause so long after it has ended: alerts are sent four intervals ahead. Milliseconds. */
export function aftermathOf({ alertInterval }: Shape): number {
  return Math.max(40 * MINUTE, 4 * alertInterval);
}

/** @param from Unix milliseconds, as is `to` */
export function isDisturbed(played: Played, from: number, to: number): boolean {
  return disturbances(played, from, to).length > 0;
}

/** The faults that may have their effect within that time. */
export function disturbances({ faults, start, shape }: Played, from: number, to: number): readonly Fault[] {
  const aftermath = aftermathOf(shape);
  return faults.filter(({ at, lasts }) => start + at <= to && start + at + lasts + aftermath >= from);
}

export function clockTime(at: number): string {
  return new Date(at).toISOString().slice(5, 19);
}
