import { keyOf, type TargetKey } from '../target-key.ts';
import type { Timers } from '../timers.ts';
import { type Caller, Namesakes } from './namesakes.ts';
import { covers, isTarget, type Scope, type Selection } from './scope.ts';

/** One request of a scraper. */
export interface Scrape {
  readonly scope: Scope;
  /** 0 until it begins. */
  readonly number: number;
  /** Call it when the answer is put together: what becomes known later is not part of it. */
  begin(): void;
  /** Call it when the whole answer was sent. @returns whether the scraper can have got it */
  end(): boolean;
}

/** A scraper as the state file holds it. */
export interface ScraperState {
  readonly name: string;
  /** Whole seconds, so that it mostly stays the same. */
  readonly interval: number;
  /** One that probes is not remembered with each of its targets. */
  readonly scope: 'everything' | Selection | 'any target';
}

/** A scraper that probed targets before a restart. */
interface Prober {
  readonly name: string;
  /** Milliseconds. */
  readonly interval: number;
  /** The restart, in milliseconds of the monotonic clock. */
  readonly since: number;
}

/** Names that are remembered. */
const NAMES_MAX = 200;
const NAMES_OF_TARGET_MAX = 20;

/**
 * Who scrapes, and what each has seen. Scrapes are numbered in the order in which their answers are put
 * together. A scraper is expected again within twice its own interval; one that does not come is no longer
 * waited for, so that nobody who looked once holds a number back.
 */
export class Scrapers {
  readonly #timers: Pick<Timers, 'now'>;
  /** Those who read more than one target. */
  readonly #wide = new Namesakes(NAMES_MAX);
  /** Those who probe one target, by its key. */
  readonly #probing = new Map<string, Namesakes>();
  #probersBefore: readonly Prober[] = [];
  #count = 0;

  constructor(timers: Pick<Timers, 'now'>) {
    this.#timers = timers;
  }

  /** The number of the last scrape. */
  get count(): number {
    return this.#count;
  }

  /** A scraper's request has arrived. */
  arrive(caller: Caller, scope: Scope): Scrape {
    const arrivedAt = this.#timers.now();
    const scraper = this.#sharing(scope).arrive(caller, scope, arrivedAt);
    let number = 0;
    return {
      scope,
      get number() {
        return number;
      },
      begin: () => {
        this.#count += 1;
        number = this.#count;
      },
      end: () => {
        // By then it has given up, although nothing may have told so yet.
        if (this.#timers.now() - arrivedAt > caller.timeout) return false;
        scraper.lastWhole = Math.max(scraper.lastWhole, number);
        return true;
      },
    };
  }

  /**
   * The number of the newest scrape such that every scraper that is still expected has seen it or a later one,
   * of those that read a target or, without one, the exporter's own metrics; 0 where nobody has seen any.
   */
  seenByAll(key: TargetKey | undefined): number {
    const now = this.#timers.now();
    let seen = Number.POSITIVE_INFINITY;
    for (const [, { scope, lastWhole }] of this.#wide.expected(now)) {
      if (covers(scope, key)) seen = Math.min(seen, lastWhole);
    }
    if (key === undefined) return Number.isFinite(seen) ? seen : 0;
    const probing = this.#probing.get(keyOf(key));
    for (const [, { lastWhole }] of probing?.expected(now) ?? []) seen = Math.min(seen, lastWhole);
    return Number.isFinite(seen) && !this.#awaitsProber(probing, now) ? seen : 0;
  }

  /** Those who are expected. */
  state(): ScraperState[] {
    const now = this.#timers.now();
    const wide = [...this.#wide.expected(now)].flatMap(([name, { scope, interval }]) =>
      isTarget(scope) ? [] : [{ name, scope, interval: Math.ceil(interval / 1000) }],
    );
    return [...wide, ...this.#proberStates(now)];
  }

  /**
   * Waits for those who came to a process before this one. Otherwise a counter that is born right after a restart
   * would be shown with its value once the first of them has come back.
   */
  restore(states: readonly ScraperState[]): void {
    const now = this.#timers.now();
    for (const { name, scope, interval } of states) {
      if (scope !== 'any target') this.#wide.restore(name, scope, interval * 1000, now);
    }
    this.#probersBefore = states
      .filter(({ scope }) => scope === 'any target')
      .map(({ name, interval }) => ({ name, interval: interval * 1000, since: now }));
  }

  /** A target is no longer there to be probed. */
  forget(key: TargetKey): void {
    this.#probing.delete(keyOf(key));
  }

  /** Who probed before the restart may have probed this target, and has not come back to it. */
  #awaitsProber(probing: Namesakes | undefined, now: number): boolean {
    const awaited = this.#awaitedProbers(now);
    return awaited.some(
      ({ name }) => (probing?.count(name) ?? 0) < awaited.filter((each) => each.name === name).length,
    );
  }

  /** Of each name as many as probe one target, with the longest of their intervals. */
  #proberStates(now: number): ScraperState[] {
    const states = new Map<string, { count: number; interval: number }>();
    const take = (probers: Iterable<readonly [string, { readonly interval: number }]>) => {
      const counts = new Map<string, number>();
      for (const [name, { interval }] of probers) {
        const count = (counts.get(name) ?? 0) + 1;
        counts.set(name, count);
        const state = states.get(name) ?? { count: 0, interval: 0 };
        states.set(name, {
          count: Math.max(count, state.count),
          interval: Math.max(interval, state.interval),
        });
      }
    };
    take(this.#awaitedProbers(now).map((prober) => [prober.name, prober]));
    for (const probing of this.#probing.values()) take(probing.expected(now));
    return [...states].slice(0, NAMES_MAX).flatMap(([name, { count, interval }]) => {
      const state = { name, scope: 'any target', interval: Math.ceil(interval / 1000) } as const;
      return Array.from({ length: count }, () => state);
    });
  }

  #awaitedProbers(now: number): readonly Prober[] {
    return this.#probersBefore.filter(({ since, interval }) => since + 2 * interval >= now);
  }

  #sharing(scope: Scope): Namesakes {
    if (!isTarget(scope)) return this.#wide;
    const key = keyOf(scope);
    const sharing = this.#probing.get(key) ?? new Namesakes(NAMES_OF_TARGET_MAX);
    this.#probing.set(key, sharing);
    return sharing;
  }
}
