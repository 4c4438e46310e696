import type { Target } from './target.ts';

export interface PublisherOptions {
  /** Makes the numbers of these targets durable; never throws. Undefined: there is no durable state. */
  readonly save: ((targets: readonly Target[]) => Promise<void>) | undefined;
  /** Renders the target's series now, and gives back what exposes them. */
  readonly render: (target: Target) => () => void;
}

/**
 * Brings what refreshes found to the exposition. With durable state a number is exposed only after it was
 * saved, so that no counter goes back after a crash; what finishes during a save shares the next one.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  #waiting = new Set<Target>();
  #next: Promise<void> | undefined;
  #current: Promise<void> = Promise.resolve();

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Returns when the target's numbers are exposed. */
  publish(target: Target): Promise<void> {
    const { save, render } = this.#options;
    if (save === undefined) {
      render(target)();
      return Promise.resolve();
    }
    this.#waiting.add(target);
    if (this.#next === undefined) {
      const run = () => this.#run(save);
      this.#next = this.#current.then(run, run);
    }
    return this.#next;
  }

  async #run(save: (targets: readonly Target[]) => Promise<void>): Promise<void> {
    const targets = [...this.#waiting];
    this.#waiting = new Set();
    this.#current = this.#next ?? this.#current;
    this.#next = undefined;
    const expose = targets.map(this.#options.render);
    await save(targets);
    for (const show of expose) show();
  }
}
