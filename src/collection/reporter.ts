import type { AlertTarget } from '../alerting/alert.ts';
import type { AlertBridge } from '../alerting/bridge.ts';
import type { ProblemEvent } from '../alerting/problems.ts';
import type { EventLog } from '../event-log/event-log.ts';
import type { KindName } from '../kind-table.ts';
import type { Notice } from '../kinds/event.ts';
import type { Logger } from '../log.ts';
import type { SelfMetrics } from '../metrics/self-metrics.ts';
import type { ApiError, FailureReason } from '../modelarts/errors.ts';
import { eventLine } from './event-line.ts';
import { RecentNotices } from './recent-notices.ts';
import type { Outcome, Target } from './target.ts';

export interface ReporterOptions {
  readonly clock: () => number;
  readonly metrics: SelfMetrics;
  readonly bridge: AlertBridge;
  readonly eventLog: EventLog | undefined;
  readonly log: Logger;
}

/** Tells what a refresh brought, but for the target's series: alerts, event log, recent events, log, the exporter's own metrics. */
export class Reporter {
  readonly recent = new RecentNotices();
  readonly #options: ReporterOptions;
  /** Why the last listing of a project and kind failed. */
  readonly #listingTrouble = new Map<string, FailureReason>();
  /** Those whose last poll was truncated. */
  readonly #truncated = new WeakSet<Target>();
  #stopping = false;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /** @param reasonBefore why the refresh before this one failed, where it did */
  report(target: Target, outcome: Outcome, reasonBefore: string | undefined): void {
    this.#count(target, outcome, reasonBefore);
    const { kind } = target;
    const news = outcome.occurrences.filter(({ at }) => at >= target.lookbackStart);
    for (const occurrence of news) {
      const notice = kind.events.notice(occurrence);
      // Identical events are as many lines, where the kind does not tell their number itself.
      const lines = 'count' in notice.fields ? 1 : occurrence.count;
      for (let line = 0; line < lines; line += 1)
        this.#note(target, notice, occurrence.at >= target.countingSince);
    }
    for (const notice of outcome.notices) this.#note(target, notice, true);
    const problems = news.flatMap(({ event, at, count }) => {
      const problem = kind.alerts.problem(event);
      return problem === undefined ? [] : [{ problem, at, count }];
    });
    this.alert(target, problems);
    const { error } = outcome;
    if (error !== undefined && this.#stopping) return;
    this.#options.bridge.readEnded(target.key, error, this.#options.clock());
  }

  /** From now on what fails was cut off by the exporter itself: what it brought is told, the failure is not. */
  stop(): void {
    this.#stopping = true;
  }

  /** Brings the alerts of a target up to what is known of it; `problems` are new, and none if no read brought it. */
  alert(target: Target, problems: readonly ProblemEvent[] = []): void {
    const { bridge, clock } = this.#options;
    const { kind, state } = target;
    if (target.deleted) {
      bridge.remove(target.key, clock());
      return;
    }
    const observation = {
      problems,
      recoveries: kind.alerts.recoveries(state),
      conditions: kind.alerts.conditions(state),
    };
    bridge.observe(alertTarget(target), observation, clock());
  }

  /** @param targets how many of them this exporter collects */
  listingWorked(project: string, kind: KindName, targets: number): void {
    this.#listingTrouble.delete(`${project} ${kind}`);
    this.#options.metrics.discovered({ project, kind }, targets, this.#options.clock());
  }

  listingFailed(project: string, kind: KindName, error: ApiError): void {
    const { metrics, log } = this.#options;
    metrics.refreshFailed({ project, kind }, error.reason);
    const key = `${project} ${kind}`;
    if (this.#listingTrouble.get(key) === error.reason) return;
    this.#listingTrouble.set(key, error.reason);
    const { reason, message } = error;
    log.warn('discovery failed; the targets known before are kept', {
      project,
      kind,
      reason,
      error: message,
    });
  }

  /** The last listing of some project and kind failed. */
  get listingsFailed(): boolean {
    return this.#listingTrouble.size > 0;
  }

  /** Metrics, and a log line where the target's health has changed. */
  #count(target: Target, { error, malformed, truncated }: Outcome, reasonBefore: string | undefined): void {
    const { metrics, log } = this.#options;
    const who = { project: target.project.name, kind: target.kind.name };
    if (malformed > 0) {
      metrics.eventsMalformed(who, malformed);
      log.warn('events could not be read and were skipped', { ...target.logFields, events: malformed });
    }
    if (truncated) {
      metrics.pollTruncated(who);
      if (!this.#truncated.has(target)) log.warn('polls may have passed over events', target.logFields);
      this.#truncated.add(target);
    } else if (error === undefined) {
      this.#truncated.delete(target);
    }
    if (error !== undefined && this.#stopping) return;
    if (error !== undefined) {
      metrics.refreshFailed(who, error.reason);
      if (error.reason !== reasonBefore) {
        log.warn('refresh failed', { ...target.logFields, reason: error.reason, error: error.message });
      }
    } else if (reasonBefore !== undefined) {
      log.info('refresh works again', target.logFields);
    }
  }

  #note(target: Target, notice: Notice, isLogged: boolean): void {
    const view = { ...notice, ...target.description };
    this.recent.add(view);
    if (isLogged) this.#options.eventLog?.append(eventLine(view, target.kind.labels));
  }
}

export function alertTarget(target: Target): AlertTarget {
  return { ...target.description, labels: target.kind.labels };
}
