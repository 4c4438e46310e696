import type { Exporter } from '../../src/exporter.ts';
import type { Backend } from '../../src/web/backend.ts';

/** What a scraper is let into. */
export interface Scraped {
  readonly exporter: Exporter;
  readonly backend: Backend;
}

const OWN_EVERY = 20;
const COUNTER =
  /^(modelarts_(?:service|training_job|pool)_(?:events|updates)_total|modelarts_events_total)\{(.*)\} (\S+)$/gm;
const TRUNCATED = /^modelarts_truncated_polls_total\{[^}]*kind="(\w+)"[^}]*\} [1-9]/gm;
const TARGET = /(?:service_id|training_job_id|pool)="([^"]*)"/;

/**
 * A server like Prometheus: it scrapes again and again and sums the increases that it sees, where the first sample of
 * a series has none, and a smaller value than before is a reset.
 */
export class Scraper {
  readonly name: string;
  readonly interval: number;
  /** Of `TARGET events`, `TARGET updates`, and `all KIND` for the totals of a project. */
  readonly increases = new Map<string, number>();
  /** Kinds of which a read may have passed over events: the exporter says so. */
  readonly truncated = new Set<string>();
  readonly #last = new Map<string, number>();
  readonly #connection = { destroyed: false };
  /** Series that went back although the same state went on. */
  readonly setbacks: string[] = [];
  /** Series whose first sample was not 0. */
  readonly unborn: string[] = [];
  #scrapes = 0;

  constructor(name: string, interval: number) {
    this.name = name;
    this.interval = interval;
  }

  async scrape({ exporter, backend }: Scraped): Promise<string> {
    const { scrapers, series, metrics } = exporter;
    // As long as is usual for its interval: before it comes a second time nothing else tells how often it will.
    const timeout = this.interval / 3;
    const caller = { name: this.name, connection: this.#connection, timeout };
    const scrape = scrapers.arrive(caller, 'everything');
    await backend.scrape(timeout - backend.timeoutOffset(), 'everything');
    scrape.begin();
    this.#scrapes += 1;
    // The exporter's own metrics cost more than all others, so they are asked for now and then.
    const own = this.#scrapes % OWN_EVERY === 1 ? await metrics.text('text', scrape) : '';
    const text = [...series.chunks('text', { select: undefined, isScrape: true }), own].join('');
    this.#take(text);
    if (scrape.end()) backend.revealCounters('everything');
    return text;
  }

  #take(text: string): void {
    for (const [, kind = ''] of text.matchAll(TRUNCATED)) this.truncated.add(kind);
    for (const [, name = '', labels = '', digits = ''] of text.matchAll(COUNTER)) {
      const value = Number(digits);
      const series = `${name}{${labels}}`;
      const before = this.#last.get(series);
      this.#last.set(series, value);
      if (before === undefined) {
        // The first sample of a series has no increase: a counter must be born at 0.
        if (value > 0) this.unborn.push(`${series} ${value}`);
        continue;
      }
      if (value < before) this.setbacks.push(`${series} ${before} -> ${value}`);
      const target = TARGET.exec(labels)?.[1];
      const kind = /kind="(\w+)"/.exec(labels)?.[1];
      const what = name === 'modelarts_service_updates_total' ? 'updates' : 'events';
      const key = target === undefined ? `all ${kind}` : `${target} ${what}`;
      this.increases.set(key, (this.increases.get(key) ?? 0) + (value < before ? value : value - before));
    }
  }
}
