import type { Timers } from '../timers.ts';
import { ApiError } from './errors.ts';

/**
 * Decides when a request of a project may start: no more per second than the rate allows, and none during a pause.
 * How many are in flight at once is not decided here but by who asks (the project's queue in collection/).
 */
export interface RequestGate {
  /**
   * Resolves when it is the caller's turn; who came first goes first. `check` runs right before, and if it throws,
   * the caller fails with its error and has used up nothing of the rate.
   * @throws ApiError once the client is closed
   */
  enter(check: () => void): Promise<void>;
  /** Lets nobody in for `duration` milliseconds from now; requests in flight go on. */
  pause(duration: number): void;
  isPaused(): boolean;
  /**
   * Resolves when no pause is on.
   * @throws ApiError once the client is closed
   */
  resumed(): Promise<void>;
}

export interface RequestGateOptions {
  /** Starts per second, in any second. A rate of 0.5 is one start in any two seconds. */
  readonly rate: number;
  readonly timers: Timers;
  /** Aborted when the client closes. */
  readonly signal: AbortSignal;
}

/**
 * Not p-queue's `intervalCap` with `strict`: that reads the system clock, and when that was set back by an hour it
 * starts nothing for an hour.
 */
export function createRequestGate({ rate, timers, signal }: RequestGateOptions): RequestGate {
  // The last starts, as a ring: a new one may follow when the oldest of them is a whole window ago. The window is
  // longer than a second only if the rate is no whole number: 2.5 per second are two starts in 800 ms.
  const starts = new Array<number>(Math.max(1, Math.floor(rate))).fill(Number.NEGATIVE_INFINITY);
  const window = (starts.length / rate) * 1000;
  let oldest = 0;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let lastInLine: Promise<void> = Promise.resolve();

  async function waitUntil(moment: () => number): Promise<void> {
    for (;;) {
      if (signal.aborted) throw closed();
      // Asked anew after each sleep: a pause may have begun meanwhile.
      const wait = moment() - timers.now();
      if (wait <= 0) return;
      await timers.sleep(wait, signal).catch(() => {
        throw closed();
      });
    }
  }

  async function takeTurn(check: () => void): Promise<void> {
    await waitUntil(() => Math.max(pausedUntil, (starts[oldest] ?? 0) + window));
    check();
    starts[oldest] = timers.now();
    oldest = (oldest + 1) % starts.length;
  }

  return {
    enter(check) {
      const turn = lastInLine.then(() => takeTurn(check));
      lastInLine = turn.catch(() => {});
      return turn;
    },
    pause(duration) {
      pausedUntil = Math.max(pausedUntil, timers.now() + duration);
    },
    isPaused: () => timers.now() < pausedUntil,
    resumed: () => waitUntil(() => pausedUntil),
  };
}

function closed(): ApiError {
  return new ApiError('other', 'not sent: the client is closed');
}
