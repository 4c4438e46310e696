import type { AlertRecord } from './record.ts';

/** The times that decide when an alert ends because nothing more happens. */
export interface QuietRules {
  /** So many milliseconds without another event resolve an alert. */
  readonly resolveAfter: number;
  /** An alert fires for at least so many milliseconds after it was first told: of a shorter one nobody would hear. */
  readonly keepFiringFor: number;
  /** When the last successful read of the target began; undefined if there was none. */
  readonly lastRead?: number | undefined;
  /** When that read began, where it is so long ago that something was missed. */
  readonly unseenSince?: number | undefined;
}

/**
 * From when on the quiet time of an event runs. Nobody was told of what happened while the target could not be seen, so
 * there it does not run from the event but from when we learned of it: a job that failed at 03:00 while the exporter
 * could not read it until 08:00 alerts at 08:00, for a whole `resolveAfter`.
 */
export function quietFrom(
  at: number,
  now: number,
  { unseenSince = Number.POSITIVE_INFINITY }: QuietRules,
): number {
  return at < unseenSince ? at : Math.max(at, now);
}

/** Whether an alert was told for long enough. That a target can't be read ends when it can. */
export function isToldEnough(record: AlertRecord, now: number, { keepFiringFor }: QuietRules): boolean {
  return record.origin === 'down' || (record.toldAt ?? record.startsAt) + keepFiringFor <= now;
}

/** When a firing alert ends by itself if nothing more happens; Infinity if it does not. Unix milliseconds. */
export function endOf(record: AlertRecord, { resolveAfter, keepFiringFor }: QuietRules): number {
  const quiet = record.quietFrom === null ? Number.POSITIVE_INFINITY : record.quietFrom + resolveAfter;
  const told = (record.toldAt ?? record.startsAt) + keepFiringFor;
  return Math.max(record.recoveredAt ?? quiet, told);
}

/** Whether an alert has had no event for so long that it is over. */
export function isQuiet(record: AlertRecord, now: number, { resolveAfter }: QuietRules): boolean {
  return record.quietFrom !== null && record.quietFrom + resolveAfter <= now;
}
