import { type Answer, gatewayError } from '../answer.ts';
import type { Dialect } from '../dialect.ts';

export interface ThrottleOptions {
  /** Requests per period and project. */
  readonly limit: number;
  /** Milliseconds. */
  readonly period: number;
  /** Whether the refusal says `Retry-After`; no capture of the real API has it. */
  readonly retryAfter?: 'seconds' | 'date';
}

/** Counts the requests of each project in windows of a fixed period. */
export class Throttle {
  readonly #options: ThrottleOptions;
  readonly #windows = new Map<string, { readonly start: number; count: number }>();

  constructor(options: ThrottleOptions) {
    this.#options = options;
  }

  /** What the gateway tells of the quota when it is asked to. */
  told(projectId: string): string {
    const { limit, period } = this.#options;
    const remain = Math.max(0, limit - (this.#windows.get(projectId)?.count ?? 0));
    return `remain:${remain},limit:${limit},time:${periodText(period)}`;
  }

  /** The refusal, or undefined where the project is within its limit. */
  check(projectId: string, now: number, requestId: string, dialect: Dialect): Answer | undefined {
    const { limit, period, retryAfter } = this.#options;
    let window = this.#windows.get(projectId);
    if (window === undefined || now >= window.start + period) {
      window = { start: now, count: 0 };
      this.#windows.set(projectId, window);
    }
    window.count++;
    if (window.count <= limit) return undefined;
    return throttled(`limit:${limit},time:${periodText(period)}`, requestId, dialect, {
      ...(retryAfter === undefined ? {} : { form: retryAfter, until: window.start + period, now }),
    });
  }
}

/** The gateway's 429, with or without `Retry-After`. Instants are Unix milliseconds. */
export function throttled(
  policy: string,
  requestId: string,
  dialect: Dialect,
  retry: { readonly form?: 'seconds' | 'date'; readonly until?: number; readonly now?: number },
): Answer {
  const message = `The throttling threshold has been reached: policy user over ratelimit,${policy}`;
  const answer = gatewayError(429, '0308', message, requestId, dialect);
  const { form, until = 0, now = 0 } = retry;
  if (form === undefined) return answer;
  const value =
    form === 'date' ? new Date(until).toUTCString() : String(Math.max(0, Math.ceil((until - now) / 1000)));
  return { ...answer, headers: { ...answer.headers, 'Retry-After': value } };
}

function periodText(period: number): string {
  return period % 60_000 === 0 ? `${period / 60_000} minute` : `${Math.ceil(period / 1000)} second`;
}
