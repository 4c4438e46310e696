import { ApiError } from '../../modelarts/errors.ts';
import { oneOf } from '../decode.ts';
import type { Detail } from '../detail.ts';
import { eventFamilies } from '../event-families.ts';
import type { Activity, Kind } from '../kind.ts';
import type { Admit, ReadRequest, ReadResult } from '../reading.ts';
import { conditions, passedFailure, problem, recoveries } from './alerts.ts';
import { CATALOG } from './catalog.ts';
import { phaseOfFailedUpdate } from './deployments.ts';
import { discoverServices, type ServiceDetails } from './discovery.ts';
import { EVENT_TYPES, readEvents, type ServiceEvent } from './events.ts';
import { examination } from './examination.ts';
import { runTable } from './phase-runs.ts';
import { phaseWords } from './phases.ts';
import { FAMILIES, samples } from './series.ts';
import { moments, NEWS, OUTLOOKS, standing } from './standing.ts';
import { foldEvents, foldListed, foldLoggedUpdate, type ServiceState } from './state.ts';
import { TOTALS, tellTotals } from './totals.ts';
import { foldUpdates, initialUpdates, updatesDue } from './update-state.ts';
import { readUpdates } from './updates.ts';

export const service: Kind<ServiceEvent, ServiceState, ServiceDetails> = {
  name: 'service',
  initialState: () => ({ runs: {}, marks: [], updates: initialUpdates() }),

  reading: {
    operations: ['service_events', 'service_update_logs'],
    timesAreWholeSeconds: false,
    recordsGrow: false,
    read,
  },

  events: {
    families: eventFamilies('service'),
    classes: ['event_type'],
    knownClasses: [['normal'], ['abnormal']],
    classify: (event) => [event.eventType],
    notice: ({ event, at }) => ({
      at,
      severity: event.eventType === 'abnormal' ? 'warning' : 'info',
      fields: { event_type: event.eventType },
      message: event.message,
    }),
    eventOf({ at, fields, message }) {
      const type = fields['event_type'];
      return typeof type === 'string' ? { at, eventType: oneOf(EVENT_TYPES, type), message } : undefined;
    },
    fold: foldEvents,
    foldNotice: foldLoggedUpdate,
  },

  listing: {
    operation: 'list_services',
    discover: discoverServices,
    fold: foldListed,
    forget(state) {
      const hadStatus = state.status !== undefined;
      delete state.status;
      delete state.time;
      return hadStatus;
    },
    explained: ({ status, changedAt, failedTimes }) => [status, changedAt, failedTimes],
    activity,
  },

  alerts: { problem, conditions, recoveries },

  showing: {
    families: FAMILIES,
    samples,
    owner: (state) => state.owner,
    detail,
    outlooks: OUTLOOKS,
    standing,
    moments,
    reportedName: (state) => state.name,
  },
  catalog: CATALOG,
  examination,
  totals: { families: TOTALS, tell: tellTotals },
};

const RESTING = ['stopped', 'finished'];
const MOVING = ['deploying', 'stopping', 'deleting', 'pending', 'waiting'];

function activity({ status, updates }: ServiceState): Activity {
  if (updates.newest?.result === 'running' || MOVING.includes(status?.value ?? '')) return 'moving';
  return RESTING.includes(status?.value ?? '') ? 'resting' : 'alive';
}

async function read(
  request: ReadRequest,
  state: ServiceState,
  admit: Admit<ServiceEvent>,
): Promise<ReadResult> {
  const result = await readEvents(
    request,
    (name) => {
      state.name = name;
    },
    (page) => {
      const fresh = admit(page);
      if (fresh > 0) state.updates.stale = true;
      return fresh;
    },
  );
  // Events are left for the next read, and nobody knows whether an update is among them.
  if (result.resume !== undefined) state.updates.stale = true;
  const mayWait = state.status !== undefined && request.api.isScarce?.() === true;
  if (!updatesDue(state.updates, request.now, mayWait)) return result;
  try {
    const records = await readUpdates(request, state.inferType, admit);
    const notices = foldUpdates(state.updates, records, request.countingSince, request.now);
    return { ...result, notices, passed: passedFailure(state, notices) };
  } catch (error) {
    if (error instanceof ApiError) return { ...result, failure: error };
    throw error;
  }
}

function detail(state: ServiceState): Detail {
  return {
    tables: [
      runTable(state),
      {
        title: 'Updates',
        columns: ['Time', 'Result', 'Failed in'],
        rows: state.updates.history.map(({ at, result }) => {
          const phase = result === 'fail' ? phaseOfFailedUpdate(at, state) : undefined;
          return [
            { instant: at },
            { verdict: result, news: NEWS[result] },
            { note: phase === undefined ? '' : phaseWords(phase) },
          ];
        }),
        empty: 'No updates.',
      },
    ],
  };
}
