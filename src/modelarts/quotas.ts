import { Quota, type QuotaState } from './quota.ts';

/** What is learnt of quotas, by the names of the projects that use them. */
export type QuotaStates = Readonly<Record<string, QuotaState>>;

/** The quotas of the process: projects that send by the same credential to the same endpoint share one. */
export class Quotas {
  readonly #quotas = new Map<string, Quota>();
  readonly #users = new Map<string, Quota>();
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
