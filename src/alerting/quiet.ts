import type { AlertRecord } from './record.ts';

/** The times that decide when alerts end by quiet, in milliseconds. */
export interface QuietRules {
  readonly resolveAfter: number;
  /** When no exporter ran, though its state lived on: problems of that time are news when they are first read. */
  readonly downtime?: Downtime;
}

export interface Downtime {
  readonly from: number;
  readonly until: number;
}

export function isWithin(at: number, downtime: Downtime | undefined): downtime is Downtime {
  return downtime !== undefined && at >= downtime.from && at < downtime.until;
}

export function isQuiet(record: AlertRecord, now: number, { resolveAfter }: QuietRules): boolean {
  return record.quietFrom !== null && record.quietFrom + resolveAfter <= now;
}
