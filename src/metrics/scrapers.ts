import { keyOf, type TargetKey } from '../target-key.ts';
import type { Timers } from '../timers.ts';

/** What a scraper asks for: one target, those that a selection takes, or everything with the exporter's own metrics. */
export type Scope = TargetKey | ((key: TargetKey) => boolean) | 'everything';

/** A request as it tells who sends it. */
export interface Caller {
  /** Tells apart who can be told apart: address, user agent, timeout and query. */
  readonly name: string;
  /** Two callers of one name, such as two servers of one host, each keep a connection of their own. */
  readonly connection: { readonly destroyed: boolean };
  /** How long it waits for the answer, in milliseconds. */
  readonly timeout: number;
}

/** One request of a scraper. */
export interface Scrape {
  /** 0 until it begins. */
  readonly number: number;
  /** Call it when the answer is put together: what becomes known later is not part of it. */
  begin(): void;
  /** Call it when the whole answer was sent. */
  end(): void;
}

interface Scraper {
  readonly scope: Scope;
  connection: WeakRef<Caller['connection']>;
  arrivedAt: number;
  /** Milliseconds between its last two requests, or what is taken for it. */
  interval: number;
  /** It came to a process before this one, and its interval is from there. */
  isRestored: boolean;
  /** The number of the last scrape whose answer it got whole; 0 before the first. */
  lastWhole: number;
}

/** A scraper of everything, as the state file holds it. */
export interface ScraperState {
  readonly name: string;
  /** Whole seconds, so that it mostly stays the same. */
  readonly interval: number;
}

/** Those who share a name; mostly one. */
type Namesakes = Map<string, Scraper[]>;

/**
 * Until a scraper has come twice its interval is not known. Prometheus's own defaults are a timeout of 10 s
 * and an interval of 1 min, and no timeout is longer than its interval. Milliseconds.
 */
const FIRST_INTERVAL_MIN = 7_500;
const FIRST_INTERVAL_FACTOR = 3;
/** Requests that follow each other faster are no rhythm. */
const INTERVAL_MIN = 1_000;
/** Whoever comes more rarely leaves gaps in every graph, and is not waited for. */
const INTERVAL_MAX = 300_000;
/** Names that are remembered; those who came least lately are forgotten first. */
const NAMES_MAX = 200;
const NAMES_OF_TARGET_MAX = 20;
/** Scrapers that may share a name. */
const NAMESAKES_MAX = 8;

/**
 * Who scrapes, and what each has seen. Scrapes are numbered in the order in which their answers are put
 * together. A scraper is expected again within twice its own interval; one that does not come is no longer
 * waited for, so that nobody who looked once holds a number back.
 */
export class Scrapers {
  readonly #timers: Pick<Timers, 'now'>;
  /** Those who read more than one target. */
  readonly #wide: Namesakes = new Map();
  /** Those who probe one target, by its key. */
  readonly #probing = new Map<string, Namesakes>();
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
    const scraper = this.#find(caller, scope);
    let number = 0;
    return {
      get number() {
        return number;
      },
      begin: () => {
        this.#count += 1;
        number = this.#count;
      },
      end: () => {
        scraper.lastWhole = Math.max(scraper.lastWhole, number);
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
    const look = (scrapers: readonly Scraper[]) => {
      for (const { scope, arrivedAt, interval, lastWhole } of scrapers) {
        if (arrivedAt + 2 * interval >= now && covers(scope, key)) seen = Math.min(seen, lastWhole);
      }
    };
    for (const scrapers of this.#wide.values()) look(scrapers);
    if (key !== undefined)
      for (const scrapers of this.#probing.get(keyOf(key))?.values() ?? []) look(scrapers);
    return Number.isFinite(seen) ? seen : 0;
  }

  /** Those of everything who are expected. */
  state(): ScraperState[] {
    const now = this.#timers.now();
    return [...this.#wide].flatMap(([name, scrapers]) =>
      scrapers
        .filter(({ scope, arrivedAt, interval }) => scope === 'everything' && arrivedAt + 2 * interval >= now)
        .map(({ interval }) => ({ name, interval: Math.ceil(interval / 1000) })),
    );
  }

  /**
   * Waits for those who came to a process before this one. Otherwise a counter that is born right after a restart
   * would be shown with its value once the first of them has come back.
   */
  restore(states: readonly ScraperState[]): void {
    for (const { name, interval } of states) {
      const namesakes = this.#wide.get(name) ?? [];
      this.#wide.set(name, namesakes);
      namesakes.push({
        scope: 'everything',
        connection: new WeakRef({ destroyed: true }),
        arrivedAt: this.#timers.now(),
        interval: interval * 1000,
        isRestored: true,
        lastWhole: 0,
      });
    }
  }

  /** A target is no longer there to be probed. */
  forget(key: TargetKey): void {
    this.#probing.delete(keyOf(key));
  }

  #find({ name, connection, timeout }: Caller, scope: Scope): Scraper {
    const now = this.#timers.now();
    const all = this.#sharing(scope);
    const namesakes = all.get(name) ?? [];
    const known =
      namesakes.find((scraper) => scraper.connection.deref() === connection) ?? reconnected(namesakes);
    const gap = known === undefined ? Number.POSITIVE_INFINITY : now - known.arrivedAt;
    const guess = Math.max(FIRST_INTERVAL_MIN, timeout * FIRST_INTERVAL_FACTOR);
    const least = known?.isRestored ? known.interval : INTERVAL_MIN;
    const interval = gap <= INTERVAL_MAX ? Math.max(gap, least) : Math.min(guess, INTERVAL_MAX);
    const scraper = known ?? {
      scope,
      connection: new WeakRef(connection),
      arrivedAt: now,
      interval,
      isRestored: false,
      lastWhole: 0,
    };
    scraper.isRestored = false;
    scraper.connection = new WeakRef(connection);
    scraper.arrivedAt = now;
    scraper.interval = interval;
    if (known === undefined) namesakes.push(scraper);
    if (namesakes.length > NAMESAKES_MAX) namesakes.sort((a, b) => b.arrivedAt - a.arrivedAt).pop();
    all.delete(name);
    all.set(name, namesakes);
    const most = all === this.#wide ? NAMES_MAX : NAMES_OF_TARGET_MAX;
    for (const eldest of all.keys()) {
      if (all.size <= most) break;
      all.delete(eldest);
    }
    return scraper;
  }

  #sharing(scope: Scope): Namesakes {
    if (typeof scope !== 'object') return this.#wide;
    const key = keyOf(scope);
    const namesakes = this.#probing.get(key) ?? new Map<string, Scraper[]>();
    this.#probing.set(key, namesakes);
    return namesakes;
  }
}

/** Who has no connection any more may come with a new one; of several the one that is longest away. */
function reconnected(namesakes: readonly Scraper[]): Scraper | undefined {
  return namesakes
    .filter(({ connection }) => connection.deref()?.destroyed ?? true)
    .toSorted((a, b) => a.arrivedAt - b.arrivedAt)[0];
}

function covers(scope: Scope, key: TargetKey | undefined): boolean {
  if (scope === 'everything') return true;
  if (key === undefined) return false;
  return typeof scope === 'function' ? scope(key) : keyOf(scope) === keyOf(key);
}
