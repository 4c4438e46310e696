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

/** Sets what plain JSON dates in the future to now: it was noted by a clock that was ahead. In place. */
export function letGoOfFuture(value: unknown, now: number): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    if (typeof each === 'number' && each > now && each > FIRST_INSTANT) Object.assign(value, { [key]: now });
    else letGoOfFuture(each, now);
  }
}

/** In 2001: a smaller number is no instant in Unix milliseconds. */
const FIRST_INSTANT = 1e12;
