/** How many events happened within a trailing window, exact at any moment without a new poll. */
export class Window {
  readonly #length: number;
  /** Instants in ascending order, each with how many events it holds. */
  readonly #instants: number[] = [];
  readonly #counts: number[] = [];
  #total = 0;

  /** @param length milliseconds */
  constructor(length: number, entries: readonly (readonly [number, number])[] = []) {
    this.#length = length;
    for (const [at, count] of entries) this.add(at, count);
  }

  add(at: number, count: number): void {
    const before = this.#instants.findLastIndex((each) => each <= at);
    if (this.#instants[before] === at) this.#counts[before] = (this.#counts[before] ?? 0) + count;
    else {
      this.#instants.splice(before + 1, 0, at);
      this.#counts.splice(before + 1, 0, count);
    }
    this.#total += count;
  }

  /** Events in the window that ends at `now`. */
  total(now: number): number {
    const oldest = this.#instants.findIndex((at) => at + this.#length > now);
    const leaving = oldest < 0 ? this.#instants.length : oldest;
    this.#instants.splice(0, leaving);
    for (const count of this.#counts.splice(0, leaving)) this.#total -= count;
    return this.#total;
  }

  /** When the oldest event leaves; Infinity while the window is empty. */
  nextChange(): number {
    return (this.#instants[0] ?? Number.POSITIVE_INFINITY) + this.#length;
  }

  entries(): [number, number][] {
    return this.#instants.map((at, index) => [at, this.#counts[index] ?? 0]);
  }
}
