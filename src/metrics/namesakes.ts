import { isTarget, type Scope } from './scope.ts';

/** A request as it tells who sends it. */
export interface Caller {
  /** Tells apart who can be told apart: address, user agent, timeout and query. */
  readonly name: string;
  /** Two callers of one name, such as two servers of one host, each keep a connection of their own. */
  readonly connection: { readonly destroyed: boolean };
  /** Whether it takes any of several connections, which then tell nothing. */
  readonly isPooled?: boolean;
  /** How long it waits for the answer, in milliseconds. */
  readonly timeout: number;
}

export interface Scraper {
  readonly scope: Scope;
  connection: WeakRef<Caller['connection']>;
  /** Whether it was ever seen to take any of several connections. */
  isPooled: boolean;
  arrivedAt: number;
  /** Milliseconds between its last two requests, or what is taken for it. */
  interval: number;
  /** What tells the interval; `restored`: requests to a process before this one, or before it was stopped. */
  basis: 'guess' | 'requests' | 'restored';
  /** The number of the last scrape whose answer it got whole; 0 before the first. */
  lastWhole: number;
}

/**
 * Until a scraper has come twice its interval is not known. Prometheus's own defaults are a timeout of 10 s
 * and an interval of 1 min, and no timeout is longer than its interval. Milliseconds.
 */
const FIRST_INTERVAL_MIN = 7_500;
const FIRST_INTERVAL_FACTOR = 3;
/** Requests that follow each other faster are no rhythm. */
const INTERVAL_MIN = 1_000;
/** Whoever comes more rarely has no series in Prometheus for most of the time, and is not waited for. */
const INTERVAL_MAX = 3_600_000;
/** Of its interval; who comes this much too early or too late still keeps its rhythm. */
const RHYTHM_TOLERANCE = 0.2;
/** Scrapers that may share a name. */
const SHARING_MAX = 8;

/** Scrapers by name; mostly one has it. Of too many names those that came least lately are forgotten. */
export class Namesakes {
  readonly #namesMax: number;
  readonly #scrapers = new Map<string, Scraper[]>();

  constructor(namesMax: number) {
    this.#namesMax = namesMax;
  }

  /** Takes note of a request, and tells which scraper it is from. */
  arrive(caller: Caller, scope: Scope, now: number): Scraper {
    const namesakes = this.#scrapers.get(caller.name) ?? [];
    const isPooled = caller.isPooled === true || namesakes.some((scraper) => scraper.isPooled);
    const known = isPooled ? lastCome(namesakes)[0] : find(namesakes, caller, now);
    const connection = new WeakRef(caller.connection);
    const pace = { arrivedAt: now, ...paceOf(known, caller, now) };
    const scraper = Object.assign(known ?? { scope, lastWhole: 0 }, { connection, isPooled, ...pace });
    const others = namesakes.filter((other) => other !== scraper);
    // What was taken for several is one.
    this.#put(caller.name, isPooled ? [scraper] : [...lastCome(others).slice(0, SHARING_MAX - 1), scraper]);
    return scraper;
  }

  /** Waits for one that came to a process before this one. @param interval in milliseconds */
  restore(name: string, scope: Scope, interval: number, now: number): void {
    const connection = new WeakRef({ destroyed: true });
    const basis = 'restored';
    const scraper = {
      scope,
      connection,
      isPooled: false,
      arrivedAt: now,
      interval,
      basis,
      lastWhole: 0,
    } as const;
    this.#put(name, [...(this.#scrapers.get(name) ?? []), scraper]);
  }

  /** Waits anew for those that were expected at `then`: nobody could come until now. */
  resume(then: number, now: number): void {
    for (const [, scraper] of this.expected(then))
      Object.assign(scraper, { arrivedAt: now, basis: 'restored' });
  }

  /** Those that are expected again, by name: who is to come within twice its interval. */
  *expected(now: number): Generator<readonly [string, Scraper]> {
    for (const [name, sharing] of this.#scrapers) {
      for (const scraper of sharing)
        if (scraper.arrivedAt + 2 * scraper.interval >= now) yield [name, scraper];
    }
  }

  /** How many share the name. */
  count(name: string): number {
    return this.#scrapers.get(name)?.length ?? 0;
  }

  #put(name: string, sharing: Scraper[]): void {
    this.#scrapers.delete(name);
    this.#scrapers.set(name, sharing);
    for (const eldest of this.#scrapers.keys()) {
      if (this.#scrapers.size <= this.#namesMax) break;
      this.#scrapers.delete(eldest);
    }
  }
}

/**
 * Whose connection it is. One that has lost its connection comes with a new one. And who probes many targets takes
 * any of its connections for each of them, so that there only the rhythm tells one from another.
 */
function find(
  sharing: readonly Scraper[],
  { connection, timeout }: Caller,
  now: number,
): Scraper | undefined {
  const own = sharing.find((scraper) => scraper.connection.deref() === connection);
  const isCut = (scraper: Scraper) => scraper.connection.deref()?.destroyed ?? true;
  const isDue = ({ scope, arrivedAt, interval, basis }: Scraper) => {
    const gap = now - arrivedAt;
    const isInRhythm = Math.abs(gap - interval) <= interval * RHYTHM_TOLERANCE;
    return isTarget(scope) && (basis === 'requests' ? isInRhythm : gap >= timeout * (1 - RHYTHM_TOLERANCE));
  };
  return own ?? longestAway(sharing.filter(isCut)) ?? longestAway(sharing.filter(isDue));
}

function longestAway(scrapers: readonly Scraper[]): Scraper | undefined {
  return lastCome(scrapers).at(-1);
}

/** The one that came last first. */
function lastCome(scrapers: readonly Scraper[]): Scraper[] {
  return scrapers.toSorted((a, b) => b.arrivedAt - a.arrivedAt);
}

function paceOf(
  known: Scraper | undefined,
  { timeout }: Caller,
  now: number,
): Pick<Scraper, 'interval' | 'basis'> {
  const gap = known === undefined ? Number.POSITIVE_INFINITY : now - known.arrivedAt;
  // Who was away is like one that has just come: how long that was is no interval.
  const wasAway = known?.basis === 'requests' && gap > 2 * known.interval;
  if (wasAway || gap > INTERVAL_MAX) {
    const guess = Math.max(FIRST_INTERVAL_MIN, timeout * FIRST_INTERVAL_FACTOR);
    return { interval: Math.min(guess, INTERVAL_MAX), basis: 'guess' };
  }
  // How long it came after this process was started, or went on, is no interval.
  const least = known?.basis === 'restored' ? known.interval : INTERVAL_MIN;
  return { interval: Math.max(gap, least), basis: 'requests' };
}
