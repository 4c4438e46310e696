import { oneOf } from '../decode.ts';
import type { Detail, DetailTable } from '../detail.ts';
import { eventFamilies } from '../event-families.ts';
import type { Kind } from '../kind.ts';
import { conditions, problem } from './alerts.ts';
import { CATALOG } from './catalog.ts';
import { discoverPools, type PoolDetails } from './discovery.ts';
import { type PoolEvent, RESOURCES_CHANGE, readEvents, STATUS_CHANGE, TYPES } from './events.ts';
import { examination } from './examination.ts';
import { maintenanceTable } from './maintenance.ts';
import { FAMILIES, samples } from './series.ts';
import { OUTLOOKS, standing, told } from './standing.ts';
import { foldEvents, foldListing, forget, type PoolState } from './state.ts';
import { NODE_STATES, type NodeCounts } from './status.ts';
import { NO_TROUBLE } from './trouble.ts';

const EVERYTHING_AFTER = 30 * 60_000;

export const pool: Kind<PoolEvent, PoolState, PoolDetails> = {
  name: 'pool',
  initialState: () => ({ everythingAt: 0, abnormal: NO_TROUBLE, nodesAbnormal: NO_TROUBLE }),

  reading: {
    operations: ['pool_events'],
    timesAreWholeSeconds: true,
    recordsGrow: true,
    async read(request, state, admit) {
      // One that was cut off may have shown old records only, so what is new is asked for before the next one.
      const isDue = request.now - state.everythingAt >= EVERYTHING_AFTER && !state.wasCutOff;
      const everything = request.first || isDue;
      const result = await readEvents(request, everything, admit);
      if (everything) state.everythingAt = request.now;
      if (everything && result.truncated) state.wasCutOff = true;
      else delete state.wasCutOff;
      state.completeAt = request.now;
      return result;
    },
  },

  events: {
    families: eventFamilies('pool'),
    classes: ['type', 'reason'],
    knownClasses: TYPES.flatMap((type) => [STATUS_CHANGE, RESOURCES_CHANGE].map((reason) => [type, reason])),
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
    fold: foldEvents,
  },

  listing: {
    operation: 'list_pools',
    besides: ['list_scheduled_events'],
    discover: discoverPools,
    fold: foldListing,
    forget,
    explained: ({ status, nodes }) => [status, nodes],
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

function detail({ nodes, maintenance }: PoolState): Detail {
  return {
    tables: [
      ...(nodes === undefined ? [] : [nodesTable(nodes.counts)]),
      ...(maintenance === undefined ? [] : [maintenanceTable(maintenance)]),
    ],
  };
}

function nodesTable(counts: NodeCounts): DetailTable {
  return {
    title: 'Nodes',
    columns: ['State', 'Nodes'],
    rows: NODE_STATES.map((state) => [{ text: state }, { amount: counts[state], unit: 'pieces' }]),
    empty: 'No nodes.',
  };
}
