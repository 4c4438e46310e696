import type { Condition } from '../kinds/problem.ts';
import type { FailureReason } from '../modelarts/errors.ts';
import type { AlertState } from './record.ts';

/** Why a read or a listing failed. */
export interface Failure {
  readonly reason: FailureReason;
  readonly message: string;
  /** HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  /** A refusal (429) after the exporter itself had used the quota up. */
  readonly isOwnDoing?: boolean;
}

export const THROTTLED: Failure = {
  reason: 'throttled',
  message: 'requests wait, as ModelArts answered 429',
};
/** Nobody knows why. */
export const NO_END: Failure = { reason: 'other', message: 'no read has ended since' };

/** What is said of something that could not be read. Instants are Unix milliseconds. */
export interface Outage {
  readonly since: number;
  readonly failure: Failure;
  /** The conditions known last, which are not sent meanwhile: nobody is to take their silence for recovery. */
  readonly lastKnown: readonly string[];
}

/** So many of the conditions known last are named. */
const NAMED_MAX = 20;

/** It strikes every target of the project alike: no credential, no way to the endpoint, or no quota. */
export function isProjectWide({ reason, status, isOwnDoing = false }: Failure): boolean {
  if (isOwnDoing) return false;
  if (reason === 'timeout') return status === undefined;
  return reason === 'auth' || reason === 'network' || reason === 'throttled';
}

export function targetDown(outage: Outage): Condition {
  const text = `No successful read since ${timeOf(outage)}: ${outage.failure.message}`;
  return { ...down(outage, text), alertname: 'ModelArtsTargetDown', severity: 'warning' };
}

export function projectDown(outage: Outage): Condition {
  const text = `Nothing of the project could be read since ${timeOf(outage)}: ${outage.failure.message}`;
  return { ...down(outage, text), alertname: 'ModelArtsProjectDown', severity: 'critical' };
}

/** The names of alerts. */
export function namesOf(state: AlertState): string[] {
  return [...new Set(state.map(({ alertname }) => alertname))].sort();
}

function down({ since, failure, lastKnown }: Outage, text: string) {
  return {
    summary: 'cannot be read from ModelArts',
    labels: {},
    // A reason that changes is not another alert, of which everybody would be told again.
    annotations: { reason: failure.reason },
    message:
      lastKnown.length === 0 ? text : `${text}\nLast known, and not sent meanwhile: ${listOf(lastKnown)}`,
    since,
    at: since,
    events: 1,
    expires: false,
  };
}

function listOf(lastKnown: readonly string[]): string {
  const named = lastKnown.slice(0, NAMED_MAX).join(', ');
  const more = lastKnown.length - NAMED_MAX;
  return more > 0 ? `${named} and ${more} more` : named;
}

function timeOf({ since }: Outage): string {
  return new Date(since).toISOString();
}
