import type { AlertBridge } from '../alerting/bridge.ts';
import type { EventLog } from '../event-log/event-log.ts';
import type { KindName } from '../kind-table.ts';
import type { Logger } from '../log.ts';
import type { SelfMetrics } from '../metrics/self-metrics.ts';
import type { ApiError } from '../modelarts/errors.ts';
import { EventReporter } from './event-reporter.ts';
import { FailureReporter } from './failure-reporter.ts';
import type { Outcome } from './read-news.ts';
import type { RecentNotices } from './recent-notices.ts';
import type { Target } from './target.ts';
import { updateAlerts } from './target-alerts.ts';

export interface ReporterOptions {
  readonly clock: () => number;
  readonly metrics: SelfMetrics;
  readonly bridge: AlertBridge;
  readonly eventLog: EventLog | undefined;
  readonly log: Logger;
}

/** Tells everybody what a read or a listing brought, but for the target's own series. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #events: EventReporter;
  readonly #failures: FailureReporter;
  #isStopping = false;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#events = new EventReporter(options.eventLog);
    this.#failures = new FailureReporter(options.metrics.reads, options.log);
  }

  get recent(): RecentNotices {
    return this.#events.recent;
  }

  /** @param reasonBefore why the read before this one failed, if it did */
  report(target: Target, outcome: Outcome, reasonBefore: string | undefined): void {
    const { bridge, clock } = this.#options;
    const news = outcome.occurrences.filter(({ at }) => at >= target.counting.lookbackStart);
    this.#failures.eventsLost(target, outcome);
    this.#events.report(target, news, outcome);
    updateAlerts(bridge, target, { ...outcome, occurrences: news }, clock());
    if (!target.reads.isInDoubt) this.readEnded(target, reasonBefore);
  }

  /** Tells how the last read of a target went; that it was deleted is no failure. */
  readEnded(target: Target, reasonBefore: string | undefined): void {
    const { bridge, clock } = this.#options;
    const { error, lastAttempt } = target.reads.health;
    if (error !== undefined && this.#isStopping) return;
    if (target.isDeleted || target.isRemoved) {
      this.#noteDeletion(target);
      return;
    }
    this.#failures.readEnded(target, error, reasonBefore);
    bridge.readEnded(target.key, error, clock(), lastAttempt);
  }

  /** Brings the alerts of a target up to what a listing told of it. */
  alert(target: Target): void {
    const nothing = { occurrences: [], passed: [] };
    if (target.isDeleted) this.#noteDeletion(target);
    else updateAlerts(this.#options.bridge, target, nothing, this.#options.clock());
  }

  /** @param targets how many of them this exporter collects */
  listingWorked(project: string, kind: KindName, targets: number): void {
    const { bridge, clock } = this.#options;
    bridge.answered(project, undefined, clock());
    this.#failures.listingWorked(project, kind);
    this.#options.metrics.reads.discovered({ project, kind }, targets, clock());
  }

  listingFailed(project: string, kind: KindName, error: ApiError): void {
    const { bridge, clock } = this.#options;
    if (!this.#isStopping) bridge.answered(project, error, clock());
    this.#failures.listingFailed(project, kind, error);
  }

  #noteDeletion(target: Target): void {
    this.#failures.deleted(target);
    this.#options.bridge.remove(target.key, this.#options.clock());
  }

  /** From now on what fails was cut off by the exporter itself: what it brought is told, the failure is not. */
  stop(): void {
    this.#isStopping = true;
  }
}
