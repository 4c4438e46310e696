import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

/** Monotonic time and waiting, as one thing, so that a test can drive both. Milliseconds. */
export interface Timers {
  now(): number;
  /** @throws the signal's reason or an AbortError when it aborts */
  sleep(duration: number, signal?: AbortSignal): Promise<void>;
}

export const systemTimers: Timers = {
  now: () => performance.now(),
  sleep: (duration, signal) => wait(duration, undefined, signal === undefined ? {} : { signal }),
};
