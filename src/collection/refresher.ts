import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import type { Project } from './project.ts';
import { isDue } from './schedule.ts';
import type { Outcome, Target } from './target.ts';

export interface RefresherOptions {
  readonly log: Logger;
  readonly clock: () => number;
  /** The project through which a target is read; undefined when the target is no longer collected. */
  readonly projectOf: (target: Target) => Pick<Project, 'api' | 'queue'> | undefined;
  /**
   * Takes what a refresh brought; the refresh ends with it.
   * @param reasonBefore why the refresh before this one failed, where it did
   */
  readonly finish: (target: Target, outcome: Outcome, reasonBefore: string | undefined) => Promise<void>;
}

/** Refreshes each target once at a time, whoever asks for it meanwhile. */
export class Refresher {
  readonly #options: RefresherOptions;
  /** Under way or waiting for their turn. */
  readonly #inFlight = new Map<Target, Promise<void>>();
  #stopped = false;

  constructor(options: RefresherOptions) {
    this.#options = options;
  }

  /** Those of the targets that may be read now, oldest first, without those under way. */
  due(targets: readonly Target[], minInterval: number): Target[] {
    const now = this.#options.clock();
    return targets
      .filter(
        (target) => !this.#inFlight.has(target) && !target.deleted && isDue(target.pace, minInterval, now),
      )
      .sort((a, b) => (a.health.lastAttempt ?? 0) - (b.health.lastAttempt ?? 0));
  }

  /** The refreshes of these targets that are under way. */
  underWay(targets: readonly Target[]): Promise<void>[] {
    return targets.flatMap((target) => this.#inFlight.get(target) ?? []);
  }

  /** Reads nothing any more: what waits for its turn ends without. */
  stop(): void {
    this.#stopped = true;
  }

  refresh(target: Target): Promise<void> {
    const running = this.#inFlight.get(target);
    if (running !== undefined) return running;
    const project = this.#options.projectOf(target);
    if (project === undefined || this.#stopped) return Promise.resolve();
    target.refreshRequestedAt = this.#options.clock();
    const refresh = this.#refresh(target, project.queue)
      // Only a fault of this program gets here: it must not end the process, and is not to pass unseen.
      .catch((error: unknown) =>
        this.#options.log.error('a refresh broke off', { ...target.logFields, error }),
      )
      .finally(() => {
        target.isBeingRead = false;
        this.#inFlight.delete(target);
      });
    this.#inFlight.set(target, refresh);
    return refresh;
  }

  /** Only the read takes a place in the queue: its end may have to wait for the disk. */
  async #refresh(target: Target, queue: Project['queue']): Promise<void> {
    const { projectOf, finish } = this.#options;
    const reasonBefore = target.health.error?.reason;
    const outcome = await queue.add(() => this.#read(target));
    target.isBeingRead = false;
    if (outcome !== undefined && projectOf(target) !== undefined) await finish(target, outcome, reasonBefore);
  }

  async #read(target: Target): Promise<Outcome | undefined> {
    // Its project may have been opened anew while it waited.
    const project = this.#options.projectOf(target);
    if (project === undefined || this.#stopped) return undefined;
    target.isBeingRead = true;
    return target.refresh(project.api, this.#options.clock);
  }
}

/** Waits for refreshes or listings, `patience` milliseconds at most, and says whether all were over by then. */
export async function isOverWithin(
  refreshes: readonly Promise<unknown>[],
  patience: number,
): Promise<boolean> {
  const all = Promise.all(refreshes).then(() => true);
  if (!Number.isFinite(patience)) return all;
  const enough = new AbortController();
  const late = sleep(patience, false, { signal: enough.signal }).catch(() => false);
  try {
    return await Promise.race([all, late]);
  } finally {
    enough.abort();
  }
}
