import type { Scraper } from './namesakes.ts';

/** Those of one name who probe targets. */
export interface Prober {
  readonly name: string;
  /** How many probe the same target. */
  readonly count: number;
  /** Milliseconds. */
  readonly interval: number;
  /** When one of them came last, or the process was started or went on; milliseconds of the monotonic clock. */
  readonly arrivedAt: number;
  /** Whether it has come twice to the same target, and so is to come again. */
  readonly isRegular: boolean;
}

/** Names that are remembered. */
const NAMES_MAX = 200;

/** Who probes, whatever targets: so much of them is remembered over a restart, where targets are thousands. */
export class Probers {
  readonly #probers = new Map<string, Prober>();
  /** Those of the process before, for as long as they are to come back. */
  #before: readonly Prober[] = [];

  /** @param count how many of that name probe the target */
  arrived(name: string, { interval, basis, arrivedAt }: Scraper, count: number): void {
    const known = this.#probers.get(name);
    const before = known ?? this.#before.find((prober) => prober.name === name);
    this.#probers.delete(name);
    this.#probers.set(name, {
      name,
      count: Math.max(count, before?.count ?? 0),
      interval: basis === 'requests' ? interval : (before?.interval ?? interval),
      arrivedAt,
      isRegular: basis === 'requests' || known?.isRegular === true,
    });
    for (const eldest of this.#probers.keys()) {
      if (this.#probers.size <= NAMES_MAX) break;
      this.#probers.delete(eldest);
    }
  }

  restore(probers: readonly Prober[]): void {
    this.#before = probers;
  }

  /** Waits anew for those who were expected at `then`: nobody could come until now. */
  resume(then: number, now: number): void {
    this.#before = this.awaited(then).map((prober) => ({ ...prober, arrivedAt: now }));
    for (const [name, prober] of this.#probers) {
      if (isExpected(prober, then)) this.#probers.set(name, { ...prober, arrivedAt: now });
    }
  }

  /** Those of the process before who may still come back: each may have probed any target. */
  awaited(now: number): readonly Prober[] {
    this.#before = this.#before.filter((prober) => isExpected(prober, now));
    return this.#before;
  }

  /** Those who are expected. */
  expected(now: number): readonly Prober[] {
    const present = [...this.#probers.values()].filter((prober) => isExpected(prober, now));
    const names = new Set(present.map(({ name }) => name));
    return [...present, ...this.awaited(now).filter(({ name }) => !names.has(name))];
  }
}

function isExpected({ arrivedAt, interval }: Prober, now: number): boolean {
  return arrivedAt + 2 * interval >= now;
}
