import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

/** Monotonic time and waiting, as one thing, so that a test can drive both. Milliseconds. */
export interface Timers {
  now(): number;
  /** @throws the signal's reason or an AbortError when it aborts */
  sleep(duration: number, signal?: AbortSignal): Promise<void>;
}

/** Waits for work, so many milliseconds at most, and tells what it gave, or undefined if it was not over by then. */
export async function within<T>(
  work: Promise<T>,
  duration: number,
  { sleep }: Pick<Timers, 'sleep'>,
): Promise<T | undefined> {
  if (!Number.isFinite(duration)) return work;
  const enough = new AbortController();
  const late = sleep(duration, enough.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    // With a reason of ours none is made, with the stack of this call.
    enough.abort('over');
  }
}

export const systemTimers: Timers = {
  now: () => performance.now(),
  sleep: (duration, signal) => wait(duration, undefined, signal === undefined ? {} : { signal }),
};
