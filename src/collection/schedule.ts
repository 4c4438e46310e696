import type { FailureReason } from '../modelarts/errors.ts';

/** What decides when a target is read next. Instants are epoch milliseconds. */
export interface Pace {
  /** When the last refresh began; undefined before the first. */
  readonly lastAttempt: number | undefined;
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

/** When a target may be read again. */
export function dueAt(pace: Pace, minInterval: number): number {
  if (pace.lastAttempt === undefined) return Number.NEGATIVE_INFINITY;
  if (pace.settled && pace.failures === 0) return pace.lastAttempt + Math.max(SETTLED_INTERVAL, minInterval);
  return pace.lastAttempt + minInterval * EARLY * backoff(pace);
}

/**
 * A target that fails is asked less and less. Not where its project holds requests back anyway: once
 * that ends, every target is to be read at once.
 */
function backoff({ failures, reason }: Pace): number {
  if (failures === 0 || reason === 'auth' || reason === 'throttled') return 1;
  return Math.min(2 ** (failures - 1), BACKOFF_MAX);
}
