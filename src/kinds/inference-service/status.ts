import type { Activity } from '../kind.ts';
import type { Condition, Recovery } from '../problem.ts';
import { beganWith, type Explanation, explanationOf, type TroubleEvents } from '../trouble-events.ts';
import { type EndedDeployment, withEnd } from './deployments.ts';
import type { Deployment } from './detail.ts';
import { ABNORMAL_EVENT, WARNING_EVENT } from './telling-texts.ts';

/** How an inference service does, from its listing and its detail. Instants are Unix milliseconds. */
export interface StatusState {
  /** Lower-case; since when, where anything tells; and when it was first seen. */
  status?: { value: string; since: number | undefined; seenAt: number };
  /** When anything last told the status. */
  statusAt?: number;
  version?: string;
  /** When it was seen to take another version, the newest last. */
  updates: readonly { readonly at: number; readonly version: string }[];
  /** Deployments that came to their end, the newest last. */
  ended?: readonly EndedDeployment[];
  /** Why it failed, in the API's words. */
  failureReason?: string;
  deployments: readonly Deployment[];
  /** It runs with all its instances. */
  isWell?: boolean;
  /** When that last came about, after something else. */
  recoveredAt?: number;
  /** The newest event that tells of trouble. */
  newestTrouble?: TroubleEvents;
}

/** What a listing or a detail says of it. */
interface Told {
  readonly status?: string;
  readonly version?: string;
  /** When the service was last changed. */
  readonly changedAt?: number;
}

const UPDATES_MAX = 20;

/** @returns whether anything is new */
export function foldStatus(state: StatusState, { status, version, changedAt }: Told, now: number): boolean {
  const before = state.status;
  const isNewStatus = status !== undefined && status !== before?.value;
  const isNewVersion = version !== undefined && version !== state.version;
  const isUpdated = isNewVersion && state.version !== undefined;
  if (isUpdated) state.updates = [...state.updates, { at: changedAt ?? now, version }].slice(-UPDATES_MAX);
  if (isNewVersion) state.version = version;
  if (isNewStatus) {
    // At the first look only the service's last change tells since when; later it changed since it was last looked at.
    const isSeen = changedAt !== undefined && changedAt >= (state.statusAt ?? 0);
    const since = isSeen ? changedAt : before === undefined ? beganWith(state.newestTrouble, now) : now;
    state.status = { value: status, since, seenAt: now };
    state.ended = withEnd(state.ended ?? [], before?.value, status, since ?? now);
    delete state.failureReason;
  }
  if (status !== undefined) state.statusAt = now;
  settle(state, Math.max(now, changedAt ?? now), isUpdated);
  return isNewStatus || isNewVersion;
}

/** Takes in how many instances run. */
export function foldDeployments(state: StatusState, deployments: readonly Deployment[], now: number): void {
  state.deployments = deployments;
  settle(state, now, false);
}

/** The service has recovered when it runs again, with as many instances as it is to have. */
function settle(state: StatusState, now: number, isUpdated: boolean): void {
  if (state.status === undefined) return;
  const { value } = state.status;
  const lacks = state.deployments.some(({ wanted, running }) => (running ?? 0) < (wanted ?? 0));
  const isWell = value === 'running' && !lacks;
  if (isWell && (state.isWell === false || isUpdated)) state.recoveredAt = now;
  state.isWell = isWell;
}

const RESTING = ['stopped', 'deleted'];
const MOVING = ['init', 'deploying', 'upgrading', 'restarting', 'interrupting', 'stopping', 'deleting'];

export function activityOf({ status }: StatusState): Activity {
  if (MOVING.includes(status?.value ?? '')) return 'moving';
  return RESTING.includes(status?.value ?? '') ? 'resting' : 'alive';
}

/** No event tells that a service runs again: its status does. */
export function recoveriesOf({ recoveredAt }: StatusState): Recovery[] {
  if (recoveredAt === undefined) return [];
  return [ABNORMAL_EVENT, WARNING_EVENT].map((alertname) => ({ alertname, at: recoveredAt }));
}

const BAD: ReadonlyMap<string, Pick<Condition, 'severity' | 'summary'>> = new Map([
  ['failed', { severity: 'critical', summary: 'has failed' }],
  ['error', { severity: 'critical', summary: 'is abnormal' }],
  ['concerning', { severity: 'warning', summary: 'runs with failed instances' }],
]);

/** What events say of why the service is in its status, where one does. */
export function troubleBehind({ status, newestTrouble }: StatusState): Explanation | undefined {
  return status && explanationOf(newestTrouble, status.since ?? status.seenAt);
}

export function conditionsOf(state: StatusState): Condition[] {
  const { status, failureReason } = state;
  const bad = BAD.get(status?.value ?? '');
  if (status === undefined || bad === undefined) return [];
  const began = status.since ?? status.seenAt;
  const untold = { message: `The service is ${status.value}.`, since: began, at: began, events: 0 };
  const told = troubleBehind(state) ?? untold;
  return [
    {
      alertname: 'ModelArtsInferenceServiceFailed',
      ...bad,
      labels: {},
      ...told,
      message: failureReason ?? told.message,
      expires: false,
    },
  ];
}
