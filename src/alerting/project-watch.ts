import type { AlertProject } from './alert.ts';
import { type Failure, isProjectWide, type Outage } from './outage.ts';
import { type AlertState, isFiring } from './record.ts';
import { redated } from './states.ts';

/** What a state file holds of a project that can't be read, or lately could not. Plain JSON. */
export interface ProjectMemory {
  readonly project: string;
  readonly alerts: AlertState;
  /** Unix milliseconds. */
  readonly reachedAt: number;
  readonly failure?: Failure | undefined;
}

/**
 * Finds out whether a whole project can't be read. What fails for one target alone is that target's affair; where
 * nothing gets an answer, one alert says more than one per target.
 */
export class ProjectWatch {
  project: AlertProject;
  state: AlertState = [];
  /** Revision of the last change. */
  revision = 0;
  removed = false;
  /** When the cloud last gave an answer that was neither 401 nor 429, or the project became known. */
  #reachedAt: number;
  #failure: Failure | undefined;
  #failingSince: number | undefined;
  /** When it was last reached after an outage. */
  #restoredAt = Number.NEGATIVE_INFINITY;

  /** @param before what a process before this one knew: it holds until there is an answer */
  constructor(project: AlertProject, now: number, before?: ProjectMemory) {
    this.project = project;
    this.#reachedAt = now;
    if (before === undefined) return;
    this.state = redated(before.alerts, 0, now);
    if (!this.isDown) return;
    this.#reachedAt = Math.min(before.reachedAt, now);
    this.#failure = before.failure;
    this.#failingSince = this.#reachedAt;
  }

  /** What a state file is to hold; undefined where there is nothing to tell. */
  memory(): ProjectMemory | undefined {
    if (this.state.length === 0) return undefined;
    return {
      project: this.project.project,
      alerts: this.state,
      reachedAt: this.#reachedAt,
      failure: this.#failure,
    };
  }

  /** Its targets were not to be read while it was down: they are given their time again from here. */
  get restoredAt(): number {
    return this.#restoredAt;
  }

  /** Takes in how a read or a listing of the project went; `failure` is undefined if it worked. */
  answered(failure: Failure | undefined, now: number): void {
    if (failure !== undefined && isProjectWide(failure)) {
      this.#failure = failure;
      this.#failingSince ??= now;
    } else if (failure === undefined || failure.status !== undefined) {
      if (this.isDown) this.#restoredAt = now;
      this.#reachedAt = now;
      this.#failure = undefined;
      this.#failingSince = undefined;
    }
  }

  /** The wall clock was set: instants move along, so that ages stay true. */
  clockStepped(by: number): void {
    this.#reachedAt += by;
    this.#restoredAt += by;
    if (this.#failingSince !== undefined) this.#failingSince += by;
  }

  get isDown(): boolean {
    return this.state.some(isFiring);
  }

  /** Undefined while the project is not down. */
  outage(downAfter: number, now: number): Omit<Outage, 'lastKnown'> | undefined {
    if (this.#failure === undefined || now - this.#reachedAt < downAfter) return undefined;
    return { since: this.#reachedAt, failure: this.#failure };
  }

  /** What keeps a target from being read since that moment is what keeps the project from it. */
  covers(failingSince = Number.POSITIVE_INFINITY): boolean {
    return this.#failingSince !== undefined && failingSince >= this.#failingSince;
  }
}
