import type { Timers } from '../timers.ts';
import { ApiError } from './errors.ts';

/** Decides when a request may start: so many at once, so many per second, none during a pause. */
export interface Gate {
  /**
   * Runs `task` when its turn comes. `check` is asked right before; if it throws, the task fails without
   * costing anything of the rate.
   */
  run<T>(task: () => Promise<T>, check: () => void): Promise<T>;
  /** Starts nothing for `duration` milliseconds from now; what runs goes on. */
  pause(duration: number): void;
  paused(): boolean;
  /** Resolves when no pause is on. */
  resumed(): Promise<void>;
}

export interface GateOptions {
  readonly concurrency: number;
  /** Starts per second, in any second; fractions work. */
  readonly rate: number;
  readonly timers: Timers;
  /** Aborted: everything that waits fails. */
  readonly signal: AbortSignal;
}

interface Waiter {
  start(): Promise<void>;
  check(): void;
  reject(error: unknown): void;
}

export function createGate({ concurrency, rate, timers, signal }: GateOptions): Gate {
  // A sliding window over the last `starts.length` starts: exact for whole rates, and a rate of 0.5 is
  // one start in two seconds.
  const starts = new Array<number>(Math.max(1, Math.floor(rate))).fill(Number.NEGATIVE_INFINITY);
  const span = (starts.length / rate) * 1000;
  const waiting: Waiter[] = [];
  let oldest = 0;
  let active = 0;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let asleep = false;

  function wake(): void {
    asleep = false;
    pump();
  }

  function pump(): void {
    while (active < concurrency && !asleep) {
      const next = waiting[0];
      if (next === undefined) return;
      const now = timers.now();
      const wait = Math.max(pausedUntil, (starts[oldest] ?? 0) + span) - now;
      if (wait > 0) {
        asleep = true;
        timers.sleep(wait, signal).then(wake, () => {});
        return;
      }
      waiting.shift();
      try {
        next.check();
      } catch (error) {
        next.reject(error);
        continue;
      }
      starts[oldest] = now;
      oldest = (oldest + 1) % starts.length;
      active += 1;
      void next.start().finally(() => {
        active -= 1;
        pump();
      });
    }
  }

  const closed = () => new ApiError('other', 'not sent: the client is closed');
  signal.addEventListener(
    'abort',
    () => {
      for (const waiter of waiting.splice(0)) waiter.reject(closed());
    },
    { once: true },
  );

  return {
    run: (task, check) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(closed());
        waiting.push({ start: () => task().then(resolve, reject), check, reject });
        pump();
      }),
    pause: (duration) => {
      pausedUntil = Math.max(pausedUntil, timers.now() + duration);
    },
    paused: () => timers.now() < pausedUntil,
    resumed: async () => {
      for (let wait = pausedUntil - timers.now(); wait > 0; wait = pausedUntil - timers.now()) {
        await timers.sleep(wait, signal).catch(() => {
          throw closed();
        });
      }
    },
  };
}
