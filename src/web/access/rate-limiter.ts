export interface RateLimit {
  /** Time in which one more request is admitted, in milliseconds. */
  readonly interval: number;
  /** Requests admitted at once after a rest. */
  readonly burst: number;
}

/** A token bucket, of which nothing is kept but when it will be full. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  #fullAt = Number.NEGATIVE_INFINITY;

  /** @param now a clock that only moves forward, in milliseconds */
  constructor(limit: RateLimit, now: () => number = () => performance.now()) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Takes a token, if there is one. */
  admits(): boolean {
    const { interval, burst } = this.#limit;
    const now = this.#now();
    const fullAt = Math.max(now, this.#fullAt) + interval;
    if (fullAt - now > burst * interval) return false;
    this.#fullAt = fullAt;
    return true;
  }
}
