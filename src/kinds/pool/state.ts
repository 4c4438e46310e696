import { isDeepStrictEqual } from 'node:util';
import type { Occurrence } from '../event.ts';
import type { ListingNews } from '../kind.ts';
import type { FoldContext } from '../reading.ts';
import { counted } from '../standing.ts';
import {
  type AbnormalTime,
  abnormalTimeFrom,
  readUpTo,
  settled,
  withListedTurn,
  withToldTurn,
} from './abnormal-time.ts';
import { type NewestMoment, nodesChangeOf, statusChangeOf, type ToldChange, takeChanges } from './changes.ts';
import type { PoolDetails, PoolInfo } from './discovery.ts';
import type { PoolEvent } from './events.ts';
import { foldMaintenance, type PlannedMaintenance, pressing } from './maintenance.ts';
import { countsOf, isBad, type NodeCounts, textOfCounts } from './status.ts';
import { foldListed, foldTold, type Trouble, type Verdict, withoutListing } from './trouble.ts';

/** Where a value is from that both events and the listing tell. */
interface Source {
  /** An event told it too, so that it stands without the listing. */
  isTold?: boolean;
}

/** What is known of a resource pool beyond its event counts. */
export interface PoolState {
  /** When everything was last read; 0: never. */
  everythingAt: number;
  /** The last read was to bring everything, and reached the limit before its end. */
  wasCutOff?: boolean;
  /** Of a read that came to its end, until its events are taken in. */
  completeAt?: number;
  /** Lower-case; `observed` is when the exporter learnt it, or the event's time where that was history. */
  status?: { value: string; at: number; observed: number } & Source;
  /** Of the newest event or listing. */
  nodes?: { counts: NodeCounts; at: number } & Source;
  /** The newest event that told node counts; `stamp` orders those of one second. */
  nodesTold?: { at: number; stamp: number };
  /** What events told last, to put in order what they tell of the same second later. */
  newestChanges?: { status?: NewestMoment | undefined; nodes?: NewestMoment | undefined };
  /** From a bad status until Running. */
  abnormal: Trouble;
  nodesAbnormal: Trouble;
  wanted?: number;
  info?: PoolInfo;
  abnormalTime?: AbnormalTime;
  /** Undefined where the cloud does not tell. */
  maintenance?: PlannedMaintenance;
}

/** Takes in new events, oldest first. */
export function foldEvents(
  state: PoolState,
  occurrences: readonly Occurrence<PoolEvent>[],
  { first, now }: FoldContext,
): void {
  const { status, newestChanges = {} } = state;
  const changes = takeChanges(occurrences, statusChangeOf, status?.value, newestChanges.status);
  for (const change of changes.changes) foldStatus(state, change, first ? change.at : now);
  foldAbnormalTime(state, changes.changes, first, now);
  const counts = state.nodes === undefined ? undefined : textOfCounts(state.nodes.counts);
  const nodes = takeChanges(occurrences, nodesChangeOf, counts, newestChanges.nodes);
  for (const change of nodes.changes) foldNodes(state, change);
  state.newestChanges = { status: changes.newest, nodes: nodes.newest };
}

/** Takes in what a listing tells. */
export function foldListing(state: PoolState, details: PoolDetails, now: number): ListingNews {
  const { status, nodes, wanted, info, plans, asOf = now } = details;
  const before = shownOf(state);
  if (plans?.maintenance === undefined) delete state.maintenance;
  else state.maintenance = foldMaintenance(state.maintenance, plans.maintenance, asOf);
  if (wanted !== undefined) state.wanted = wanted;
  if (info !== undefined) state.info = info;
  if (status !== undefined && now >= (state.status?.observed ?? 0)) {
    const turn = { verdict: verdictOn(status), at: asOf };
    const { abnormalTime } = state;
    state.abnormalTime =
      abnormalTime === undefined ? abnormalTimeFrom(turn) : withListedTurn(abnormalTime, turn);
    const isTold = state.status?.isTold === true && state.status.value === status;
    state.status = { value: status, at: state.status?.at ?? 0, observed: now, isTold };
    state.abnormal = foldListed(state.abnormal, verdictOn(status), `The pool is ${status}.`, now);
  }
  if (nodes !== undefined && now >= (state.nodes?.at ?? 0)) {
    // Events tell whole seconds: one of this very second may be later than the listing.
    const isTold = state.nodes?.isTold === true && isDeepStrictEqual(state.nodes.counts, nodes);
    state.nodes = { counts: nodes, at: Math.floor(now / 1000) * 1000, isTold };
    const verdict = nodes.abnormal > 0 ? 'bad' : 'good';
    const message = `${counted(nodes.abnormal, 'abnormal node')} in the resource pool.`;
    state.nodesAbnormal = foldListed(state.nodesAbnormal, verdict, message, now);
  }
  return isDeepStrictEqual(before, shownOf(state)) ? 'nothing' : 'change';
}

/** What a listing may change and somebody is shown. */
function shownOf(state: PoolState) {
  const { abnormalTime, wanted, info, status, nodes, abnormal, nodesAbnormal, maintenance } = state;
  return [
    [
      abnormalTime && settled(abnormalTime).bad,
      wanted,
      info,
      status?.value,
      nodes?.counts,
      abnormal.listed,
      nodesAbnormal.listed,
    ],
    maintenance && [maintenance.planned, pressing(maintenance).length],
  ];
}

function foldAbnormalTime(
  state: PoolState,
  changes: readonly ToldChange[],
  first: boolean,
  now: number,
): void {
  const { completeAt, status } = state;
  let time = state.abnormalTime;
  delete state.completeAt;
  if (time === undefined) {
    // For how long it was in a status before it was first looked at is nobody's time.
    if (status !== undefined)
      state.abnormalTime = abnormalTimeFrom({ verdict: verdictOn(status.value), at: now });
    return;
  }
  if (completeAt !== undefined) time = readUpTo(time, completeAt);
  // What a read brings that was cut off takes nothing back that was shown. One that ended is taken in bit by bit.
  else if (time.readAt !== now) time = settled(time);
  for (const { to, at } of changes) {
    // A listing has shown how it was after that.
    if (first && at <= time.at) continue;
    time = withToldTurn(time, { verdict: verdictOn(to), at });
  }
  state.abnormalTime = time;
}

/** Forgets what listings told, and says whether that changed anything. */
export function forget(state: PoolState): boolean {
  const before = { ...state };
  if (!state.status?.isTold) delete state.status;
  if (!state.nodes?.isTold) delete state.nodes;
  delete state.wanted;
  delete state.info;
  delete state.maintenance;
  state.abnormal = withoutListing(state.abnormal);
  state.nodesAbnormal = withoutListing(state.nodesAbnormal);
  return !isDeepStrictEqual(before, state);
}

function verdictOn(status: string): Verdict {
  if (isBad(status)) return 'bad';
  return status === 'running' ? 'good' : 'neither';
}

/** @param observed when the exporter learnt of it, or when it happened if it was history then */
function foldStatus(state: PoolState, change: ToldChange, observed: number): void {
  const { to, at, count, event } = change;
  if (at < (state.status?.at ?? 0)) return;
  if (observed >= (state.status?.observed ?? 0)) {
    state.status = { value: to, at, observed, isTold: true };
  } else if (state.status !== undefined) {
    const isTold = state.status.value === to;
    state.status = { ...state.status, at, isTold };
  }
  state.abnormal = foldTold(state.abnormal, verdictOn(to), {
    at,
    observed,
    count,
    message: event.message,
  });
}

function foldNodes(state: PoolState, { to, at, stamp, count, event }: ToldChange): void {
  const { nodes, nodesTold } = state;
  if (nodesTold !== undefined && (at < nodesTold.at || (at === nodesTold.at && stamp < nodesTold.stamp)))
    return;
  state.nodesTold = { at, stamp };
  const counts = countsOf(to);
  if (nodes === undefined || at >= nodes.at) state.nodes = { counts, at, isTold: true };
  const verdict = counts.abnormal > 0 ? 'bad' : 'good';
  state.nodesAbnormal = foldTold(state.nodesAbnormal, verdict, {
    at,
    observed: at,
    count,
    message: event.message,
  });
}
