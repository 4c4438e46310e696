import type { AlertBridge } from '../alerting/bridge.ts';
import type { Logger } from '../log.ts';
import type { SelfMetrics } from '../metrics/self-metrics.ts';
import type { TargetKey } from '../target-key.ts';
import type { EventLog } from './event-log.ts';
import type { StateFile } from './state-file.ts';
import type { StateEntry } from './state-format.ts';
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

  /** What is known of a target that comes or comes back. */
  find(target: TargetKey): StateEntry | undefined {
    return this.#options.file.find(target);
  }

  /**
   * Takes the target and its alerts as they are now. No refresh of it may be under way: it would be torn.
   * @param unseen the counter series that not every scraper has seen at 0
   */
  put(target: Target, unseen: readonly string[]): void {
    const { file, bridge } = this.#options;
    file.put(target.record(unseen), bridge.snapshot(target.key));
  }

  /** Remembers a target that is no longer collected for a while, as it was put last. */
  remove(target: Target): void {
    const { file, bridge, clock } = this.#options;
    file.remove(target.key, bridge.snapshot(target.key), clock());
  }

  /**
   * Saves what was put until now. Never throws. The event log is written first, as the state says that its
   * lines were; where they can't be, the save fails, so that a restart reads their events again.
   */
  async save(): Promise<void> {
    const { file, metrics, log, clock } = this.#options;
    try {
      await file.save(clock(), () => this.#writeEvents());
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

  async #writeEvents(): Promise<void> {
    const { eventLog } = this.#options;
    if (eventLog !== undefined && !(await eventLog.flush())) {
      throw new Error(
        'it is held back until the event log can be written, so that no event is missing there',
      );
    }
  }
}
