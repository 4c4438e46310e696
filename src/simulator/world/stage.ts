import type { Cloud } from '../cloud.ts';
import type { Random } from '../seeded-random.ts';

/** What one actor of the world does, for ever or until it leaves: it yields how long it waits, in story milliseconds. */
export type Life = Generator<number, void, undefined>;

/** An actor's view of the world. */
export interface Stage {
  readonly cloud: Cloud;
  /** The actor's own stream. */
  readonly random: Random;
  /** The instant that is being played, Unix milliseconds. */
  now(): number;
  /** Something that an onlooker would want to know. */
  tell(text: string): void;
  /**
   * A quiet time of about `live` between two happenings. In the history before the world opens it is
   * ten times longer, but ends soon after the opening, so that somebody who looks sees life at once.
   */
  pause(live: number): number;
}

/** A duration between two bounds, in story milliseconds. */
export function between(random: Random, min: number, max: number): number {
  return min + random() * (max - min);
}

/** The scene of that number, round and round. */
export function sceneOf<T>(scenes: readonly [T, ...T[]], round: number): T {
  return scenes[round % scenes.length] ?? scenes[0];
}

const EVENTS_MAX = 20_000;

/** The cloud forgets old events too; without this a demo of weeks would not be bounded. */
export function forgetOldest(list: unknown[]): void {
  if (list.length > EVENTS_MAX) list.splice(0, list.length - EVENTS_MAX);
}
