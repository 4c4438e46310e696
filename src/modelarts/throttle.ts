const FIRST_PAUSE = 1_000;

/** The pauses of one project that the API answers with 429. */
export interface Throttle {
  /**
   * How long to pause, in milliseconds: what the API told, but a second at least; else 1 s doubling to 60 s. Answers to requests
   * that were sent before the last pause began belong to it and do not double it.
   */
  pauseFor(told: number | undefined, sentAt: number, now: number): number;
  succeeded(sentAt: number): void;
}

export function createThrottle(): Throttle {
  let step = 0;
  let began = Number.NEGATIVE_INFINITY;
  return {
    pauseFor(told, sentAt, now) {
      if (told !== undefined) {
        began = now;
        return Math.max(told, FIRST_PAUSE);
      }
      if (sentAt > began) {
        step = Math.min(Math.max(step * 2, FIRST_PAUSE), 60_000);
        began = now;
      }
      return step;
    },
    succeeded(sentAt) {
      if (sentAt > began) step = 0;
    },
  };
}

/** Nothing that the API says stops a project for longer: trying again once an hour costs nothing. */
const LONGEST_PAUSE = 3_600_000;

const UNITS: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3_600, day: 86_400 };

/** Retry-After in milliseconds: seconds or an HTTP date. */
export function parseRetryAfter(value: string, now: number): number | undefined {
  const text = value.trim();
  // Date.parse takes far more for a date than HTTP does, even "-5".
  const date = /^[a-z]{3,9},? /i.test(text) ? Date.parse(text) : Number.NaN;
  const wait = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : date - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST_PAUSE);
}

/** The period of a throttling message such as `policy user over ratelimit,limit:200,time:5 minute`. */
export function parseRatePeriod(message: string): number | undefined {
  const found = /\btime:\s*(\d{1,9})\s*(second|minute|hour|day)/i.exec(message);
  const unit = UNITS[found?.[2]?.toLowerCase() ?? ''];
  if (found === null || unit === undefined) return undefined;
  return Math.min(Number(found[1]) * unit * 1000, LONGEST_PAUSE);
}
