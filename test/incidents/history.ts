import { Scraper } from '../simulation/scraper.ts';
import type { Scene } from './scene.ts';

const MINUTE = 60_000;

/** What a Prometheus has stored that scraped the exporter of a scene every minute. */
export class History {
  readonly #scraper = new Scraper('prometheus', MINUTE);
  readonly #samples: string[] = [];
  readonly #labels: string;

  /** @param labels that Prometheus adds to every series, such as `job="modelarts"` */
  constructor(labels: string) {
    this.#labels = labels;
  }

  /** Scrapes once; the answer comes as the scene goes on. */
  scrape({ machine, now }: Scene): void {
    const { running } = machine;
    this.#samples.push(`up{${this.#labels}} ${running === undefined ? 0 : 1} ${now / 1_000}\n`);
    if (running === undefined) return;
    void this.#scraper.scrape(running, true).then((text) => {
      for (const [, name, labels, value] of text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)) {
        const all = labels === undefined ? this.#labels : `${this.#labels},${labels}`;
        this.#samples.push(`${name}{${all}} ${value} ${now / 1_000}\n`);
      }
    });
  }

  /** In pieces, for `promtool tsdb create-blocks-from openmetrics`. */
  *openmetrics(): Iterable<string> {
    yield* this.#samples;
    yield '# EOF\n';
  }
}
