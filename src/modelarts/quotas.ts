import { Quota, type QuotaState } from './quota.ts';
import type { Pause } from './request-gate.ts';

/** What is learnt of quotas, by the names of the projects that use them. */
export type QuotaStates = Readonly<Record<string, QuotaState>>;

/**
 * The quotas of the process: projects that send by the same credential to the same endpoint share one. And the pauses of
 * its projects, since a reload that changes a project ends none.
 */
export class Quotas {
  readonly #quotas = new Map<string, Quota>();
  readonly #users = new Map<string, Quota>();
  readonly #pauses = new Map<string, Pause>();
  #known: QuotaStates = {};
  readonly #clock: () => number;
  readonly #now: () => number;

  /**
   * @param clock Unix milliseconds
   * @param now the monotonic time of those who send
   */
  constructor(clock: () => number, now: () => number) {
    this.#clock = clock;
    this.#now = now;
  }

  /** Takes what a process before this one has learnt, before any project asks. */
  restore(known: QuotaStates): void {
    this.#known = known;
  }

  /** @param owner fingerprint of credential and endpoint */
  of(owner: string, project: string): Quota {
    const quota = this.#quotas.get(owner) ?? this.#restored(project);
    this.#quotas.set(owner, quota);
    this.#users.set(project, quota);
    return quota;
  }

  /** Until when the requests of a project wait, whatever its configuration. */
  pauseOf(project: string): Pause {
    const pause = this.#pauses.get(project) ?? { until: Number.NEGATIVE_INFINITY };
    this.#pauses.set(project, pause);
    return pause;
  }

  /** Forgets what no project that is configured uses. */
  retain(projects: readonly string[]): void {
    const names = new Set(projects);
    for (const byProject of [this.#users, this.#pauses]) {
      for (const project of [...byProject.keys()]) if (!names.has(project)) byProject.delete(project);
    }
    this.#known = Object.fromEntries(Object.entries(this.#known).filter(([project]) => names.has(project)));
    const used = new Set(this.#users.values());
    for (const [owner, quota] of [...this.#quotas]) if (!used.has(quota)) this.#quotas.delete(owner);
  }

  /** What a state file is to hold. */
  states(): QuotaStates {
    const ahead = this.#clock() - this.#now();
    const states = [...this.#users].flatMap(([project, quota]) => {
      const state = quota.state((instant) => instant + ahead);
      return state === undefined ? [] : [[project, state] as const];
    });
    return { ...this.#known, ...Object.fromEntries(states) };
  }

  #restored(project: string): Quota {
    const quota = new Quota();
    const now = this.#now();
    const ahead = this.#clock() - now;
    const known = this.#known[project];
    if (known !== undefined) quota.restore(known, (instant) => instant - ahead, now);
    return quota;
  }
}
