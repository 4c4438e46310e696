import { ApiError } from '../../modelarts/errors.ts';
import { oneOf } from '../decode.ts';
import type { LoggedNotice, Notice, Occurrence } from '../event.ts';
import { eventFamilies } from '../event-families.ts';
import type { Kind } from '../kind.ts';
import type { Admit, ReadRequest, ReadResult } from '../reading.ts';
import { CATALOG } from './catalog.ts';
import { readDetail } from './detail.ts';
import { discoverInferenceServices, type InferenceServiceDetails } from './discovery.ts';
import { EVENT_TYPES, readEvents } from './events.ts';
import { examination } from './examination.ts';
import { POD_EVENT_TYPES, readPodEvents } from './pod-events.ts';
import { FAMILIES, samples } from './series.ts';
import { detail } from './shown.ts';
import { moments, OUTLOOKS, standing } from './standing.ts';
import {
  foldDetail,
  foldEvents,
  foldListed,
  type InferenceEvent,
  type InferenceServiceState,
  initialState,
  isOfPod,
} from './state.ts';
import { activityOf, conditionsOf, recoveriesOf } from './status.ts';
import { problemOf } from './telling-texts.ts';
import { TOTALS, tellTotals } from './totals.ts';

const DETAIL_AFTER = 30 * 60_000;
/** Where no listing tells what changes. */
const DETAIL_AFTER_UNLISTED = 5 * 60_000;
/** Services of the new generation of inference, of the paths `/v2/{project_id}/services`. */
export const inferenceService: Kind<InferenceEvent, InferenceServiceState, InferenceServiceDetails> = {
  name: 'inference_service',
  initialState,

  reading: {
    operations: ['inference_service_events', 'show_inference_service', 'inference_service_pod_events'],
    timesAreWholeSeconds: false,
    recordsGrow: true,
    read,
  },

  events: {
    families: eventFamilies('inference_service'),
    classes: ['event_type'],
    knownClasses: EVENT_TYPES.map((type) => [type]),
    classify: (event) => (isOfPod(event) ? undefined : [event.eventType]),
    notice,
    eventOf,
    fold: foldEvents,
  },

  listing: {
    operation: 'list_inference_services',
    mayBeUnpublished: true,
    discover: discoverInferenceServices,
    fold: foldListed,
    forget(state) {
      const wasListed = state.isListed;
      state.isListed = false;
      delete state.status;
      delete state.isWell;
      state.isStale = true;
      return wasListed;
    },
    explained: ({ status, version, changedAt }) => [status, version, changedAt],
    activity: activityOf,
  },

  alerts: {
    problem: (event) => (isOfPod(event) ? undefined : problemOf(event)),
    conditions: conditionsOf,
    recoveries: recoveriesOf,
  },

  totals: { families: TOTALS, tell: tellTotals },
  catalog: CATALOG,
  examination,

  showing: {
    families: FAMILIES,
    samples,
    detail,
    owner: (state) => state.facts?.owner,
    outlooks: OUTLOOKS,
    standing,
    moments,
    reportedName: (state) => state.name,
  },
};

function notice({ event, at, count }: Occurrence<InferenceEvent>): Notice {
  if (isOfPod(event)) {
    const { deployment, type, reason, message } = event;
    const severity = type === 'warning' ? 'warning' : 'info';
    return { at, severity, fields: { deployment, type, reason, count }, message };
  }
  const isProblem = event.eventType === 'abnormal' || event.eventType === 'warning';
  return {
    at,
    severity: isProblem ? 'warning' : 'info',
    fields: { event_type: event.eventType, count },
    message: event.message,
  };
}

function eventOf({ fields, message }: LoggedNotice): InferenceEvent | undefined {
  const { event_type: eventType, deployment, type, reason } = fields;
  if (typeof eventType === 'string') return { eventType: oneOf(EVENT_TYPES, eventType), message };
  if (typeof deployment !== 'string' || typeof type !== 'string' || typeof reason !== 'string')
    return undefined;
  return { deployment, type: oneOf(POD_EVENT_TYPES, type), reason, message };
}

async function read(
  request: ReadRequest,
  state: InferenceServiceState,
  admit: Admit<InferenceEvent>,
): Promise<ReadResult> {
  const { failure, ...rest } = await readEvents(request, state, (page) => {
    const fresh = admit(page);
    if (fresh > 0) state.isStale = true;
    return fresh;
  }).catch((error: unknown) => {
    throw asMissing(error);
  });
  // A read that goes on where the one before it stopped does not throw.
  const result = failure === undefined ? rest : { ...rest, failure: asMissing(failure) };
  try {
    if (isDetailDue(state, request)) foldDetail(state, await readDetail(request), request.now);
    if (request.extras.includes('pods')) {
      for (const name of namesOf(state)) await readPodEvents(request, name, admit);
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { failure: error, ...result };
  }
  return result;
}

/** The documents of the new generation know no 404: for a service that does not exist they name 400 and 403. */
function asMissing<E>(error: E): E | ApiError {
  if (!(error instanceof ApiError)) return error;
  const { status, reason, message } = error;
  if (status === 400 && reason === 'other')
    return new ApiError('not_found', message, { status: 400, cause: error });
  // It may as well be the permission that is missing.
  if (status === 403) return new ApiError(reason, message, { status, mayBeDeleted: true, cause: error });
  return error;
}

/** The detail costs a request, so it is asked for when something may have changed, or nothing would tell of it. */
function isDetailDue(state: InferenceServiceState, { api, now }: ReadRequest): boolean {
  const isUnsettled = state.isWell === false && activityOf(state) !== 'resting';
  const isScarce = api.isScarce?.() ?? false;
  const after = state.isListed || isScarce ? DETAIL_AFTER : DETAIL_AFTER_UNLISTED;
  return state.isStale || isUnsettled || now - state.detailAt >= after;
}

function namesOf({ deployments }: InferenceServiceState): Set<string> {
  return new Set(deployments.flatMap(({ name }) => name ?? []));
}
