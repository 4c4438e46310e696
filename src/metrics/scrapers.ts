import { keyOf, type TargetKey } from '../target-key.ts';
import type { Timers } from '../timers.ts';
import { type Caller, Namesakes } from './namesakes.ts';
import { type Prober, Probers } from './probers.ts';
import { covers, isTarget, type Scope, type Selection } from './scope.ts';

/** One request of a scraper. */
export interface Scrape {
  readonly scope: Scope;
  /** 0 until it begins. */
  readonly number: number;
  /** It was not expected: before that is saved, a process after this one would not wait for it. */
  readonly isNewcomer: boolean;
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
  readonly scope: 'everything' | Selection | 'any target';
  /** Of those who probe: how many probe the same target. */
  readonly count?: number;
}

/** Names that are remembered. */
const NAMES_MAX = 200;
const NAMES_OF_TARGET_MAX = 20;
/** What Prometheus learns it hands on every 5 s, twice. Milliseconds. */
const DISCOVERY_SETTLES_AFTER = 10_000;
/** Whoever has not called `look` for so many milliseconds did not run meanwhile. */
const STALL_MIN = 10_000;
/** Milliseconds from one `look` to the next. */
export const LOOK_INTERVAL = 5_000;

/**
 * Who scrapes, and what each has seen. Scrapes are numbered in the order in which their answers are put
 * together. A scraper is expected again within twice its own interval; one that does not come is no longer
 * waited for, so that nobody who looked once holds a number back. Time in which the process did not run does not
 * count: it was stopped, or its machine slept, and nobody could come.
 */
export class Scrapers {
  readonly #timers: Pick<Timers, 'now'>;
  /** Those who read more than one target. */
  readonly #wide = new Namesakes(NAMES_MAX);
  /** Those who probe one target, by its key. */
  readonly #probing = new Map<string, Namesakes>();
  readonly #probers = new Probers();
  /** Those who learn from the exporter which targets there are. */
  readonly #discoverers = new Namesakes(NAMES_MAX);
  /** When each target that somebody may probe was first looked at, by its key. */
  readonly #knownSince = new Map<string, number>();
  #count = 0;
  /** When the process was last seen to run; undefined as long as nobody looks. */
  #lookedAt: number | undefined;

  constructor(timers: Pick<Timers, 'now'>) {
    this.#timers = timers;
  }

  /** The number of the last scrape. */
  get count(): number {
    return this.#count;
  }

  /** To be called every `LOOK_INTERVAL` for as long as the process runs. */
  look(): void {
    this.#lookedAt ??= this.#timers.now();
    this.#now();
  }

  /** Somebody asks which targets there are. */
  discover(caller: Caller): void {
    this.#discoverers.arrive(caller, 'everything', this.#now());
  }

  /** A scraper's request has arrived. */
  arrive(caller: Caller, scope: Scope): Scrape {
    const arrivedAt = this.#now();
    const sharing = this.#sharing(scope);
    const scraper = sharing.arrive(caller, scope, arrivedAt);
    if (isTarget(scope)) this.#probers.arrived(caller.name, scraper, sharing.count(caller.name));
    let number = 0;
    return {
      scope,
      // Who probes comes to each of thousands of targets for the first time, and is remembered as one.
      isNewcomer: scraper.basis === 'guess' && !isTarget(scope),
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
    const now = this.#now();
    let seen = Number.POSITIVE_INFINITY;
    for (const [, { scope, lastWhole }] of this.#wide.expected(now)) {
      if (covers(scope, key)) seen = Math.min(seen, lastWhole);
    }
    if (key === undefined) return Number.isFinite(seen) ? seen : 0;
    const probing = this.#probing.get(keyOf(key));
    for (const [, { lastWhole }] of probing?.expected(now) ?? []) seen = Math.min(seen, lastWhole);
    return Number.isFinite(seen) && !this.#awaitsProber(key, now) ? seen : 0;
  }

  /** Those who are expected. */
  state(): ScraperState[] {
    const now = this.#now();
    const seconds = (milliseconds: number) => Math.round(milliseconds / 1000);
    const wide = [...this.#wide.expected(now)].flatMap(([name, { scope, interval }]) =>
      isTarget(scope) ? [] : [{ name, scope, interval: seconds(interval) }],
    );
    const probers = this.#probers.expected(now).map(({ name, count, interval }) => ({
      name,
      scope: 'any target' as const,
      interval: seconds(interval),
      count,
    }));
    return [...wide, ...probers];
  }

  /**
   * Waits for those who came to a process before this one. Otherwise a counter that is born right after a restart
   * would be shown with its value once the first of them has come back.
   */
  restore(states: readonly ScraperState[]): void {
    const now = this.#now();
    const probers: Prober[] = [];
    for (const { name, scope, interval: seconds, count = 1 } of states) {
      const interval = seconds * 1000;
      if (scope === 'any target') probers.push({ name, count, interval, arrivedAt: now, isRegular: true });
      else this.#wide.restore(name, scope, interval, now);
    }
    this.#probers.restore(probers);
  }

  /** A target is no longer there to be probed. */
  forget(key: TargetKey): void {
    this.#probing.delete(keyOf(key));
    this.#knownSince.delete(keyOf(key));
  }

  /** Milliseconds of the monotonic clock; whoever asks first after a stall has those waited for whom it kept away. */
  #now(): number {
    const now = this.#timers.now();
    const then = this.#lookedAt;
    if (then === undefined) return now;
    this.#lookedAt = now;
    if (now - then <= STALL_MIN) return now;
    for (const sharing of [this.#wide, this.#discoverers, ...this.#probing.values()])
      sharing.resume(then, now);
    this.#probers.resume(then, now);
    for (const [name, since] of this.#knownSince) this.#knownSince.set(name, since + now - then);
    return now;
  }

  /**
   * Whether somebody who probes has not come to this target yet: who probed before the restart may have probed it, and
   * who probes other targets may first have to learn that there is a new one.
   */
  #awaitsProber(key: TargetKey, now: number): boolean {
    const name = keyOf(key);
    const isMissing = (prober: Prober) => (this.#probing.get(name)?.count(prober.name) ?? 0) < prober.count;
    if (this.#probers.awaited(now).some(isMissing)) return true;
    const probers = this.#probers.expected(now).filter(({ isRegular }) => isRegular);
    if (probers.length === 0) return false;
    const since = this.#knownSince.get(name) ?? now;
    this.#knownSince.set(name, since);
    const delay = this.#discoveryDelay(now);
    return probers.some((prober) => isMissing(prober) && now <= since + delay + 2 * prober.interval);
  }

  /** How long it may take until everybody who asks for the targets knows of a new one. */
  #discoveryDelay(now: number): number {
    const intervals = [...this.#discoverers.expected(now)].map(([, { interval }]) => interval);
    return intervals.length === 0 ? 0 : Math.max(...intervals) + DISCOVERY_SETTLES_AFTER;
  }

  #sharing(scope: Scope): Namesakes {
    if (!isTarget(scope)) return this.#wide;
    const key = keyOf(scope);
    const sharing = this.#probing.get(key) ?? new Namesakes(NAMES_OF_TARGET_MAX);
    this.#probing.set(key, sharing);
    return sharing;
  }
}
