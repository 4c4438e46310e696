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
/** Of what the API named, where less is in force. */
const PROBE_STEP = 1 / 8;
/** Times as fast as an even drip, so that a try uses up what it is for. */
const TRY_PACE = 2;
/** Periods without a refusal until more is known to pass: a gateway's own period can begin late in the first two. */
const TRY_PERIODS = 3;
/** What nobody named may be far too little. */
const PROBE_GROWTH_OF_GUESS = 2;
/** How much of a limit is kept to, that was refused although no more passed. */
const SHRINK = 0.95;
/** A refusal now and then does not mean that others take all. */
const LEFT_OVER_MIN = 0.2;
/** Periods until the next try at most, where others were refused to have gone. */
const OTHERS_TRIED_AFTER_MAX = 12;
/** Whoever has sent so great a part of a limit uses it up: something is always kept for surprises. */
const USED_PART = 0.9;

/**
 * One limit of the API, kept as a window and not as an even drip: a gateway that counts 200 requests in five
 * minutes takes 200 at once.
 *
 * - Refused although it was kept: others of the same user use the quota too, and what passed is what they left over.
 *   It is soon tried whether they have gone; if it is refused again before that, twice as long after.
 * - It was used up for a while, and nothing was refused: it is tried whether more passes. If not, the next try waits
 *   twice as long. Below what the API named a try is for an eighth of that, whatever is in force, so that of two who
 *   share a quota the one with less gains on the other; beyond it is for a quarter more, at first after six periods.
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
    const span = spanOf(this.window);
    const isFreeAt = (limit: number) => (starts[starts.length - limit] ?? Number.NEGATIVE_INFINITY) + span;
    if (!this.isProbing || this.#limit <= this.#named) return isFreeAt(this.#limit);
    // What is beyond the limit goes one by one: of a burst all that is on its way would be refused.
    const nextTry = (starts.at(-1) ?? Number.NEGATIVE_INFINITY) + span / (TRY_PACE * this.#limit);
    return Math.max(isFreeAt(this.#limit), Math.min(isFreeAt(this.#known), nextTry));
  }

  /** A request was sent, the last of these: while they use the limit up, it is found out whether more passes. */
  sent(starts: readonly number[], now: number): void {
    const first = starts[starts.length - Math.ceil(this.#limit * USED_PART)];
    if (first === undefined || first + spanOf(this.window) <= now) return;
    const quiet = now - this.#changedAt;
    if (this.isProbing && quiet >= TRY_PERIODS * this.#period) {
      this.#known = this.#limit;
      this.#changedAt = now;
      this.#probeAfter = this.#firstProbe();
    } else if (!this.isProbing && quiet >= this.#probeAfter) {
      this.#limit = this.#more();
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
      const isAgain = now - this.#changedAt < 2 * this.#probeAfter;
      this.#known = Math.max(least, Math.min(passed, Math.floor(this.#limit * SHRINK)));
      this.#probeAfter = isAgain
        ? Math.min(2 * this.#probeAfter, OTHERS_TRIED_AFTER_MAX * this.#period)
        : this.#firstProbe();
    }
    this.#limit = this.#known;
    this.#changedAt = now;
  }

  /** What is tried next. */
  #more(): number {
    if (this.#limit < this.#named)
      return Math.min(this.#limit + Math.ceil(this.#named * PROBE_STEP), this.#named);
    return Math.ceil(this.#limit * (this.#isGuess ? PROBE_GROWTH_OF_GUESS : PROBE_GROWTH));
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
