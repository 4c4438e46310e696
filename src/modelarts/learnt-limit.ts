/** So many requests in any period of so many milliseconds. */
export interface RateWindow {
  readonly limit: number;
  readonly period: number;
}

/** Requests travel at different speeds, and the API may see two windows' requests closer together than they were sent. */
const MARGIN_MIN = 100;
const MARGIN = 0.02;
/** A try beyond the limit costs a whole pause if it fails. Milliseconds. */
const PROBE_AFTER_MIN = 60_000;
const PROBE_AFTER_MAX = 24 * 3_600_000;
/** Periods until a try beyond what the API named. */
const PROBE_AFTER_PERIODS = 6;
const PROBE_GROWTH = 1.25;
/** What nobody named may be far too little. */
const PROBE_GROWTH_OF_GUESS = 2;
/** How much of a limit is kept to, that was refused although no more passed. */
const SHRINK = 0.95;
/** A refusal now and then does not mean that others take all. */
const LEFT_OVER_MIN = 0.2;

/**
 * One limit of the API, kept as a window and not as an even drip: a gateway that counts 200 requests in five
 * minutes takes 200 at once.
 *
 * - Refused although it was kept: others of the same user use the quota too, and what passed is what they left over.
 * - Nothing was refused for a while: it is tried whether a quarter more passes. If not, the next try waits twice as
 *   long. The first is soon after others took their part, and after six periods where all that was named is used.
 * - It is a guess: it is tried after each period whether twice as much passes, until something is refused again.
 */
export class LearntLimit {
  readonly #period: number;
  /** What the API named, or what was seen to pass at first. */
  readonly #named: number;
  /** What is known to pass, where more is being tried. */
  #known: number;
  #limit: number;
  /** Nobody named it, and nothing was refused since that would confirm it. */
  #isGuess: boolean;
  #changedAt: number;
  #probeAfter: number;

  constructor({ limit, period }: RateWindow, now: number, isGuess = false) {
    this.#isGuess = isGuess;
    this.#period = period;
    this.#named = limit;
    this.#known = limit;
    this.#limit = limit;
    this.#changedAt = now;
    this.#probeAfter = this.#firstProbe();
  }

  get window(): RateWindow {
    return { limit: this.#limit, period: this.#period };
  }

  /** It is being tried whether more passes. */
  get isProbing(): boolean {
    return this.#limit > this.#known;
  }

  /** When the next request may be sent, after those that were sent at these instants, the oldest first. */
  nextStart(starts: readonly number[]): number {
    const first = starts[starts.length - this.#limit];
    return first === undefined ? Number.NEGATIVE_INFINITY : first + spanOf(this.window);
  }

  /** The limit is used up. */
  used(now: number): void {
    const quiet = now - this.#changedAt;
    if (this.isProbing && quiet >= 2 * this.#period) {
      this.#known = this.#limit;
      this.#changedAt = now;
      this.#probeAfter = this.#firstProbe();
    } else if (!this.isProbing && quiet >= this.#probeAfter) {
      const more = Math.ceil(this.#limit * (this.#isGuess ? PROBE_GROWTH_OF_GUESS : PROBE_GROWTH));
      this.#limit = this.#limit < this.#named ? Math.min(more, this.#named) : more;
      this.#changedAt = now;
    }
  }

  /**
   * A request was refused.
   * @param passed how many were not, in the period before
   */
  refused(passed: number, now: number): void {
    this.#isGuess = false;
    if (this.isProbing) this.#probeAfter = Math.min(this.#probeAfter * 2, PROBE_AFTER_MAX);
    else {
      const least = Math.ceil(this.#named * LEFT_OVER_MIN);
      this.#known = Math.max(least, Math.min(passed, Math.floor(this.#limit * SHRINK)));
      this.#probeAfter = this.#firstProbe();
    }
    this.#limit = this.#known;
    this.#changedAt = now;
  }

  #firstProbe(): number {
    const isSoon = this.#isGuess || this.#known < this.#named;
    return Math.max(PROBE_AFTER_MIN, this.#period * (isSoon ? 1 : PROBE_AFTER_PERIODS));
  }
}

/** Milliseconds in which no more may be sent than the limit. */
export function spanOf({ period }: RateWindow): number {
  return period + Math.max(MARGIN_MIN, period * MARGIN);
}
