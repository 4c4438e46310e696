/** The clock of a host: it may be set, run too fast or slow, or stand still, while true time goes on. */
export class HostClock {
  readonly #trueTime: () => number;
  /** Milliseconds by which it was wrong at `#since`. */
  #error = 0;
  #since = 0;
  /** Milliseconds that it gains in each true one; -1: it stands still. */
  #drift = 0;

  /** @param trueTime Unix milliseconds */
  constructor(trueTime: () => number) {
    this.#trueTime = trueTime;
  }

  /** Whole Unix milliseconds. */
  readonly now = (): number => Math.floor(this.#trueTime() + this.#wrongBy());

  step(by: number): void {
    this.#error += by;
  }

  run(drift: number): void {
    this.#error = this.#wrongBy();
    this.#since = this.#trueTime();
    this.#drift = drift;
  }

  /** It is right again. */
  setRight(): void {
    this.#error = 0;
    this.#drift = 0;
  }

  #wrongBy(): number {
    return this.#error + this.#drift * (this.#trueTime() - this.#since);
  }
}
