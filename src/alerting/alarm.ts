import type { Timers } from '../timers.ts';

/** A sleep that can be cut short. Waking while nobody sleeps ends the next sleep at once, so that no call is lost. */
export class Alarm {
  readonly #timers: Timers;
  #isAwake = false;
  #sleep = new AbortController();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  wake(): void {
    this.#isAwake = true;
    // With a reason of ours none is made, with the stack of this call.
    this.#sleep.abort('woken');
  }

  /** Resolves after so many milliseconds, or when woken. */
  async sleep(milliseconds: number): Promise<void> {
    if (!this.#isAwake) {
      this.#sleep = new AbortController();
      await this.#timers.sleep(milliseconds, this.#sleep.signal).catch(() => {});
    }
    this.#isAwake = false;
  }
}
