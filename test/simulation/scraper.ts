import type { Exporter } from '../../src/exporter.ts';
import { KIND_NAMES, rowOf } from '../../src/kind-table.ts';
import type { Quotas } from '../../src/modelarts/quotas.ts';
import type { Backend } from '../../src/web/backend.ts';

/** What a scraper is let into. */
export interface Scraped {
  readonly exporter: Exporter;
  readonly backend: Backend;
  readonly quotas: Pick<Quotas, 'states'>;
}

const OWN_EVERY = 10;
const KINDS = KIND_NAMES.join('|');
const COUNTER = new RegExp(
  `^(modelarts_(?:${KINDS})_(?:events|updates)_total|modelarts_events_total)\\{(.*)\\} (\\S+)$`,
  'gm',
);
const TARGET = new RegExp(`(?:${KIND_NAMES.map((kind) => rowOf(kind).labels.id).join('|')})="([^"]*)"`);
const NAME = new RegExp(`,?(?:${KIND_NAMES.map((kind) => rowOf(kind).labels.name).join('|')})="[^"]*"`);

/** A series of counters that was seen. */
interface Seen {
  value: number;
  /** Undefined: it is of a project. */
  readonly target: string | undefined;
  /** Its text without the name of the target. */
  readonly nameless: string;
  /** Of `increases`. */
  readonly key: string;
}

/** A series of a target. */
interface Series {
  readonly target: string;
  readonly series: string;
}

/**
 * A server like Prometheus: it scrapes again and again and sums the increases that it sees, where the first sample of
 * a series has none, and a smaller value than before is a reset.
 */
export class Scraper {
  readonly name: string;
  readonly interval: number;
  isAway = false;
  /** Of `TARGET events`, `TARGET updates`, and `all KIND` for the totals of a project. */
  readonly increases = new Map<string, number>();
  /** What was counted by its first look after it had been away or had not been there, by the same keys. */
  readonly before = new Map<string, number>();
  readonly #seen = new Map<string, Seen>();
  readonly #nameless = new Set<string>();
  #connection = { destroyed: false };
  /** How often another server came in its place. */
  #successors = 0;
  /** It has not looked yet since it came back. */
  #isBack = false;
  /** Series that went back although the same state went on. */
  readonly setbacks: string[] = [];
  /** Series whose first sample was not 0. */
  readonly unborn: string[] = [];
  /** Series of targets that a scrape showed, and the next one did not. */
  readonly vanished: Series[] = [];
  /** Those of the last scrape, by their text without names. */
  #shown: ReadonlyMap<string, Series> = new Map();
  /** Of the last scrape. */
  samples = 0;
  #text = '';
  #scrapes = 0;
  /** Scrapes that were answered. */
  #answers = 0;

  constructor(name: string, interval: number) {
    this.name = name;
    this.interval = interval;
  }

  /** @param isLast nothing is left out */
  async scrape({ exporter, backend }: Scraped, isLast = false): Promise<string> {
    const { scrapers, series, metrics } = exporter;
    // As long as is usual for its interval: before it comes a second time nothing else tells how often it will.
    const timeout = this.interval / 3;
    const connection = this.#connection;
    const caller = { name: `${this.name} ${this.#successors}`, connection, timeout };
    const scrape = scrapers.arrive(caller, 'everything');
    // Nobody knows one that was never answered: it comes anew.
    if (this.#scrapes > 0 && this.#answers === 0) this.#isBack = true;
    this.#scrapes += 1;
    await backend.scrape(timeout - backend.timeoutOffset(), 'everything', scrape.isNewcomer);
    scrape.begin();
    // The exporter's own metrics cost more than all others, so they are asked for now and then.
    const own =
      isLast || this.#isBack || this.#scrapes % OWN_EVERY === 1 ? await metrics.text('text', scrape) : '';
    const text = [...series.chunks('text', { select: undefined, isScrape: true }), own].join('');
    if (connection.destroyed) return text;
    this.#answers += 1;
    this.#take(text);
    if (scrape.end()) backend.revealCounters('everything');
    return text;
  }

  /** It asks for nothing for a while. */
  leave(): void {
    this.isAway = true;
    this.#connection.destroyed = true;
  }

  /** It goes on with what it has stored. */
  comeBack(): void {
    this.leave();
    this.isAway = false;
    this.#isBack = true;
    this.#connection = { destroyed: false };
  }

  /** Another server comes in its place, which has stored nothing. */
  comeAnew(): void {
    this.comeBack();
    this.#successors += 1;
    this.#text = '';
    for (const each of [this.#seen, this.#nameless, this.increases, this.before]) each.clear();
  }

  #take(text: string): void {
    // Most scrapes show nothing new.
    if (text === this.#text && !this.#isBack) return;
    this.#text = text;
    let samples = 0;
    const shown = new Map<string, Series>();
    for (const [, name = '', labels = '', digits = ''] of text.matchAll(COUNTER)) {
      samples += 1;
      const value = Number(digits);
      const series = `${name}{${labels}}`;
      const seen = this.#seen.get(series) ?? this.#meet(name, labels, value);
      if (seen.target !== undefined) shown.set(seen.nameless, { target: seen.target, series });
      const before = seen.value;
      if (value === before) continue;
      seen.value = value;
      if (value < before) this.setbacks.push(`${series} ${before} -> ${value}`);
      const increase = value < before ? value : value - before;
      this.increases.set(seen.key, (this.increases.get(seen.key) ?? 0) + increase);
    }
    for (const [nameless, each] of this.#shown) if (!shown.has(nameless)) this.vanished.push(each);
    this.#shown = shown;
    this.samples = samples;
    this.#isBack = false;
  }

  /** The first sample of a series has no increase: a counter must be born at 0, unless it only has another name now. */
  #meet(name: string, labels: string, value: number): Seen {
    const series = `${name}{${labels}}`;
    const nameless = `${name}{${labels.replace(NAME, '')}}`;
    const target = TARGET.exec(labels)?.[1];
    const kind = /kind="(\w+)"/.exec(labels)?.[1];
    const what = name === 'modelarts_service_updates_total' ? 'updates' : 'events';
    const key = target === undefined ? `all ${kind}` : `${target} ${what}`;
    if (!this.#nameless.has(nameless)) {
      if (this.#isBack) this.before.set(key, (this.before.get(key) ?? 0) + value);
      else if (value > 0) this.unborn.push(`${series} ${value}`);
    }
    this.#nameless.add(nameless);
    const seen = { value, target, nameless, key };
    this.#seen.set(series, seen);
    return seen;
  }
}
