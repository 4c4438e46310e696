/** A sleep that can be cut short. Waking while nobody sleeps ends the next sleep at once, so that no call is lost. */
export class Alarm {
  #rung = false;
  #end: () => void = () => {};

  wake(): void {
    this.#rung = true;
    this.#end();
  }

  /** Resolves after so many milliseconds, or when woken. */
  async sleep(milliseconds: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.#end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#rung = false;
  }
}
