import { setTimeout as sleep } from 'node:timers/promises';

export interface PublisherOptions<T> {
  /** Takes what is known of a target now, for the next save and for the exposition, and gives back what exposes it. */
  readonly capture: (target: T) => () => void;
  /** Makes durable what was captured until now; never throws. Undefined: there is no durable state. */
  readonly save: (() => Promise<void>) | undefined;
}

/** Saving rests ten times as long as the last save took, but no longer than a scrape can well wait. */
const REST_FACTOR = 10;
/** Milliseconds. */
const REST_MAX = 1_000;

/**
 * Brings what refreshes found to the exposition. With durable state a number is exposed only after it was
 * saved, so that no counter goes back after a crash. What finishes during a save, or during the rest after
 * it that keeps the disk from being busy all the time, shares the next one.
 */
export class Publisher<T> {
  readonly #options: PublisherOptions<T>;
  /** What the next save lets be seen. */
  #waiting = new Map<T, () => void>();
  #next: Promise<void> | undefined;
  #current: Promise<void> = Promise.resolve();
  #rest: Promise<void> = Promise.resolve();
  /** Ends the rest. */
  #waking = new AbortController();

  constructor(options: PublisherOptions<T>) {
    this.#options = options;
  }

  /** Returns when the target's numbers are exposed. */
  publish(target: T): Promise<void> {
    const { save, capture } = this.#options;
    const show = capture(target);
    if (save === undefined) {
      show();
      return Promise.resolve();
    }
    this.#waiting.set(target, show);
    return this.#schedule(save);
  }

  /** Saves without rest, and returns when all that was published is exposed. */
  async flush(): Promise<void> {
    const { save } = this.#options;
    if (save === undefined) return;
    const flushed = this.#schedule(save);
    this.#waking.abort();
    await flushed;
    // Nor does anything that waits for its own end have to wait for the rest afterwards.
    this.#waking.abort();
  }

  #schedule(save: () => Promise<void>): Promise<void> {
    this.#next ??= this.#current.then(() => this.#rest).then(() => this.#run(save));
    return this.#next;
  }

  async #run(save: () => Promise<void>): Promise<void> {
    this.#waking = new AbortController();
    const showing = [...this.#waiting.values()];
    this.#waiting = new Map();
    this.#current = this.#next ?? this.#current;
    this.#next = undefined;
    const began = performance.now();
    await save();
    for (const show of showing) show();
    const { signal } = this.#waking;
    const rest = Math.min((performance.now() - began) * REST_FACTOR, REST_MAX);
    this.#rest = sleep(rest, undefined, { signal }).catch(() => {});
  }
}
