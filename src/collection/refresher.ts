import type { Logger } from '../log.ts';
import type { Api } from '../modelarts/api.ts';
import { type Timers, within } from '../timers.ts';
import { urgencyOf } from './attention.ts';
import type { Project } from './project.ts';
import type { Reporter } from './reporter.ts';
import { isDue } from './schedule.ts';
import type { Target } from './target.ts';
import type { TargetExposition } from './target-exposition.ts';

export interface RefresherOptions {
  readonly log: Logger;
  readonly clock: () => number;
  readonly timers: Timers;
  readonly projects: {
    get(name: string): Pick<Project, 'line' | 'exposeInfo' | 'lookFor'> | undefined;
  };
  readonly reporter: Pick<Reporter, 'report' | 'readEnded'>;
  readonly exposition: Pick<TargetExposition, 'readBegins' | 'readEnded' | 'show'>;
}

/** Refreshes each target once at a time, whoever asks for it meanwhile. */
export class Refresher {
  readonly #options: RefresherOptions;
  /** Under way or waiting for their turn. */
  readonly #inFlight = new Map<Target, Promise<void>>();
  readonly #waiting = new Set<Target>();
  /** To be read once more when the read under way has ended. */
  readonly #again = new Set<Target>();
  #stopped = false;

  constructor(options: RefresherOptions) {
    this.#options = options;
  }

  /** Those of the targets that may be read now, oldest first, without those under way. */
  due(targets: readonly Target[], minInterval: number): Target[] {
    const now = this.#options.clock();
    return targets
      .filter(
        (target) => !this.#inFlight.has(target) && !target.isDeleted && isDue(target.pace, minInterval, now),
      )
      .sort((a, b) => (a.reads.health.lastAttempt ?? 0) - (b.reads.health.lastAttempt ?? 0));
  }

  /** The refreshes of these targets that are under way. */
  underWay(targets: readonly Target[]): Promise<void>[] {
    return targets.flatMap((target) => this.#inFlight.get(target) ?? []);
  }

  /** Those that are due and wait for their turn. */
  waiting(): readonly Target[] {
    return [...this.#waiting];
  }

  /** Reads nothing any more: what waits for its turn ends without. */
  stop(): void {
    this.#stopped = true;
  }

  refresh(target: Target): Promise<void> {
    const running = this.#inFlight.get(target);
    if (running !== undefined) return running;
    const project = this.#projectOf(target);
    if (project === undefined || this.#stopped) return Promise.resolve();
    target.reads.request(this.#options.clock());
    const refresh = this.#refresh(target, project.line)
      // Only a fault of this program gets here: it must not end the process, and is not to pass unseen.
      .catch((error: unknown) =>
        this.#options.log.error('a refresh broke off', { ...target.logFields, error }),
      )
      .finally(() => {
        this.#inFlight.delete(target);
        this.#waiting.delete(target);
        if (this.#again.delete(target) && target.reads.hasChanged) void this.refresh(target);
      });
    this.#inFlight.set(target, refresh);
    this.#waiting.add(target);
    return refresh;
  }

  /** Reads those of which a listing has just shown something else, of which a read under way may know nothing. */
  refreshChanged(targets: readonly Target[]): void {
    for (const target of targets) {
      if (this.#inFlight.has(target)) this.#again.add(target);
      else if (!target.isDeleted) void this.refresh(target);
    }
  }

  /**
   * Only the read takes a place in the line: to show what it brought may take a save to the disk, and a listing
   * needs a place itself.
   */
  async #refresh(target: Target, line: Project['line']): Promise<void> {
    const reasonBefore = target.reads.health.error?.reason;
    const urgency = () => urgencyOf(target.waiting, this.#options.clock());
    const isRead = await line.read(urgency, () => this.#read(target));
    if (target.reads.isInDoubt) {
      await this.#projectOf(target)?.lookFor(target.kind.name, target.id);
      target.reads.endDoubt();
      this.#options.reporter.readEnded(target, reasonBefore);
    }
    if (isRead && !target.isRemoved) await this.#options.exposition.show(target);
  }

  async #read(target: Target): Promise<boolean> {
    this.#waiting.delete(target);
    // Its project may have been opened anew while it waited.
    const project = this.#projectOf(target);
    if (project === undefined || this.#stopped) return false;
    const { clock, timers, reporter, exposition } = this.#options;
    const reasonBefore = target.reads.health.error?.reason;
    exposition.readBegins(target);
    await target.refresh(this.#apiOf(target, project.line.api), { clock, timers }, (outcome) => {
      if (target.isRemoved) return;
      reporter.report(target, outcome, reasonBefore);
      if (outcome.error === undefined && reasonBefore !== undefined) this.#projectOf(target)?.exposeInfo();
    });
    exposition.readEnded(target);
    return true;
  }

  /** Reads through the project of the moment: a reload may close the one with which the read began. */
  #apiOf(target: Target, first: Api): Api {
    let api = first;
    return {
      isScarce: () => api.isScarce?.() ?? false,
      throttledFor: () => api.throttledFor?.() ?? 0,
      request: async (request) => {
        for (;;) {
          try {
            return await api.request(request);
          } catch (error) {
            const current = this.#projectOf(target)?.line.api;
            if (current === undefined || current === api) throw error;
            api = current;
          }
        }
      },
    };
  }

  #projectOf(target: Target): ReturnType<RefresherOptions['projects']['get']> {
    return target.isRemoved ? undefined : this.#options.projects.get(target.key.project);
  }
}

/** Waits for refreshes or listings, `patience` milliseconds at most, and says whether all were over by then. */
export async function isOverWithin(
  refreshes: readonly Promise<unknown>[],
  patience: number,
  timers: Pick<Timers, 'sleep'>,
): Promise<boolean> {
  return (await within(Promise.all(refreshes), patience, timers)) !== undefined;
}
