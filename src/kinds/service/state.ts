import type { LoggedNotice, Occurrence } from '../event.ts';
import type { ListingNews } from '../kind.ts';
import type { Outlook } from '../standing.ts';
import { addStatusTime, type Condition as StatusCondition, type StatusTime } from '../status-time.ts';
import { beganWith, type TroubleEvents, withTrouble } from '../trouble-events.ts';
import { type DeploymentTraces, withTrace } from './deployments.ts';
import type { ServiceDetails } from './discovery.ts';
import type { ServiceEvent } from './events.ts';
import { foldMarks, type PhaseRuns } from './phase-runs.ts';
import { type Mark, markOf, phaseOfFailure } from './phases.ts';
import { OUTLOOKS } from './standing.ts';
import { foldUpdates, type UpdateState } from './update-state.ts';

/** What is known of a service beyond its event counts. */
export interface ServiceState extends PhaseRuns {
  name?: string;
  /** Of the listing: `real-time`, `batch` or `edge`. */
  inferType?: string;
  /** Of the listing, lower-case; since when, where anything tells; and when the listing first showed it. */
  status?: { value: string; since: number | undefined; seenAt: number };
  newestAbnormal?: TroubleEvents;
  updates: UpdateState;
  owner?: string;
  /** When the newest listing that showed it was asked for. */
  listedAt?: number;
  time?: StatusTime;
  traces?: DeploymentTraces;
}

/** Takes in what a listing tells. */
export function foldListed(state: ServiceState, details: ServiceDetails, now: number): ListingNews {
  const { inferType, status, changedAt, owner } = details;
  const timeGoesOn = foldTime(state, details);
  const isNewOwner = owner !== undefined && owner !== state.owner;
  if (isNewOwner) state.owner = owner;
  const isNewType = inferType !== undefined && inferType !== state.inferType;
  if (isNewType) state.inferType = inferType;
  const before = state.status;
  const isNewStatus = status !== undefined && status !== before?.value;
  // At the first look nobody knows since when, unless the listing says so or an event tells.
  if (isNewStatus) {
    const since = changedAt ?? (before === undefined ? beganWith(state.newestAbnormal, now) : now);
    state.status = { value: status, since, seenAt: now };
    const { turns = [], failures = [] } = state.traces ?? {};
    state.traces = { failures, turns: withTrace(turns, { at: changedAt ?? now, status }) };
    // An update may be why, though mostly its events tell so.
    if (before !== undefined) state.updates.mayBeStale = true;
  }
  if (isNewType || isNewOwner || isNewStatus) return 'change';
  return timeGoesOn ? 'time' : 'nothing';
}

/** Adds the time that the service was in its status. @returns whether that is time that counts */
function foldTime(state: ServiceState, { status, asOf, changedAt }: ServiceDetails): boolean {
  if (status === undefined || asOf === undefined) return false;
  const before = state.time;
  state.listedAt = asOf;
  state.time = addStatusTime(before, {
    condition: CONDITIONS[OUTLOOKS[status] ?? 'other'],
    at: asOf,
    changedAt,
  });
  return state.time.good !== before?.good || state.time.bad !== before.bad;
}

const CONDITIONS: Readonly<Record<Outlook, StatusCondition>> = {
  working: 'good',
  weakened: 'bad',
  broken: 'bad',
  changing: 'neither',
  ended: 'neither',
  other: 'neither',
};

/** Takes in new events, oldest first. */
export function foldEvents(state: ServiceState, occurrences: readonly Occurrence<ServiceEvent>[]): void {
  const marks: Mark[] = [];
  for (const { event } of occurrences) {
    const mark = markOf(event.at, event.message);
    if (mark !== undefined) marks.push(mark);
    if (event.eventType !== 'abnormal') continue;
    state.newestAbnormal = withTrouble(state.newestAbnormal, event);
    const phase = phaseOfFailure(event.message);
    if (phase !== undefined) {
      const { turns = [], failures = [] } = state.traces ?? {};
      state.traces = { turns, failures: withTrace(failures, { at: event.at, phase }) };
    }
  }
  // Nobody saw the service take this status: the event that explains it tells since when.
  if (state.status !== undefined) state.status.since ??= beganWith(state.newestAbnormal, state.status.seenAt);
  foldMarks(state, marks);
}

/** Takes in the result of an update as the event log tells it; false where the notice is about something else. */
export function foldLoggedUpdate({ updates }: ServiceState, { at, fields }: LoggedNotice): boolean {
  const { result } = fields;
  if (result !== 'success' && result !== 'fail') return false;
  foldUpdates(updates, [{ at, result, models: [] }], at, at);
  return true;
}
