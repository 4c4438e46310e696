/** How many events happened within a trailing window, exact at any moment without a new poll. */
export class Window {
  readonly #length: number;
  /** Instants in ascending order, each with how many events it holds; what is before `#head` has left. */
  #instants: number[] = [];
  #counts: number[] = [];
  #head = 0;
  #total = 0;

  /** @param length milliseconds */
  constructor(length: number, entries: readonly (readonly [number, number])[] = []) {
    this.#length = length;
    for (const [at, count] of entries) this.add(at, count);
  }

  add(at: number, count: number): void {
    let index = this.#instants.length;
    while (index > this.#head && (this.#instants[index - 1] ?? 0) > at) index -= 1;
    if (index > this.#head && this.#instants[index - 1] === at) {
      this.#counts[index - 1] = (this.#counts[index - 1] ?? 0) + count;
    } else {
      this.#instants.splice(index, 0, at);
      this.#counts.splice(index, 0, count);
    }
    this.#total += count;
  }

  /** Events in the window that ends at `now`. */
  total(now: number): number {
    while (this.nextChange() <= now) {
      this.#total -= this.#counts[this.#head] ?? 0;
      this.#head += 1;
    }
    if (this.#head > 64 && this.#head * 2 > this.#instants.length) {
      this.#instants = this.#instants.slice(this.#head);
      this.#counts = this.#counts.slice(this.#head);
      this.#head = 0;
    }
    return this.#total;
  }

  /** When the oldest event leaves; Infinity while the window is empty. */
  nextChange(): number {
    return (this.#instants[this.#head] ?? Number.POSITIVE_INFINITY) + this.#length;
  }

  entries(): [number, number][] {
    return this.#instants.slice(this.#head).map((at, index) => [at, this.#counts[this.#head + index] ?? 0]);
  }
}
