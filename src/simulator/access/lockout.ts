/** Locks a name for a while after some consecutive failures. */
export class Lockout {
  readonly #limit: number;
  readonly #period: number;
  readonly #failures = new Map<string, number>();
  readonly #until = new Map<string, number>();

  /** `period` is in milliseconds. */
  constructor(limit: number, period: number) {
    this.#limit = limit;
    this.#period = period;
  }

  locked(name: string, now: number): boolean {
    return now < (this.#until.get(name) ?? Number.NEGATIVE_INFINITY);
  }

  fail(name: string, now: number): void {
    const failures = (this.#failures.get(name) ?? 0) + 1;
    this.#failures.set(name, failures % this.#limit);
    if (failures === this.#limit) this.#until.set(name, now + this.#period);
  }

  succeed(name: string): void {
    this.#failures.delete(name);
  }
}
