import type { Api, ApiLoad } from '../modelarts/api.ts';
import type { Timers } from '../timers.ts';
import { urgencyOf } from './attention.ts';

export interface LineOptions {
  /** Works under way at most. Each sends one request at a time, so this alone decides how many are in flight. */
  readonly concurrency: number;
  readonly api: Api & { load(): ApiLoad };
  readonly timers: Timers;
  /** The part of the requests that listings take, from 0 to 1. */
  readonly listingsShare: () => number;
}

/** The greater goes first. */
export type Urgency = () => number;

interface Entry {
  readonly urgency: Urgency;
  readonly start: () => Promise<void>;
}

/**
 * Works that have been begun may wait for the quota: no more than so many, so that who comes later and is more urgent
 * has few before it. Where the credential is not proven yet, as many try it.
 */
const STARTING_MAX = 4;
const STARTING_MAX_SCARCE = 2;
/** Where requests are scarce, listings and works that wait in line take so much of them; the rest is for surprises. */
const SHARE = 0.97;
/** So many seconds' requests may be sent at once. */
const BURST = 30;
/** Those who are as urgent as what a listing has just shown may take so many bursts in advance. */
const OVERDRAFT = 1;
const URGENT = urgencyOf(
  {
    activity: 'alive',
    hasChanged: true,
    isUnfinished: false,
    isInTrouble: false,
    lastAttempt: 0,
    knownAt: 0,
  },
  0,
);
/** An order that is older is made anew: a long line changes slowly, and to order it takes long. Milliseconds. */
const ORDER_MAX_AGE = 1_000;
const ORDER_MAX_AGE_OF_EACH = 1;

/**
 * Who waits for a turn to send requests to one project's cloud. Who is next is decided at the last moment, as what is
 * known of those who wait changes meanwhile.
 */
export class Line {
  readonly api: Api;
  readonly #options: LineOptions;
  readonly #listings: Entry[] = [];
  /** In their order, the most urgent last. */
  #waiting: Entry[] = [];
  #joined: Entry[] = [];
  #orderedAt = Number.NEGATIVE_INFINITY;
  /** Somebody may have become urgent. */
  #mustReorder = false;
  #running = 0;
  #starting = 0;
  /** Requests that may be sent now, where they are scarce. */
  #credit: number | undefined;
  #creditAt = 0;
  #isSleeping = false;
  #isClosed = false;
  #whenIdle: (() => void)[] = [];

  constructor(options: LineOptions) {
    this.#options = options;
    this.api = {
      request: async (request) => {
        this.#starting += 1;
        if (this.#credit !== undefined) this.#credit -= 1;
        let isStarting = true;
        const started = () => {
          if (!isStarting) return;
          isStarting = false;
          this.#starting -= 1;
          this.#pump();
        };
        try {
          return await options.api.request({ ...request, onStart: started });
        } finally {
          started();
        }
      },
      isScarce: () => this.#isSleeping && options.api.load().isScarce,
      throttledFor: () => options.api.load().throttledFor * 1000,
    };
  }

  /** Does a work when nobody is more urgent; one that sends requests does so through `api`. */
  read<T>(urgency: Urgency, work: () => Promise<T>): Promise<T> {
    return this.#join(this.#joined, urgency, work);
  }

  /** Sends a request of a listing, ahead of all reads. */
  list<T>(work: () => Promise<T>): Promise<T> {
    return this.#join(this.#listings, () => Number.POSITIVE_INFINITY, work);
  }

  /** The order of those who wait is to be decided anew. */
  reorder(): void {
    this.#orderedAt = Number.NEGATIVE_INFINITY;
    this.#mustReorder = true;
    this.#pump();
  }

  /** Holds nobody back any more: whoever waits finds out at once that there is nothing to do. */
  close(): void {
    this.#isClosed = true;
    this.#pump();
  }

  /** Resolves when nobody waits or works. */
  async onIdle(): Promise<void> {
    if (this.#isIdle) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle.push(resolve);
    });
  }

  get #isIdle(): boolean {
    return this.#running + this.#waiting.length + this.#joined.length + this.#listings.length === 0;
  }

  #join<T>(line: Entry[], urgency: Urgency, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      line.push({ urgency, start: () => work().then(resolve, reject) });
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#running < this.#options.concurrency) {
      const entry = this.#next();
      if (entry === undefined) break;
      this.#running += 1;
      const ended = () => {
        this.#running -= 1;
        this.#pump();
      };
      void entry.start().then(ended, ended);
    }
    if (!this.#isIdle) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  #next(): Entry | undefined {
    const listing = this.#listings.shift();
    if (listing !== undefined || this.#waiting.length + this.#joined.length === 0) return listing;
    if (this.#isClosed) return this.#waiting.pop() ?? this.#joined.shift();
    const { isScarce, rate } = this.#options.api.load();
    if (this.#starting >= (isScarce ? STARTING_MAX_SCARCE : STARTING_MAX)) return undefined;
    if (isScarce && !this.#mayRead(rate)) return undefined;
    if (!isScarce) this.#credit = undefined;
    this.#order();
    return this.#waiting.pop();
  }

  /** Whether the share of those who wait allows another one. */
  #mayRead(rate: number): boolean {
    const now = this.#options.timers.now();
    const burst = Math.max(1, rate * BURST);
    const earning = rate * (SHARE - this.#options.listingsShare());
    const earned = ((now - this.#creditAt) / 1000) * earning;
    this.#credit = Math.min(burst, (this.#credit ?? burst) + earned);
    this.#creditAt = now;
    const lack = 1 - this.#credit;
    if (lack <= 0) return true;
    // Mostly nobody is urgent who was not before, and a large line is not to be ordered for that.
    if (this.#mustReorder) this.#order();
    if (lack <= burst * OVERDRAFT && (this.#waiting.at(-1)?.urgency() ?? 0) >= URGENT) return true;
    // Not sooner than a millisecond: what a shorter sleep earns may be lost in rounding.
    void this.#wakeAfter(Math.max(1, (lack / earning) * 1000));
    return false;
  }

  async #wakeAfter(wait: number): Promise<void> {
    if (this.#isSleeping) return;
    this.#isSleeping = true;
    // Somebody more urgent may come meanwhile, and then goes at once.
    await this.#options.timers.sleep(Math.min(wait, ORDER_MAX_AGE)).catch(() => {});
    this.#isSleeping = false;
    this.#pump();
  }

  /** The most urgent come last. Those who join are put in their places together, as a sort for each would cost much. */
  #order(): void {
    const now = this.#options.timers.now();
    const orderMaxAge = Math.max(ORDER_MAX_AGE, this.#waiting.length * ORDER_MAX_AGE_OF_EACH);
    if (this.#waiting.length > 0 && now - this.#orderedAt < orderMaxAge) return;
    const ranked = [...this.#waiting, ...this.#joined].map((entry) => ({ entry, urgency: entry.urgency() }));
    // Equals go in the order in which they came.
    this.#waiting = ranked
      .reverse()
      .sort((a, b) => a.urgency - b.urgency)
      .map(({ entry }) => entry);
    this.#joined = [];
    this.#orderedAt = now;
    this.#mustReorder = false;
  }
}
