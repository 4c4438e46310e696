import type { RateWindow } from './learnt-limit.ts';

/** However long the API asks to wait, one request an hour finds out whether it has changed its mind. Milliseconds. */
const WAIT_MAX = 3_600_000;

const UNITS: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3_600, day: 86_400 };

/** Retry-After in milliseconds: seconds or an HTTP date. */
export function parseRetryAfter(value: string, now: number): number | undefined {
  const text = value.trim();
  // Date.parse takes far more for a date than HTTP does, even "-5".
  const date = /^[a-z]{3,9},? /i.test(text) ? Date.parse(text) : Number.NaN;
  const wait = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : date - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), WAIT_MAX);
}

/** How long to wait after a throttling message such as `policy user over ratelimit,limit:200,time:5 minute`. */
export function parseRatePeriod(message: string): number | undefined {
  const period = periodOf(message);
  return period === undefined ? undefined : Math.min(period, WAIT_MAX);
}

/** The limit that such a message names. */
export function parseRateWindow(message: string): RateWindow | undefined {
  const limit = Number(/\blimit:\s*(\d{1,9})\b/i.exec(message)?.[1] ?? 0);
  const period = periodOf(message) ?? 0;
  return limit > 0 && period > 0 ? { limit, period } : undefined;
}

function periodOf(message: string): number | undefined {
  const found = /\btime:\s*(\d{1,9})\s*(second|minute|hour|day)/i.exec(message);
  const unit = UNITS[found?.[2]?.toLowerCase() ?? ''];
  return found === null || unit === undefined ? undefined : Number(found[1]) * unit * 1000;
}
