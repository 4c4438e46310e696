import type { Timers } from '../timers.ts';

export interface GroupCommitOptions<T> {
  /** Takes what is known of an item now, for the next save, and returns what shows it. */
  readonly capture: (item: T) => () => void;
  /**
   * Makes durable what was captured until now, and says whether it is; never throws. Undefined: nothing is saved,
   * everything shown at once.
   */
  readonly save: (() => Promise<boolean>) | undefined;
  /** After a save that failed, the item stays as it was shown last until one works. */
  readonly mustBeSaved: (item: T) => boolean;
  readonly timers: Timers;
}

/** Saving rests ten times as long as the last save took, but no longer than a scrape can well wait. */
const REST_FACTOR = 10;
/** Milliseconds. */
const REST_MAX = 1_000;

/**
 * Shows items only after they were saved, so that after a crash no counter is smaller than it was shown. As in the
 * group commit of a database one save serves many: what is committed during a save, or during the rest after it
 * that keeps the disk from being busy all the time, shares the next save.
 */
export class GroupCommit<T> {
  readonly #options: GroupCommitOptions<T>;
  /** What shows the items of the next save. */
  #waiting = new Map<T, () => void>();
  #next: Promise<void> | undefined;
  #current: Promise<void> = Promise.resolve();
  #rest: Promise<void> = Promise.resolve();
  /** Ends the rest. */
  #waking = new AbortController();

  constructor(options: GroupCommitOptions<T>) {
    this.#options = options;
  }

  /** Returns when the item is shown. */
  commit(item: T): Promise<void> {
    const { save, capture } = this.#options;
    const show = capture(item);
    if (save === undefined) {
      show();
      return Promise.resolve();
    }
    this.#waiting.set(item, show);
    return this.#schedule(save);
  }

  /** Returns when the next save is over. */
  async saved(): Promise<void> {
    const { save } = this.#options;
    if (save !== undefined) await this.#schedule(save);
  }

  /** Saves without rest, and returns when all that was committed is shown. */
  async flush(): Promise<void> {
    const { save } = this.#options;
    if (save === undefined) return;
    const flushed = this.#schedule(save);
    this.#waking.abort('woken');
    await flushed;
    // The next save need not wait for the rest after this one.
    this.#waking.abort('woken');
  }

  #schedule(save: () => Promise<boolean>): Promise<void> {
    this.#next ??= this.#current.then(() => this.#rest).then(() => this.#run(save));
    return this.#next;
  }

  async #run(save: () => Promise<boolean>): Promise<void> {
    this.#waking = new AbortController();
    const showing = this.#waiting;
    this.#waiting = new Map();
    this.#current = this.#next ?? this.#current;
    this.#next = undefined;
    const { timers } = this.#options;
    const began = timers.now();
    const isSaved = await save();
    for (const [item, show] of showing) {
      if (isSaved || !this.#options.mustBeSaved(item)) show();
      else if (!this.#waiting.has(item)) this.#waiting.set(item, show);
    }
    const { signal } = this.#waking;
    const rest = Math.min((timers.now() - began) * REST_FACTOR, REST_MAX);
    this.#rest = timers.sleep(rest, signal).catch(() => {});
  }
}
