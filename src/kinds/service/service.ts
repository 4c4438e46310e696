import { KIND_TABLE } from '../../kind-table.ts';
import { ApiError } from '../../modelarts/errors.ts';
import type { Detail } from '../detail.ts';
import type { Occurrence } from '../event.ts';
import { eventFamilies } from '../event-families.ts';
import type { Kind } from '../kind.ts';
import type { Condition, Problem } from '../problem.ts';
import type { Admit, ReadRequest, ReadResult } from '../reading.ts';
import { discoverServices, type ServiceDetails } from './discovery.ts';
import { readEvents, type ServiceEvent } from './events.ts';
import { latestRuns, type Mark, markOf, PHASES, type Phase, phaseOfFailure, type Run } from './phases.ts';
import { FAMILIES, samples } from './series.ts';
import { foldUpdates, initialUpdates, type UpdateState, updatesDue } from './update-state.ts';
import { readUpdates } from './updates.ts';

/** What is known of a service beyond its event counts. */
export interface ServiceState {
  name?: string;
  /** Of the listing: `real-time`, `batch` or `edge`. */
  inferType?: string;
  /** Of the listing, lower-case, with the moment it was first seen. */
  status?: { value: string; since: number };
  /** The latest completed run of each phase, and what it takes to match the next. */
  runs: Partial<Record<Phase, Run>>;
  marks: Mark[];
  newestAbnormal?: { at: number; message: string };
  updates: UpdateState;
}

const ABNORMAL_EVENT = 'ModelArtsServiceAbnormalEvent';
/** Enough for the deployment of a dozen models; a later end needs only its own start. */
const MARKS_MAX = 256;
const RELATED = 3_600_000;

export const service: Kind<ServiceEvent, ServiceState, ServiceDetails> = {
  name: 'service',
  labels: KIND_TABLE.service.labels,
  initialState: () => ({ runs: {}, marks: [], updates: initialUpdates() }),

  reading: { timesAreWholeSeconds: false, recordsGrow: false, textLanguage: () => '', read },

  events: {
    families: eventFamilies('service'),
    classes: ['event_type'],
    knownClasses: [['normal'], ['abnormal']],
    goodNews: 'normal',
    unknownValuesMax: () => Number.POSITIVE_INFINITY,
    classify: (event) => [event.eventType],
    notice: ({ event, at }) => ({
      at,
      severity: event.eventType === 'abnormal' ? 'warning' : 'info',
      fields: { event_type: event.eventType },
      message: event.message,
    }),
    fold: foldEvents,
  },

  listing: {
    discover: discoverServices,
    fold(state, { inferType, status }, now) {
      const isNewType = inferType !== undefined && inferType !== state.inferType;
      if (isNewType) state.inferType = inferType;
      const isNewStatus = status !== undefined && status !== state.status?.value;
      if (isNewStatus) state.status = { value: status, since: now };
      return isNewType || isNewStatus;
    },
    hasEnded: () => false,
  },

  alerts: {
    problem,
    conditions,
    recoveries: ({ updates }) =>
      updates.succeededAt === undefined ? [] : [{ alertname: ABNORMAL_EVENT, at: updates.succeededAt }],
  },

  showing: { families: FAMILIES, samples, detail, reportedName: (state) => state.name },
};

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
  if (!updatesDue(state.updates, request.now)) return result;
  try {
    const records = await readUpdates(request, state.inferType, admit);
    return { ...result, notices: foldUpdates(state.updates, records, request.countingSince, request.now) };
  } catch (error) {
    if (error instanceof ApiError) return { ...result, failure: error };
    throw error;
  }
}

function foldEvents(state: ServiceState, occurrences: readonly Occurrence<ServiceEvent>[]): void {
  const marks: Mark[] = [];
  for (const { event } of occurrences) {
    const mark = markOf(event.at, event.message);
    if (mark !== undefined) marks.push(mark);
    if (event.eventType === 'abnormal' && event.at >= (state.newestAbnormal?.at ?? 0)) {
      state.newestAbnormal = { at: event.at, message: event.message };
    }
  }
  if (marks.length === 0) return;
  state.marks = [...state.marks, ...marks].sort((a, b) => a[0] - b[0]).slice(-MARKS_MAX);
  for (const run of latestRuns(state.marks)) {
    if (run.end >= (state.runs[run.phase]?.end ?? 0)) state.runs[run.phase] = run;
  }
}

function problem({ eventType, message }: ServiceEvent): Problem | undefined {
  if (eventType !== 'abnormal') return undefined;
  const phase = phaseOfFailure(message);
  return {
    alertname: ABNORMAL_EVENT,
    severity: 'warning',
    summary: 'reported an abnormal event',
    labels: phase === undefined ? {} : { phase },
    message,
  };
}

function conditions(state: ServiceState): Condition[] {
  const found: Condition[] = [];
  const { ended } = state.updates;
  const { newestAbnormal } = state;
  // The event that says why mostly comes with the trouble; an old one is about something else.
  const wordsSince = (at: number) =>
    newestAbnormal !== undefined && newestAbnormal.at >= at - RELATED ? newestAbnormal.message : undefined;
  if (ended?.result === 'fail') {
    found.push({
      alertname: 'ModelArtsServiceUpdateFailed',
      severity: 'critical',
      summary: 'failed to update',
      labels: {},
      message: wordsSince(ended.at) ?? 'The newest update of the service failed.',
      // A state of before these were kept has neither.
      since: ended.since ?? ended.at,
      at: ended.at,
      events: ended.count ?? 1,
      expires: false,
    });
  }
  const { status } = state;
  if (status?.value === 'failed' || status?.value === 'concerning') {
    found.push({
      alertname: 'ModelArtsServiceFailed',
      severity: status.value === 'failed' ? 'critical' : 'warning',
      summary: 'is not healthy',
      labels: {},
      message: wordsSince(status.since) ?? `The service is ${status.value}.`,
      since: status.since,
      at: status.since,
      events: 1,
      expires: false,
    });
  }
  return found;
}

const NEWS = { success: 'good', fail: 'bad', running: 'none', other: 'none' } as const;

function detail({ status, runs, updates }: ServiceState): Detail {
  return {
    ...(status === undefined ? {} : { status: status.value }),
    tables: [
      {
        title: 'Latest deployment by phase',
        columns: ['Phase', 'Duration'],
        rows: PHASES.map((phase) => {
          const run = runs[phase];
          const amount = run === undefined ? undefined : run.milliseconds / 1000;
          return [{ text: phase.replaceAll('_', ' ') }, { amount, unit: 'seconds' }];
        }),
        empty: 'No phases.',
      },
      {
        title: 'Updates',
        columns: ['Time', 'Result'],
        rows: updates.history.map(({ at, result }) => [
          { instant: at },
          { verdict: result, news: NEWS[result] },
        ]),
        empty: 'No updates.',
      },
    ],
  };
}
