import { expect } from 'vitest';

/** What `increase` adds up between the samples of one server, whose series begin with their first sample. */
export class Server {
  readonly gained = new Map<string, number>();
  readonly #last = new Map<string, number>();

  take(text: string): void {
    for (const line of text.split('\n').filter((each) => /^\w+_total\{/.test(each))) {
      const space = line.lastIndexOf(' ');
      const series = line.slice(0, space);
      const value = Number(line.slice(space + 1));
      const before = this.#last.get(series);
      if (before === undefined) expect(value, `first sample of ${series}`).toBe(0);
      expect(value).toBeGreaterThanOrEqual(before ?? 0);
      this.gained.set(series, (this.gained.get(series) ?? 0) + value - (before ?? value));
      this.#last.set(series, value);
    }
  }
}
