import type { Timers } from '../timers.ts';

/** Less is how clocks are kept right, and how exact the date of an answer is. Milliseconds. */
const WRONG_MIN = 5_000;

/**
 * The time by which the alerts for one Alertmanager are dated: until when one goes on is read by that Alertmanager's
 * clock, and its answers tell what that is. A replica whose own clock stands still would otherwise tell again and again
 * that what the others send is over, and people would be told of it each time.
 */
export class AlertmanagerClock {
  readonly #clock: () => number;
  readonly #timers: Pick<Timers, 'now'>;
  /** Milliseconds by which the Alertmanager's clock is ahead of the timers; undefined before the first answer. */
  #ahead: number | undefined;

  /** @param clock of this host, which is used while it is right, as it is more exact */
  constructor(clock: () => number, timers: Pick<Timers, 'now'>) {
    this.#clock = clock;
    this.#timers = timers;
  }

  /** Unix milliseconds. */
  now(): number {
    const own = this.#clock();
    if (this.#ahead === undefined) return own;
    const theirs = this.#ahead + this.#timers.now();
    return Math.abs(theirs - own) < WRONG_MIN ? own : theirs;
  }

  /**
   * Takes note of what an answer has told.
   * @param date Unix milliseconds; undefined: it told nothing
   * @returns whether the time was wrong by which what it answers was dated
   */
  told(date: number | undefined): boolean {
    if (date === undefined) return false;
    const before = this.now();
    this.#ahead = date - this.#timers.now();
    return Math.abs(this.now() - before) >= WRONG_MIN;
  }
}
