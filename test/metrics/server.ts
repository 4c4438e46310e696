import { expect } from 'vitest';

/** What `increase` adds up between the samples of one server, whose series begin with their first sample. */
export class Server {
  readonly gained = new Map<string, number>();
  /** The last sample of each series. */
  readonly last = new Map<string, number>();
  /** Since when each series counts, as OpenMetrics tells it. */
  readonly #created = new Map<string, number>();

  /** @param now Unix seconds */
  take(text: string, now = Number.POSITIVE_INFINITY): void {
    for (const line of text.split('\n').filter((each) => /^\w+_(total|created)\{/.test(each))) {
      const space = line.lastIndexOf(' ');
      const series = line.slice(0, space);
      const value = Number(line.slice(space + 1));
      if (series.includes('_created{')) this.#takeCreated(series, value, now);
      else this.#takeValue(series, value);
    }
  }

  /** The exporter was started anew. @param isKept whether a series goes on */
  restarted(isKept: (series: string) => boolean): void {
    for (const series of this.last.keys()) if (!isKept(series)) this.last.delete(series);
    for (const series of this.#created.keys()) {
      if (!isKept(series.replace('_created{', '_total{'))) this.#created.delete(series);
    }
  }

  #takeValue(series: string, value: number): void {
    const before = this.last.get(series);
    // An expectation for each of a million samples takes longer than all else.
    const isRight = before === undefined ? value === 0 : value >= before;
    if (!isRight) expect.fail(`${series}: ${value}, before ${before}`);
    this.gained.set(series, (this.gained.get(series) ?? 0) + value - (before ?? value));
    this.last.set(series, value);
  }

  /** One that moved past a sample would have a server count from 0 again. */
  #takeCreated(series: string, created: number, now: number): void {
    const before = this.#created.get(series) ?? created;
    if (!(created <= now && created === before))
      expect.fail(`${series}: ${created}, before ${before}, at ${now}`);
    this.#created.set(series, created);
  }
}
