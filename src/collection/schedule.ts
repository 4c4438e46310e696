import type { FailureReason } from '../modelarts/errors.ts';

/** What decides when a target is read next. Instants are Unix milliseconds. */
export interface Pace {
  /**
   * When the last refresh was asked for, undefined before the first. Not when it began: in a long queue
   * that is so much later that the next scrape would come too early.
   */
  readonly refreshRequestedAt: number | undefined;
  /** Why the last refresh failed, where it did. */
  readonly reason: FailureReason | undefined;
  /** Since when nothing more is expected to happen, as every read since has confirmed. */
  readonly settledSince: number | undefined;
  /** A listing has shown something else since the last read. */
  readonly hasChanged: boolean;
}

/** Share of the interval after which a target is due: a scrape interval equal to it must not skip every other scrape. */
const DUE_AFTER = 0.9;
/** What has settled for an hour is read rarely: late events come before. */
const SETTLED_AFTER = 3_600_000;

/** Whether a target may be read again. */
export function isDue(pace: Pace, minInterval: number, now: number): boolean {
  const { refreshRequestedAt } = pace;
  // In the future it is after the clock was set back, and nobody is to wait until then.
  return (
    refreshRequestedAt === undefined ||
    pace.hasChanged ||
    refreshRequestedAt > now ||
    refreshRequestedAt + wait(pace, minInterval, now) <= now
  );
}

/** It is read so rarely that a long time without a read means nothing. */
export function hasSettled({ settledSince }: Pace, now: number): boolean {
  return now - (settledSince ?? now) >= SETTLED_AFTER;
}

function wait(pace: Pace, minInterval: number, now: number): number {
  // The credential's breaker says when to send again; a changed one is tried at once.
  if (pace.reason === 'auth') return 0;
  if (!hasSettled(pace, now) || pace.reason !== undefined) return minInterval * DUE_AFTER;
  // After the longer a time, the longer it has been quiet: a job that ended five days ago is next read in five days.
  const quiet = (pace.refreshRequestedAt ?? now) - (pace.settledSince ?? now);
  return Math.max(SETTLED_AFTER, quiet, minInterval);
}
