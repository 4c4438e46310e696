import type { KindName } from '../kind-table.ts';
import type { LogFields, Logger } from '../log.ts';
import type { ReadMetrics } from '../metrics/read-metrics.ts';
import type { ApiError, FailureReason } from '../modelarts/errors.ts';
import type { Outcome } from './read-news.ts';
import type { Target } from './target.ts';

/** Tells operators what fails: counts every failure, and logs one line when it begins and one when it is over. */
export class FailureReporter {
  readonly #metrics: ReadMetrics;
  readonly #log: Logger;
  /** Why the last listing of a project and kind failed. */
  readonly #failedListings = new Map<string, FailureReason>();
  /** The targets whose last poll was truncated. */
  readonly #truncated = new WeakSet<Target>();
  readonly #deleted = new WeakSet<Target>();

  constructor(metrics: ReadMetrics, log: Logger) {
    this.#metrics = metrics;
    this.#log = log;
  }

  /** Events that could not be read, or that a poll may have missed. */
  eventsLost(target: Target, { malformed, truncated, error }: Outcome): void {
    if (malformed > 0) {
      this.#metrics.malformed(whoOf(target), malformed);
      const fields = { ...target.logFields, events: malformed };
      this.#log.warn('events could not be read and were skipped', fields);
    }
    if (truncated) {
      this.#metrics.truncated(whoOf(target));
      if (!this.#truncated.has(target)) this.#log.warn('polls may have missed events', target.logFields);
      this.#truncated.add(target);
    } else if (error === undefined) {
      this.#truncated.delete(target);
    }
  }

  /** @param reasonBefore why the read before this one failed, if it did */
  readEnded(target: Target, error: ApiError | undefined, reasonBefore: string | undefined): void {
    if (error === undefined) {
      this.#deleted.delete(target);
      if (reasonBefore !== undefined) this.#log.info('refresh works again', target.logFields);
      return;
    }
    this.#metrics.failed(whoOf(target), error.reason);
    if (error.reason === reasonBefore) return;
    this.#log.warn('refresh failed', { ...target.logFields, ...whyOf(error) });
  }

  /** No failure, and said once. */
  deleted(target: Target): void {
    if (this.#deleted.has(target)) return;
    this.#deleted.add(target);
    this.#log.info('target was deleted', target.logFields);
  }

  listingWorked(project: string, kind: KindName): void {
    this.#failedListings.delete(`${project} ${kind}`);
  }

  listingFailed(project: string, kind: KindName, error: ApiError): void {
    const { reason } = error;
    this.#metrics.failed({ project, kind }, reason);
    const key = `${project} ${kind}`;
    if (this.#failedListings.get(key) === reason) return;
    this.#failedListings.set(key, reason);
    const fields = { project, kind, ...whyOf(error) };
    this.#log.warn('discovery failed; the targets known before are kept', fields);
  }
}

/** With what was thrown, should that be a fault of the exporter itself: pages do not show it, and nobody else would tell. */
function whyOf({ reason, message, cause }: ApiError): LogFields {
  return { reason, error: message, cause: reason === 'other' ? cause : undefined };
}

function whoOf({ key: { project, kind } }: Target): { readonly project: string; readonly kind: KindName } {
  return { project, kind };
}
