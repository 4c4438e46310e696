import type { Timers } from './timers.ts';

/** Less is how clocks are kept right; more is a clock that was wrong. Milliseconds. */
const STEP_MIN = 60_000;

/**
 * A wall clock that tells when it was set: whoever keeps instants of it can move them along, so that their ages stay
 * true.
 * @param onStep called with the milliseconds by which it was set, before the new time is told to anybody
 */
export function noticingSteps(
  clock: () => number,
  timers: Pick<Timers, 'now'>,
  onStep: (by: number, now: number) => void,
): () => number {
  let offset = clock() - timers.now();
  return () => {
    const now = clock();
    const by = now - timers.now() - offset;
    if (Math.abs(by) >= STEP_MIN) {
      offset += by;
      onStep(by, now);
    }
    return now;
  };
}

/** An instant as the clock would have told it, had it been right then. */
export function movedBy(by: number, instant: number | undefined): number | undefined {
  return instant === undefined ? undefined : instant + by;
}

/**
 * Sets what plain JSON dates in the future to now: it was noted by a clock that was ahead. In place. The API's own
 * clock may be a little ahead, and what it dates is believed. Lists of nothing but instants are left alone: they tell
 * which records of the API were counted, and a clock that was set back for a while must not have them counted again.
 */
export function letGoOfFuture(value: unknown, now: number): void {
  if (typeof value !== 'object' || value === null || isInstants(value)) return;
  for (const [key, each] of Object.entries(value)) {
    if (typeof each !== 'number') letGoOfFuture(each, now);
    else if (INSTANT.test(key) && each > now + AHEAD_MAX) Object.assign(value, { [key]: now });
  }
}

function isInstants(value: object): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'number');
}

/** Keys of Unix milliseconds, and places in tuples of them; a count may be as large, and is no date. */
const INSTANT = /^(?:at|since|end|observed|\d+)$|At$/;
/** What the API dates further ahead is not believed. Milliseconds. */
export const AHEAD_MAX = 5 * 60_000;
