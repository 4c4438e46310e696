import type { FailureReason } from '../modelarts/errors.ts';

/** What decides when a target is read next. Instants are epoch milliseconds. */
export interface Pace {
  /**
   * When the last refresh was asked for, undefined before the first. Not when it began: in a long queue
   * that is so much later that the next scrape would come too early.
   */
  readonly askedAt: number | undefined;
  /** Refreshes that failed in a row, and why the last one did. */
  readonly failures: number;
  readonly reason: FailureReason | undefined;
  /** Nothing more is expected to happen, and a read since has confirmed it. */
  readonly settled: boolean;
}

/** A scrape interval equal to the minimal interval must not skip every other scrape. */
const EARLY = 0.9;
const BACKOFF_MAX = 8;
const SETTLED_INTERVAL = 3_600_000;

/** Whether a target may be read again. */
export function isDue(pace: Pace, minInterval: number, now: number): boolean {
  const { askedAt } = pace;
  // In the future it is after the clock was set back, and nobody is to wait until then.
  return askedAt === undefined || askedAt > now || askedAt + wait(pace, minInterval) <= now;
}

function wait(pace: Pace, minInterval: number): number {
  if (pace.settled && pace.failures === 0) return Math.max(SETTLED_INTERVAL, minInterval);
  return minInterval * EARLY * backoff(pace);
}

/**
 * A target that fails is asked less and less. Not where its project holds requests back anyway: once
 * that ends, every target is to be read at once.
 */
function backoff({ failures, reason }: Pace): number {
  if (failures === 0 || reason === 'auth' || reason === 'throttled') return 1;
  return Math.min(2 ** (failures - 1), BACKOFF_MAX);
}
