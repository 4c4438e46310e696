const REMEMBERED_MAX = 1_000;

/** The items of one target that could not be read, so that each is told of once however often it is returned. */
export class MalformedItems {
  readonly #counts = new Map<string, number>();

  /**
   * @param keys the contents of those of one response; identical ones are as many items
   * @returns how many of them are new
   */
  admit(keys: readonly string[]): number {
    let fresh = 0;
    const here = new Map<string, number>();
    for (const key of keys) here.set(key, (here.get(key) ?? 0) + 1);
    for (const [key, count] of here) {
      const before = this.#counts.get(key) ?? 0;
      fresh += Math.max(0, count - before);
      this.#counts.delete(key);
      this.#counts.set(key, Math.max(count, before));
    }
    for (const key of this.#counts.keys()) {
      if (this.#counts.size <= REMEMBERED_MAX) break;
      this.#counts.delete(key);
    }
    return fresh;
  }
}
