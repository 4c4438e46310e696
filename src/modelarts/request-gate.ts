import type { Timers } from '../timers.ts';
import { ApiError } from './errors.ts';
import type { Quota } from './quota.ts';

/**
 * Decides when a request of a project may start: no more per second than the rate allows, no more than the quota of the
 * credential, which other projects may share, and none during a pause.
 * How many are in flight at once is not decided here but by who asks (the project's queue in collection/).
 */
export interface RequestGate {
  /**
   * Resolves when it is the caller's turn; who came first goes first. `check` runs right before, and if it throws,
   * the caller fails with its error and has used up nothing of the rate.
   * @returns when the request starts
   * @throws ApiError once the client is closed
   */
  enter(check: () => void): Promise<number>;
  /** Lets nobody in for `duration` milliseconds from now; requests in flight go on. */
  pause(duration: number): void;
  isPaused(): boolean;
  /**
   * Resolves when no pause is on.
   * @throws ApiError once the client is closed
   */
  resumed(): Promise<void>;
  /** How long requests have waited for the quota or the end of a pause, in milliseconds. */
  throttledFor(): number;
}

/** Until when nobody may start, by the clock of the timers. */
export interface Pause {
  until: number;
}

export interface RequestGateOptions {
  /** Starts per second, in any second. A rate of 0.5 is one start in any two seconds. */
  readonly rate: number;
  readonly quota: Pick<Quota, 'nextStart' | 'sent'>;
  /** The gates of one project share it: a reload that opens another ends no pause. */
  readonly pause: Pause;
  readonly timers: Timers;
  /** Aborted when the client closes. */
  readonly signal: AbortSignal;
}

/**
 * Not p-queue's `intervalCap` with `strict`: that reads the system clock, and when that was set back by an hour it
 * starts nothing for an hour.
 */
export function createRequestGate({ rate, quota, pause, timers, signal }: RequestGateOptions): RequestGate {
  // The last starts, as a ring: a new one may follow when the oldest of them is a whole window ago. The window is
  // longer than a second only if the rate is no whole number: 2.5 per second are two starts in 800 ms.
  const starts = new Array<number>(Math.max(1, Math.floor(rate))).fill(Number.NEGATIVE_INFINITY);
  const window = (starts.length / rate) * 1000;
  let oldest = 0;
  let lastInLine: Promise<unknown> = Promise.resolve();
  let throttled = 0;
  /** Since when the first in line waits for the quota or the end of a pause. */
  let throttledSince: number | undefined;

  async function waitUntil(moment: () => number): Promise<void> {
    for (;;) {
      if (signal.aborted) throw closed();
      // Asked anew after each sleep: a pause may have begun meanwhile.
      const wait = moment() - timers.now();
      if (wait <= 0) return;
      // A timer knows whole milliseconds only: with less it would wake too early, again and again.
      await timers.sleep(Math.ceil(wait), signal).catch(() => {
        throw closed();
      });
    }
  }

  const allowedAt = () => Math.max(pause.until, quota.nextStart());
  const nextStart = () => Math.max(allowedAt(), (starts[oldest] ?? 0) + window);
  const waited = () => (throttledSince === undefined ? 0 : timers.now() - throttledSince);

  async function takeTurn(check: () => void): Promise<number> {
    if (allowedAt() > timers.now()) throttledSince = timers.now();
    try {
      // Another project may have taken what was left of the quota.
      while (nextStart() > timers.now()) await waitUntil(nextStart);
      if (signal.aborted) throw closed();
    } finally {
      throttled += waited();
      throttledSince = undefined;
    }
    check();
    const now = timers.now();
    starts[oldest] = now;
    oldest = (oldest + 1) % starts.length;
    quota.sent(now);
    return now;
  }

  return {
    enter(check) {
      const turn = lastInLine.then(() => takeTurn(check));
      lastInLine = turn.catch(() => {});
      return turn;
    },
    pause(duration) {
      pause.until = Math.max(pause.until, timers.now() + duration);
    },
    isPaused: () => timers.now() < pause.until,
    resumed: () => waitUntil(() => pause.until),
    throttledFor: () => throttled + waited(),
  };
}

function closed(): ApiError {
  return new ApiError('other', 'not sent: the client is closed');
}
