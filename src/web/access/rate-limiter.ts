import type { Timers } from '../../timers.ts';

export interface RateLimit {
  /** After this time one more request is admitted, in milliseconds. */
  readonly interval: number;
  /** How many requests are admitted at once after a pause. */
  readonly burst: number;
}

/** A token bucket. Its only state is the time when it will be full again. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #timers: Pick<Timers, 'now'>;
  #fullAt = Number.NEGATIVE_INFINITY;

  constructor(limit: RateLimit, timers: Pick<Timers, 'now'>) {
    this.#limit = limit;
    this.#timers = timers;
  }

  /** Takes a token if there is one. */
  admits(): boolean {
    const { interval, burst } = this.#limit;
    const now = this.#timers.now();
    const fullAt = Math.max(now, this.#fullAt) + interval;
    if (fullAt - now > burst * interval) return false;
    this.#fullAt = fullAt;
    return true;
  }
}
