import { isDeepStrictEqual } from 'node:util';
import { KIND_TABLE } from '../../kind-table.ts';
import type { Detail } from '../detail.ts';
import { eventFamilies } from '../event-families.ts';
import type { Kind } from '../kind.ts';
import type { Condition, Problem } from '../problem.ts';
import { changesInOrder, nodesChangeOf, statusChangeOf, type ToldChange } from './changes.ts';
import { discoverPools, type PoolDetails } from './discovery.ts';
import { type PoolEvent, RESOURCES_CHANGE, readEvents, STATUS_CHANGE, TYPES } from './events.ts';
import { FAMILIES, samples } from './series.ts';
import { countsOf, isBad, NODE_STATES, type NodeCounts, textOfCounts } from './status.ts';

/** Since when something is wrong, and what told so last. */
interface Trouble {
  since: number;
  at: number;
  events: number;
  message: string;
}

/** What is known of a resource pool beyond its event counts. */
export interface PoolState {
  /** When everything was last read; 0: never. */
  everythingAt: number;
  /** Lower-case; `observed` is when the exporter learnt it, or the event's time where that was history. */
  status?: { value: string; at: number; observed: number };
  nodes?: { counts: NodeCounts; at: number; stamp: number };
  /** By events: from a bad status until Running. */
  abnormal?: Trouble | undefined;
  nodesAbnormal?: Trouble | undefined;
}

const EVERYTHING_AFTER = 30 * 60_000;

export const pool: Kind<PoolEvent, PoolState, PoolDetails> = {
  name: 'pool',
  labels: KIND_TABLE.pool.labels,
  initialState: () => ({ everythingAt: 0 }),

  reading: {
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
    fold(state, occurrences, { first, now }) {
      for (const change of changesInOrder(occurrences, statusChangeOf, state.status?.value)) {
        foldStatus(state, change, first ? change.at : now);
      }
      const nodes = state.nodes === undefined ? undefined : textOfCounts(state.nodes.counts);
      for (const change of changesInOrder(occurrences, nodesChangeOf, nodes)) foldNodes(state, change);
    },
  },

  listing: { discover: discoverPools, fold: foldListed, hasEnded: () => false },
  alerts: { problem, conditions, recoveries: () => [] },
  showing: { families: FAMILIES, samples, detail, reportedName: () => undefined },
};

function foldListed(state: PoolState, { status, nodes }: PoolDetails, now: number): boolean {
  const before = [state.status?.value, state.nodes?.counts];
  if (status !== undefined && now >= (state.status?.observed ?? 0)) {
    state.status = { value: status, at: state.status?.at ?? 0, observed: now };
    if (isBad(status)) state.abnormal = trouble(state.abnormal, true, `The pool is ${status}.`, now, 0);
    else if (status === 'running') state.abnormal = undefined;
  }
  if (nodes !== undefined && now >= (state.nodes?.at ?? 0)) {
    const message = `${nodes.abnormal} abnormal nodes in the resource pool.`;
    // Events tell whole seconds: one of this very second may be later than the listing.
    state.nodes = { counts: nodes, at: Math.floor(now / 1000) * 1000, stamp: 0 };
    state.nodesAbnormal = trouble(state.nodesAbnormal, nodes.abnormal > 0, message, now, 0);
  }
  return !isDeepStrictEqual(before, [state.status?.value, state.nodes?.counts]);
}

function detail({ status, nodes }: PoolState): Detail {
  return {
    ...(status === undefined ? {} : { status: status.value }),
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
function foldStatus(state: PoolState, { to, at, count, event }: ToldChange, observed: number): void {
  if (at < (state.status?.at ?? 0)) return;
  if (observed >= (state.status?.observed ?? 0)) state.status = { value: to, at, observed };
  if (isBad(to)) state.abnormal = trouble(state.abnormal, true, event.message, at, count);
  else if (to === 'running') state.abnormal = undefined;
}

function foldNodes(state: PoolState, { to, at, stamp, count, event }: ToldChange): void {
  const before = state.nodes;
  if (before !== undefined && (at < before.at || (at === before.at && stamp < before.stamp))) return;
  const counts = countsOf(to);
  state.nodes = { counts, at, stamp };
  state.nodesAbnormal = trouble(state.nodesAbnormal, counts.abnormal > 0, event.message, at, count);
}

/** The trouble after news of it: begun, gone on, or over. */
function trouble(
  before: Trouble | undefined,
  persists: boolean,
  message: string,
  at: number,
  events: number,
): Trouble | undefined {
  if (!persists) return undefined;
  if (before === undefined) return { since: at, at, events, message };
  // What discovery sees is no event: the event's own words stay.
  if (events === 0) return before;
  return { since: before.since, at, events: before.events + events, message };
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

function conditions({ abnormal, nodesAbnormal }: PoolState): Condition[] {
  const found: Condition[] = [];
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
