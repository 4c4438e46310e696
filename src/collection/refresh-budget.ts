/**
 * Says at each tick how many refreshes may begin, so that they are spread evenly over the interval. Example: 600
 * targets in a minute are 10 at each tick of a second.
 */
export interface RefreshBudget {
  /** Milliseconds between two ticks. */
  readonly tick: number;
  /**
   * @param targets how many there are to be spread
   * @param left milliseconds until the interval of each that is due is over, in the order in which they begin
   * @param elapsed milliseconds since the tick before
   * @returns how many refreshes begin now
   */
  next(targets: number, left: readonly number[], elapsed: number): number;
}

/** A target is due when a tenth of its interval is left: so many ticks are in that time that targets can move apart. */
const TICKS_PER_INTERVAL = 40;
/** Thirds add up to a little less than a whole. */
const ROUNDING = 1e-9;

/** @param interval milliseconds in which every target is to be read once */
export function createRefreshBudget(interval: number): RefreshBudget {
  const tick = Math.min(1_000, Math.max(20, interval / TICKS_PER_INTERVAL));
  let owed = 0;
  let overdue = 0;
  return {
    tick,
    next(targets, left, elapsed) {
      const perTick = (targets * tick) / interval;
      // What could not begin, because the process stood still, is not made up for in one burst.
      owed = Math.min(owed + (targets * elapsed) / interval, 2 * perTick + 1);
      overdue += mustBegin(left, interval, tick);
      const now = Math.min(left.length, Math.max(Math.floor(owed), Math.floor(overdue + ROUNDING)));
      owed = Math.max(0, owed - now);
      overdue = Math.max(0, overdue - now);
      return now;
    },
  };
}

/**
 * How many of those that are due must begin at each tick from this one on, so that each begins before its interval is
 * over, and no more of them at one tick than at another. Example: all were read in one go at the start, and are due
 * when three ticks of their interval are left; a third of them begins at each. Two with four ticks left are half a
 * target at each: one begins at every other tick, so that few targets move apart as many do. Who is an interval late
 * already is left to the budget.
 */
export function mustBegin(left: readonly number[], interval: number, tick: number): number {
  const ticks = left
    .filter((time) => time > -interval && time < Number.POSITIVE_INFINITY)
    .map((time) => Math.max(1, Math.floor(time / tick)))
    .sort((a, b) => a - b);
  return ticks.reduce((most, count, index) => Math.max(most, (index + 1) / count), 0);
}
