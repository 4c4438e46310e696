import { ApiError } from '../../modelarts/errors.ts';
import { oneOf } from '../decode.ts';
import type { Detail } from '../detail.ts';
import type { LoggedNotice, Notice, Occurrence } from '../event.ts';
import { eventFamilies } from '../event-families.ts';
import type { Activity, Kind } from '../kind.ts';
import type { Condition, Problem } from '../problem.ts';
import type { Admit, ReadRequest, ReadResult } from '../reading.ts';
import type { Outlook } from '../standing.ts';
import { addStatusTime, type Condition as StatusCondition, type StatusTime } from '../status-time.ts';
import { CATALOG } from './catalog.ts';
import { type DeploymentTraces, withTrace } from './deployments.ts';
import { discoverServices, type ServiceDetails } from './discovery.ts';
import { EVENT_TYPES, readEvents, type ServiceEvent } from './events.ts';
import { examination } from './examination.ts';
import { latestRuns, type Mark, markOf, PHASES, type Phase, phaseOfFailure, type Run } from './phases.ts';
import { FAMILIES, samples } from './series.ts';
import { moments, OUTLOOKS, standing } from './standing.ts';
import { problemOfText } from './telling-texts.ts';
import { TOTALS, tellTotals } from './totals.ts';
import { foldUpdates, initialUpdates, type UpdateState, updatesDue } from './update-state.ts';
import { readUpdates } from './updates.ts';

/** What is known of a service beyond its event counts. */
export interface ServiceState {
  name?: string;
  /** Of the listing: `real-time`, `batch` or `edge`. */
  inferType?: string;
  /** Of the listing, lower-case; since when, where anything tells; and when the listing first showed it. */
  status?: { value: string; since: number | undefined; seenAt: number };
  /** The latest completed run of each phase, and what it takes to match the next. */
  runs: Partial<Record<Phase, Run>>;
  marks: Mark[];
  newestAbnormal?: { at: number; message: string };
  updates: UpdateState;
  owner?: string;
  /** When the newest listing that showed it was asked for. */
  listedAt?: number;
  time?: StatusTime;
  traces?: DeploymentTraces;
}

const ABNORMAL_EVENT = 'ModelArtsServiceAbnormalEvent';
/** Enough for the deployment of a dozen models; a later end needs only its own start. */
const MARKS_MAX = 256;
const RELATED = 3_600_000;

export const service: Kind<ServiceEvent, ServiceState, ServiceDetails> = {
  name: 'service',
  initialState: () => ({ runs: {}, marks: [], updates: initialUpdates() }),

  reading: {
    operations: ['service_events', 'service_update_logs'],
    timesAreWholeSeconds: false,
    recordsGrow: false,
    textLanguage: () => '',
    read,
  },

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
    endedAt: () => undefined,
    activity,
  },

  alerts: {
    problem,
    conditions,
    recoveries(state) {
      const at = succeededAt(state);
      return at === undefined ? [] : [{ alertname: ABNORMAL_EVENT, at }];
    },
  },

  showing: {
    families: FAMILIES,
    samples,
    owner: (state) => state.owner,
    detail,
    outlooks: OUTLOOKS,
    standing,
    told: () => undefined,
    moments,
    reportedName: (state) => state.name,
  },
  catalog: CATALOG,
  examination,
  totals: { families: TOTALS, tell: tellTotals },
};

function foldListed(state: ServiceState, details: ServiceDetails, now: number): boolean {
  const { inferType, status, changedAt, owner } = details;
  const timeGoesOn = foldTime(state, details);
  const isNewOwner = owner !== undefined && owner !== state.owner;
  if (isNewOwner) state.owner = owner;
  const isNewType = inferType !== undefined && inferType !== state.inferType;
  if (isNewType) state.inferType = inferType;
  const before = state.status;
  const isNewStatus = status !== undefined && status !== before?.value;
  // At the first look nobody knows since when, unless the listing says so.
  if (isNewStatus) {
    const since = changedAt ?? (before === undefined ? undefined : now);
    state.status = { value: status, since, seenAt: now };
    const { turns = [], failures = [] } = state.traces ?? {};
    state.traces = { failures, turns: withTrace(turns, { at: changedAt ?? now, status }) };
  }
  return isNewType || isNewOwner || isNewStatus || timeGoesOn;
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
  if (!updatesDue(state.updates, request.now, request.api.isScarce?.() ?? false)) return result;
  try {
    const records = await readUpdates(request, state.inferType, admit);
    const notices = foldUpdates(state.updates, records, request.countingSince, request.now);
    return { ...result, notices, passed: passedFailure(state, notices) };
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
    const phase = event.eventType === 'abnormal' ? phaseOfFailure(event.message) : undefined;
    if (phase !== undefined) {
      const { turns = [], failures = [] } = state.traces ?? {};
      state.traces = { turns, failures: withTrace(failures, { at: event.at, phase }) };
    }
  }
  // Nobody saw the service take this status: the event that explains it tells since when.
  if (state.status !== undefined) state.status.since ??= state.newestAbnormal?.at;
  if (marks.length === 0) return;
  state.marks = [...state.marks, ...marks].sort((a, b) => a[0] - b[0]).slice(-MARKS_MAX);
  for (const run of latestRuns(state.marks)) {
    if (run.end >= (state.runs[run.phase]?.end ?? 0)) state.runs[run.phase] = run;
  }
}

function foldLoggedUpdate({ updates }: ServiceState, { at, fields }: LoggedNotice): boolean {
  const { result } = fields;
  if (result !== 'success' && result !== 'fail') return false;
  foldUpdates(updates, [{ at, result, models: [] }], at, at);
  return true;
}

function problem({ eventType, message }: ServiceEvent): Problem | undefined {
  if (eventType === 'normal') return problemOfText(message);
  if (eventType !== 'abnormal') return undefined;
  const phase = phaseOfFailure(message);
  return {
    alertname: ABNORMAL_EVENT,
    severity: 'warning',
    summary: 'reported an abnormal event',
    labels: phase === undefined ? {} : { phase },
    message,
    recovers: true,
  };
}

/** Statuses of a service that nobody runs: a failure to update it is nobody's trouble. */
const NOT_RUN = ['stopped', 'finished', 'deleting'];

function isRun({ status }: ServiceState): boolean {
  return !NOT_RUN.includes(status?.value ?? '');
}

function updateFailed(
  state: ServiceState,
  { at, since, count }: Pick<NonNullable<UpdateState['ended']>, 'at' | 'since' | 'count'>,
): Condition {
  return {
    alertname: 'ModelArtsServiceUpdateFailed',
    // While the service runs, the version before the update still serves.
    severity: state.status?.value === 'running' ? 'warning' : 'critical',
    summary: 'failed to update',
    labels: {},
    message: abnormalAround(state, at)?.message ?? 'The newest update of the service failed.',
    since,
    at,
    events: count,
    expires: false,
  };
}

/** The failure that a later success made good before anybody was told of it. */
function passedFailure(state: ServiceState, notices: readonly Notice[]): Condition[] {
  const failed = notices.findLast(({ fields }) => fields['result'] === 'fail');
  if (failed === undefined || state.updates.ended?.result === 'fail' || !isRun(state)) return [];
  const { at } = failed;
  return [updateFailed(state, { at, since: at, count: 1 })];
}

function conditions(state: ServiceState): Condition[] {
  const { status } = state;
  const found: Condition[] = [];
  const { ended } = state.updates;
  if (ended?.result === 'fail' && isRun(state)) found.push(updateFailed(state, ended));
  if (status?.value === 'failed' || status?.value === 'concerning') {
    const since = status.since ?? status.seenAt;
    const why = abnormalAround(state, since);
    found.push({
      alertname: 'ModelArtsServiceFailed',
      severity: status.value === 'failed' ? 'critical' : 'warning',
      summary: status.value === 'failed' ? 'has failed' : 'runs with failed instances',
      labels: {},
      message: why?.message ?? `The service is ${status.value}.`,
      since,
      at: since,
      events: why === undefined ? 0 : 1,
      expires: false,
    });
  }
  return found;
}

/**
 * When the newest successful update was over. Example: the logs showed it running at 12:00:00 and successful at
 * 12:00:30, and pulling an image had failed once at 12:00:20. If an event says that the service started at 12:00:25,
 * that was the end; otherwise what came before the success was shown is over with it.
 */
function succeededAt({ updates: { succeeded }, marks }: ServiceState): number | undefined {
  if (succeeded === undefined) return undefined;
  const { at, shownAt, wasUnderWay } = succeeded;
  const started = marks.findLast(
    ([instant, what, model]) =>
      what === 'end model_startup' && model === '' && instant > at && instant <= shownAt,
  );
  return started?.[0] ?? (wasUnderWay ? shownAt : at);
}

/** The event that says why comes with the trouble; one of days before is about something else. */
function abnormalAround({ newestAbnormal }: ServiceState, instant: number) {
  return newestAbnormal !== undefined && newestAbnormal.at >= instant - RELATED ? newestAbnormal : undefined;
}

const NEWS = { success: 'good', fail: 'bad', running: 'none', other: 'none' } as const;

function detail({ runs, updates }: ServiceState): Detail {
  return {
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
