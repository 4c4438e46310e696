/**
 * Says at each tick how many refreshes may begin, so that they are spread evenly over the interval. Example: 600
 * targets in a minute are 10 at each tick of a second.
 */
export interface RefreshBudget {
  /** Milliseconds between two ticks. */
  readonly tick: number;
  /** @returns how many refreshes may begin now, `elapsed` milliseconds after the tick before */
  next(targets: number, elapsed: number): number;
}

/** @param interval milliseconds in which every target is to be read once */
export function createRefreshBudget(interval: number): RefreshBudget {
  const tick = Math.min(1_000, Math.max(20, interval / 20));
  let owed = 0;
  return {
    tick,
    next(targets, elapsed) {
      const perTick = (targets * tick) / interval;
      // What could not begin, because the process stood still, is not made up for in one burst.
      owed = Math.min(owed + (targets * elapsed) / interval, 2 * perTick + 1);
      const now = Math.floor(owed);
      owed -= now;
      return now;
    },
  };
}

/**
 * How many of those that are due must begin at this tick, so that each begins before its interval is over, and no more
 * of them at one tick than at another. Example: all were read in one go at the start, and are due when three ticks of
 * their interval are left; a third of them begins at each. Who is an interval late already is left to the budget.
 * @param left milliseconds until the interval of each is over
 */
export function mustBegin(left: readonly number[], interval: number, tick: number): number {
  const ticks = left
    .filter((time) => time > -interval)
    .map((time) => Math.max(1, Math.floor(time / tick)))
    .sort((a, b) => a - b);
  return ticks.reduce((most, count, index) => Math.max(most, Math.ceil((index + 1) / count)), 0);
}
