import { AHEAD_MAX } from '../clock-steps.ts';
import type { ApiObserver } from '../modelarts/api.ts';
import type { Timers } from '../timers.ts';

/** Servers whose clocks differ may answer in turn, and all targets are not to be looked at each time. Milliseconds. */
const SET_REST = 60_000;

/**
 * The clocks of the clouds, as their answers tell them. Events are dated by them: where the host's clock is behind,
 * none of them is a future one for that.
 */
export class CloudClocks {
  readonly #timers: Pick<Timers, 'now'>;
  readonly #onSet: () => void;
  /** Milliseconds by which that of a project is ahead of the timers. */
  readonly #ahead = new Map<string, number>();
  /** The most that each was ahead since one was last set back. */
  readonly #most = new Map<string, number>();
  #restsUntil = Number.NEGATIVE_INFINITY;

  /** @param onSet called when one of them is known, or was set back so far that what it had dated is in the future */
  constructor(timers: Pick<Timers, 'now'>, onSet: () => void) {
    this.#timers = timers;
    this.#onSet = onSet;
  }

  /** @param now what an answer has told, in Unix milliseconds */
  told(project: string, now: number): void {
    const steady = this.#timers.now();
    const ahead = now - steady;
    const most = Math.max(ahead, this.#most.get(project) ?? ahead);
    const isKnown = this.#ahead.has(project);
    const isSetBack = most - ahead >= AHEAD_MAX && steady >= this.#restsUntil;
    this.#ahead.set(project, ahead);
    this.#most.set(project, isSetBack ? ahead : most);
    if (isKnown && !isSetBack) return;
    if (isSetBack) this.#restsUntil = steady + SET_REST;
    this.#onSet();
  }

  /**
   * The same observer of a project's answers, of which it takes note too.
   * @param clock the host's, to which the answers are compared
   */
  observing(project: string, observer: ApiObserver, clock: () => number): ApiObserver {
    return {
      onResponse: (operation, code, seconds) => {
        observer.onResponse(operation, code, seconds);
        // An answer that tells no time: the host's has to do. The metadata service runs on this very host.
        const isOfCloud = code !== 'error' && operation !== 'ecs_metadata';
        if (isOfCloud && !this.#ahead.has(project)) this.told(project, clock());
      },
      onClockSkew: (seconds) => {
        observer.onClockSkew(seconds);
        this.told(project, clock() + seconds * 1000);
      },
    };
  }

  /** Unix milliseconds; undefined before the first answer. */
  now(project: string): number | undefined {
    const ahead = this.#ahead.get(project);
    return ahead === undefined ? undefined : ahead + this.#timers.now();
  }
}
