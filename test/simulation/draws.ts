import type { Random } from '../../src/simulator/seeded-random.ts';

/** What chance decides. */
export interface Draws {
  readonly random: Random;
  /** Both inclusive. */
  integer(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(values: readonly T[]): T;
  /** Until the next of events that come at random, so long apart on average. */
  gap(mean: number): number;
}

export function drawsOf(random: Random): Draws {
  const integer = (min: number, max: number) => min + Math.floor(random() * (max - min + 1));
  return {
    random,
    integer,
    chance: (probability) => random() < probability,
    pick: (values) => values[integer(0, values.length - 1)] as (typeof values)[number],
    gap: (mean) => -Math.log(1 - random()) * mean,
  };
}
