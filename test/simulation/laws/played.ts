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
/** What a fault may still cause after it has ended. */
export const AFTERMATH = 40 * MINUTE;

/** @param from Unix milliseconds, as is `to` */
export function isDisturbed(played: Played, from: number, to: number): boolean {
  return disturbances(played, from, to).length > 0;
}

/** The faults that may have their effect within that time. */
export function disturbances({ faults, start }: Played, from: number, to: number): readonly Fault[] {
  return faults.filter(({ at, lasts }) => start + at <= to && start + at + lasts + AFTERMATH >= from);
}

export function clockTime(at: number): string {
  return new Date(at).toISOString().slice(5, 19);
}
