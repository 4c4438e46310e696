import type { AlertBridge } from '../alerting/bridge.ts';
import type { ProjectMemory } from '../alerting/project-watch.ts';
import type { AlertState } from '../alerting/record.ts';
import type { EventLog } from '../event-log/event-log.ts';
import type { KindName } from '../kind-table.ts';
import type { Logger } from '../log.ts';
import type { ProjectTotal, ProjectTotals } from '../metrics/project-totals.ts';
import type { ScraperState, Scrapers } from '../metrics/scrapers.ts';
import type { SelfMetrics } from '../metrics/self-metrics.ts';
import type { QuotaStates, Quotas } from '../modelarts/quotas.ts';
import { RecordStore } from '../state/record-store.ts';
import type { StateFile } from '../state/state-file.ts';
import type { StateRecord } from '../state/state-format.ts';
import type { TargetKey } from '../target-key.ts';
import type { NoticeView } from './notice-view.ts';
import type { RecentNotices } from './recent-notices.ts';
import type { Target } from './target.ts';
import type { TargetRecord } from './target-record.ts';
import type { Unseen } from './unseen.ts';

/** All that is remembered of a target. */
export interface TargetMemory extends StateRecord {
  readonly target: TargetRecord;
  readonly alerts: AlertState;
}

/** What is remembered of all targets together. */
export interface FleetMemory {
  readonly eventSums: readonly ProjectTotal[];
  /** What else the targets add up to. */
  readonly sums: readonly ProjectTotal[];
  /** The newest events, oldest first. */
  readonly recent: readonly NoticeView[];
  /** What is learnt of the quotas of the API. */
  readonly quotas: QuotaStates;
  /** The projects of which nothing can be read, or lately could not. */
  readonly projects: readonly ProjectMemory[];
  /** Who scrapes. */
  readonly scrapers: readonly ScraperState[];
  /** When the exporter did not run, as far as timelines show it. */
  readonly pauses: readonly Unseen[];
}

export interface TargetStoreOptions {
  /** Undefined: what is known ends with the process. */
  readonly file: StateFile<TargetMemory, FleetMemory> | undefined;
  readonly clock: () => number;
  readonly bridge: AlertBridge;
  readonly eventLog: EventLog | undefined;
  readonly metrics: SelfMetrics;
  readonly totals: Pick<ProjectTotals, 'state'>;
  readonly recent: RecentNotices;
  readonly quotas: Pick<Quotas, 'states'> | undefined;
  readonly scrapers: Pick<Scrapers, 'state'>;
  readonly pauses: readonly Unseen[];
  readonly log: Logger;
}

/**
 * Remembers targets: with a state file all of them, also across a restart, without one those that were removed,
 * for a while, as they may come back. If the file can't be written, scrapes go on.
 */
export class TargetStore {
  readonly #options: TargetStoreOptions;
  readonly #records: RecordStore<TargetMemory>;
  readonly #beforeReads = new Map<Target, TargetRecord>();
  #trouble: string | undefined;

  constructor(options: TargetStoreOptions) {
    this.#options = options;
    this.#records = options.file?.records ?? new RecordStore();
  }

  get isDurable(): boolean {
    return this.#options.file !== undefined;
  }

  /** What is known of a target that comes, or comes back. */
  find(target: TargetKey): TargetMemory | undefined {
    return this.#records.find(target);
  }

  /** The targets that the process before had discovered: they are to go on until a listing has worked. */
  discoveredBefore(project: string, kind: KindName): readonly TargetRecord[] {
    const keys = this.#options.file?.collectedBefore ?? [];
    return keys
      .filter((key) => key.project === project && key.kind === kind)
      .flatMap((key) => this.#records.find(key)?.target ?? [])
      .filter(({ origin }) => origin === 'discovered');
  }

  /**
   * Takes the target and its alerts as they are now, for the next save. A target must not be put amid a read.
   * @param unseen the counter series that not every scraper has seen at 0
   */
  put(target: Target, unseen: readonly string[]): void {
    if (this.isDurable) this.#records.put(this.#memoryOf(target, unseen));
  }

  /**
   * A read of the target begins. Without a state file nothing is put, and what is known now is to be remembered should
   * the target be removed amid the read.
   */
  readBegins(target: Target): void {
    if (this.isDurable) return;
    const record = target.record([]);
    this.#beforeReads.set(target, { ...record, state: structuredClone(record.state) });
  }

  /** The read is over. */
  readEnded(target: Target): void {
    this.#beforeReads.delete(target);
  }

  /** Remembers a target that is no longer collected: amid a read as it was before that, which is then read again. */
  remove(target: Target, unseen: readonly string[]): void {
    const { bridge, clock } = this.#options;
    const before = this.#beforeReads.get(target) ?? this.#records.find(target.key)?.target;
    const record = target.reads.isUnderWay ? before : target.record(unseen);
    if (record === undefined) return;
    this.#records.remove({ target: { ...record, unseen }, alerts: bridge.snapshot(target.key) }, clock());
  }

  /** Forgets what was removed long ago, or is too much. */
  forget(): void {
    this.#records.forget(this.#options.clock());
  }

  /**
   * Saves what was put until now. Never throws. The event log is written first, as the state says that its
   * lines were; if they can't be, the save fails, so that a restart reads their events again.
   * @returns whether it is saved
   */
  async save(): Promise<boolean> {
    const { file, bridge, metrics, totals, recent, quotas, scrapers, pauses, log, clock } = this.#options;
    try {
      if (file !== undefined) {
        file.totals = {
          eventSums: metrics.eventTotals.state(),
          sums: totals.state(),
          recent: recent.state(),
          quotas: quotas?.states() ?? {},
          projects: bridge.projectMemories(),
          scrapers: scrapers.state(),
          pauses,
        };
      }
      await file?.save(clock(), () => this.#writeEvents());
      if (this.#trouble !== undefined) log.info('saving the state works again');
      this.#trouble = undefined;
      return true;
    } catch (error) {
      const trouble = error instanceof Error ? error.message : String(error);
      metrics.stateWriteFailed();
      if (trouble !== this.#trouble) {
        log.error('saving the state failed; a restart would lose what came since', { error: trouble });
      }
      this.#trouble = trouble;
      return false;
    }
  }

  async #writeEvents(): Promise<void> {
    const { eventLog } = this.#options;
    if (eventLog === undefined) return;
    const isWritten = await eventLog.flush();
    if (eventLog.lost > 0) {
      throw new Error('it is held back until a restart, which writes the lines that the event log lost');
    }
    if (!isWritten) {
      throw new Error(
        'it is held back until the event log can be written, so that no event is missing there',
      );
    }
  }

  #memoryOf(target: Target, unseen: readonly string[]): TargetMemory {
    return { target: target.record(unseen), alerts: this.#options.bridge.snapshot(target.key) };
  }
}
