import type { AlertBridge } from '../alerting/bridge.ts';
import type { Logger } from '../log.ts';
import type { SelfMetrics } from '../metrics/self-metrics.ts';
import type { EventLog } from './event-log.ts';
import { alertTarget } from './reporter.ts';
import type { StateEntry, StateFile } from './state-file.ts';
import type { Target } from './target.ts';

export interface DurableStateOptions {
  readonly file: StateFile;
  readonly clock: () => number;
  readonly bridge: AlertBridge;
  readonly eventLog: EventLog | undefined;
  readonly metrics: SelfMetrics;
  readonly log: Logger;
}

/** Keeps the state file in step with the targets; where it can't be written, scrapes go on. */
export class DurableState {
  readonly #options: DurableStateOptions;
  #trouble: string | undefined;

  constructor(options: DurableStateOptions) {
    this.#options = options;
  }

  /** What the file knows of a target that comes or comes back. */
  take({ project, kind, id }: { project: string; kind: string; id: string }): StateEntry | undefined {
    return this.#options.file.take(project, kind, id);
  }

  /** Remembers a target that is no longer collected, for a while; the next save writes it. */
  leave(target: Target): void {
    const { file, bridge, clock } = this.#options;
    file.leave(target.record(), bridge.snapshot(alertTarget(target)), clock());
  }

  /** Never throws. The event log is written first: the state says that its lines were. */
  async save(targets: readonly Target[]): Promise<void> {
    const { file, bridge, eventLog, metrics, log, clock } = this.#options;
    for (const target of targets) file.put(target.record(), bridge.snapshot(alertTarget(target)));
    try {
      await eventLog?.flush();
      await file.save(clock());
      if (this.#trouble !== undefined) log.info('saving the state works again');
      this.#trouble = undefined;
    } catch (error) {
      const trouble = error instanceof Error ? error.message : String(error);
      metrics.stateWriteFailed();
      if (trouble !== this.#trouble) {
        log.error('saving the state failed; a restart would lose what came since', { error: trouble });
      }
      this.#trouble = trouble;
    }
  }
}
