import type { Cloud } from '../cloud.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Life, Stage } from './stage.ts';

export interface WorldOptions {
  readonly cloud: Cloud;
  readonly seed: number;
  /** When somebody begins to look, Unix milliseconds; what happened before is history. */
  readonly opening: number;
  /** How many times faster than told everything happens; the times of events are true nevertheless. */
  readonly speed: number;
  /** Length of the history in story milliseconds. */
  readonly history: number;
  /** Told of what is notable, from the opening on. */
  readonly onStory?: ((text: string, at: number) => void) | undefined;
}

interface Actor {
  readonly life: Life;
  due: number;
}

/**
 * Plays the lives of its actors up to a given instant. The same seed gives the same story, in
 * whatever steps it is played.
 */
export class World {
  readonly #options: WorldOptions;
  readonly #actors = new Set<Actor>();
  #clock: number;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#clock = options.opening - options.history / options.speed;
  }

  /** Adds an actor that acts from the world's present on. Names tell their random streams apart. */
  add(name: string, live: (stage: Stage) => Life): void {
    this.#actors.add({ life: live(this.#stage(name)), due: this.#clock });
  }

  /** Plays everything until `now`, Unix milliseconds, in the order of time. */
  step(now: number): void {
    for (let next = this.#next(); next !== undefined && next.due <= now; next = this.#next()) {
      this.#clock = next.due;
      const { done, value } = next.life.next();
      if (done) this.#actors.delete(next);
      else next.due += value / this.#options.speed;
    }
    this.#clock = Math.max(this.#clock, now);
  }

  #next(): Actor | undefined {
    let earliest: Actor | undefined;
    for (const actor of this.#actors) {
      if (earliest === undefined || actor.due < earliest.due) earliest = actor;
    }
    return earliest;
  }

  #stage(name: string): Stage {
    const { cloud, seed, opening, speed, onStory } = this.#options;
    const random = seededRandom(seed, name);
    const now = (): number => Math.floor(this.#clock);
    return {
      cloud,
      random,
      now,
      tell: (text) => {
        if (this.#clock >= opening) onStory?.(text, now());
      },
      pause: (live) => {
        const wait = live * (0.75 + 0.5 * random());
        if (this.#clock >= opening) return wait;
        return Math.min(10 * wait, (opening - this.#clock) * speed + live * random());
      },
    };
  }
}
