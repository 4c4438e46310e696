import { isDeepStrictEqual } from 'node:util';
import { oneOf } from '../decode.ts';
import type { Detail } from '../detail.ts';
import { eventFamilies } from '../event-families.ts';
import type { Kind } from '../kind.ts';
import type { Condition, Problem } from '../problem.ts';
import { addStatusTime, type StatusTime } from '../status-time.ts';
import { CATALOG } from './catalog.ts';
import { type NewestMoment, nodesChangeOf, statusChangeOf, type ToldChange, takeChanges } from './changes.ts';
import { discoverPools, type PoolDetails, type PoolInfo } from './discovery.ts';
import { type PoolEvent, RESOURCES_CHANGE, readEvents, STATUS_CHANGE, TYPES } from './events.ts';
import { examination } from './examination.ts';
import { FAMILIES, samples } from './series.ts';
import { OUTLOOKS, standing, told } from './standing.ts';
import { countsOf, isBad, NODE_STATES, type NodeCounts, textOfCounts } from './status.ts';
import {
  foldListed,
  foldTold,
  NO_TROUBLE,
  storyOf,
  type Trouble,
  type Verdict,
  withoutListing,
} from './trouble.ts';

/** Where a value is from that both events and the listing tell. */
interface Source {
  /** An event told it too, so that it stands without the listing. */
  isTold?: boolean;
}

/** What is known of a resource pool beyond its event counts. */
export interface PoolState {
  /** When everything was last read; 0: never. */
  everythingAt: number;
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
  time?: StatusTime;
}

const EVERYTHING_AFTER = 30 * 60_000;

export const pool: Kind<PoolEvent, PoolState, PoolDetails> = {
  name: 'pool',
  initialState: () => ({ everythingAt: 0, abnormal: NO_TROUBLE, nodesAbnormal: NO_TROUBLE }),

  reading: {
    operations: ['pool_events'],
    timesAreWholeSeconds: true,
    recordsGrow: true,
    textLanguage: () => '',
    async read(request, state, admit) {
      const everything = request.first || request.now - state.everythingAt >= EVERYTHING_AFTER;
      const result = await readEvents(request, everything, admit);
      if (everything) state.everythingAt = request.now;
      return result;
    },
  },

  events: {
    families: eventFamilies('pool'),
    classes: ['type', 'reason'],
    knownClasses: TYPES.flatMap((type) => [STATUS_CHANGE, RESOURCES_CHANGE].map((reason) => [type, reason])),
    goodNews: 'normal',
    unknownValuesMax: (limits) => limits.poolReasons,
    classify: (event) => [event.type, event.reason],
    notice: ({ event, at, count }) => ({
      at,
      severity: event.type === 'warning' ? 'warning' : 'info',
      fields: { type: event.type, reason: event.reason, count },
      message: event.message,
    }),
    eventOf({ fields: { type, reason }, message }) {
      if (typeof type !== 'string' || typeof reason !== 'string') return undefined;
      return { type: oneOf(TYPES, type), reason, message };
    },
    fold(state, occurrences, { first, now }) {
      const { status, newestChanges = {} } = state;
      const changes = takeChanges(occurrences, statusChangeOf, status?.value, newestChanges.status);
      for (const change of changes.changes) {
        // How long it was in a status before it was first looked at is nobody's time.
        if (!first) addTime(state, verdictOn(change.to), change.at);
        foldStatus(state, change, first ? change.at : now);
      }
      if (first && state.status !== undefined) addTime(state, verdictOn(state.status.value), now);
      const counts = state.nodes === undefined ? undefined : textOfCounts(state.nodes.counts);
      const nodes = takeChanges(occurrences, nodesChangeOf, counts, newestChanges.nodes);
      for (const change of nodes.changes) foldNodes(state, change);
      state.newestChanges = { status: changes.newest, nodes: nodes.newest };
    },
  },

  listing: {
    operation: 'list_pools',
    discover: discoverPools,
    fold: foldListing,
    forget,
    explained: ({ status, nodes }) => [status, nodes],
    endedAt: () => undefined,
    activity: ({ status }) =>
      status?.value === 'creating' || status?.value === 'deleting' ? 'moving' : 'alive',
  },
  alerts: { problem, conditions, recoveries: () => [] },
  showing: {
    families: FAMILIES,
    samples,
    detail,
    outlooks: OUTLOOKS,
    standing,
    told,
    moments: () => [],
    reportedName: () => undefined,
  },
  catalog: CATALOG,
  examination,
};

function foldListing(state: PoolState, details: PoolDetails, now: number): boolean {
  const { status, nodes, wanted, info, asOf } = details;
  const before = [
    state.time?.bad,
    state.wanted,
    state.info,
    state.status?.value,
    state.nodes?.counts,
    state.abnormal.listed,
    state.nodesAbnormal.listed,
  ];
  if (wanted !== undefined) state.wanted = wanted;
  if (info !== undefined) state.info = info;
  if (status !== undefined && now >= (state.status?.observed ?? 0)) {
    if (asOf !== undefined) addTime(state, verdictOn(status), asOf);
    const isTold = state.status?.isTold === true && state.status.value === status;
    state.status = { value: status, at: state.status?.at ?? 0, observed: now, isTold };
    state.abnormal = foldListed(state.abnormal, verdictOn(status), `The pool is ${status}.`, now);
  }
  if (nodes !== undefined && now >= (state.nodes?.at ?? 0)) {
    // Events tell whole seconds: one of this very second may be later than the listing.
    const isTold = state.nodes?.isTold === true && isDeepStrictEqual(state.nodes.counts, nodes);
    state.nodes = { counts: nodes, at: Math.floor(now / 1000) * 1000, isTold };
    const verdict = nodes.abnormal > 0 ? 'bad' : 'good';
    const message = `${nodes.abnormal} abnormal ${nodes.abnormal === 1 ? 'node' : 'nodes'} in the resource pool.`;
    state.nodesAbnormal = foldListed(state.nodesAbnormal, verdict, message, now);
  }
  const after = [
    state.time?.bad,
    state.wanted,
    state.info,
    state.status?.value,
    state.nodes?.counts,
    state.abnormal.listed,
    state.nodesAbnormal.listed,
  ];
  return !isDeepStrictEqual(before, after);
}

function addTime(state: PoolState, condition: Verdict, at: number): void {
  state.time = addStatusTime(state.time, { condition, at });
}

function forget(state: PoolState): boolean {
  const before = { ...state };
  if (!state.status?.isTold) delete state.status;
  if (!state.nodes?.isTold) delete state.nodes;
  delete state.wanted;
  delete state.info;
  state.abnormal = withoutListing(state.abnormal);
  state.nodesAbnormal = withoutListing(state.nodesAbnormal);
  return !isDeepStrictEqual(before, state);
}

function verdictOn(status: string): Verdict {
  if (isBad(status)) return 'bad';
  return status === 'running' ? 'good' : 'neither';
}

function detail({ nodes }: PoolState): Detail {
  return {
    tables:
      nodes === undefined
        ? []
        : [
            {
              title: 'Nodes',
              columns: ['State', 'Nodes'],
              rows: NODE_STATES.map((state) => [
                { text: state },
                { amount: nodes.counts[state], unit: 'pieces' },
              ]),
              empty: 'No nodes.',
            },
          ],
  };
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

function problem(event: PoolEvent): Problem | undefined {
  if (event.type !== 'warning') return undefined;
  const status = statusChangeOf(event)?.to;
  const nodes = nodesChangeOf(event)?.to;
  if ((status !== undefined && isBad(status)) || (nodes !== undefined && countsOf(nodes).abnormal > 0)) {
    return undefined;
  }
  return {
    alertname: 'ModelArtsPoolWarningEvent',
    severity: 'warning',
    summary: 'reported a warning',
    labels: { reason: event.reason },
    message: event.message,
  };
}

function conditions(state: PoolState): Condition[] {
  const found: Condition[] = [];
  const abnormal = storyOf(state.abnormal);
  if (abnormal !== undefined) {
    found.push({
      alertname: 'ModelArtsPoolAbnormal',
      severity: 'critical',
      summary: 'is abnormal',
      labels: { reason: STATUS_CHANGE },
      ...abnormal,
      expires: false,
    });
  }
  const nodesAbnormal = storyOf(state.nodesAbnormal);
  if (nodesAbnormal !== undefined) {
    found.push({
      alertname: 'ModelArtsPoolNodesAbnormal',
      severity: 'warning',
      summary: 'has abnormal nodes',
      labels: { reason: RESOURCES_CHANGE },
      ...nodesAbnormal,
      expires: false,
    });
  }
  return found;
}
