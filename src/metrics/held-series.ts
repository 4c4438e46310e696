import { Newborns } from './newborns.ts';
import type { Scrape, Scrapers } from './scrapers.ts';

/** The metrics of the process and of Node.js are there from the start. */
const OWN_PREFIX = 'modelarts_';

/** Which of the exporter's own counters and histograms are to be shown as 0, as not every scraper has seen them so. */
export class HeldSeries {
  readonly #scrapers: Pick<Scrapers, 'count' | 'seenByAll'>;
  readonly #newborns = new Newborns();
  /** Those that were part of the last text. */
  #shown: ReadonlySet<string> = new Set();

  constructor(scrapers: Pick<Scrapers, 'count' | 'seenByAll'>) {
    this.#scrapers = scrapers;
  }

  /**
   * Makes a text of which each series is asked for once.
   * @param scrape for a scraper; everybody else sees true values
   */
  async during(
    scrape: Pick<Scrape, 'number'> | undefined,
    makeText: (isHeld: (series: string) => boolean) => Promise<string>,
  ): Promise<string> {
    for (const series of this.#newborns.shownBefore(this.#scrapers.seenByAll(undefined)))
      this.#newborns.delete(series);
    const shown = new Set<string>();
    const text = await makeText((series) => {
      if (!series.startsWith(OWN_PREFIX)) return false;
      shown.add(series);
      // A later scrape may have been put together before this one came to the series.
      const isPartOfLast = scrape?.number === this.#scrapers.count;
      if (!this.#shown.has(series)) this.#newborns.add(series, this.#scrapers.count - (isPartOfLast ? 1 : 0));
      return scrape !== undefined && this.#newborns.has(series);
    });
    this.#shown = shown;
    return text;
  }
}
