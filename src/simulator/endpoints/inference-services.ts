import { type Answer, gatewayError, modelArtsError, ok, Refusal } from '../answer.ts';
import { totalField } from '../dialect.ts';
import type { InferenceDeployment, InferenceEvent, InferencePodEvent, InferenceService } from '../model.ts';
import { utcSeconds } from '../wire-time.ts';
import type { Call } from './call.ts';
import { QueryReader } from './query-reader.ts';
import { pageOf } from './timeline.ts';

const INVALID = modelArtsError(400, '0104', 'Invalid parameter.');
const STATUSES = [
  'DEPLOYING',
  'RUNNING',
  'CONCERNING',
  'UPGRADING',
  'STOPPING',
  'STOPPED',
  'DELETING',
  'FAILED',
  'ERROR',
  'INTERRUPTING',
] as const;

/** `GET /v2/{project_id}/services` */
export function inferenceServiceList(call: Call): Answer {
  const dialect = call.dialect.inference;
  if (!dialect.isPublished) {
    const message = 'The API does not exist or has not been published in the environment';
    return gatewayError(404, '0101', message, call.requestId, call.dialect);
  }
  const query = new QueryReader(call.query, INVALID);
  const status = query.oneOf('status', STATUSES);
  const name = query.text('name');
  const workspace = query.text('workspace_id') ?? '0';
  const matching = [...call.project.inferenceServices.values()].filter(
    (service) =>
      workspace === '0' &&
      (status === undefined || service.status === status) &&
      (name === undefined || service.name.includes(name)),
  );
  return pageAnswer(call, query, matching, (service) => ({
    id: service.id,
    name: service.name,
    status: service.status,
    version: service.version,
    version_count: service.version_count,
    description: '',
    type: service.type,
    deploy_type: service.deployments.length > 1 ? 'MULTI' : 'SINGLE',
    user_name: service.user_name,
    workspace_id: '0',
    create_at: service.create_at,
    update_at: service.update_at,
    auth_type: 'TOKEN',
    task_type: 'TEXT_GENERATION',
    tags: [],
    schedule: [],
    frozen_infos: [],
  }));
}

/** `GET /v2/{project_id}/services/{service_id}` */
export function inferenceServiceDetail(call: Call): Answer {
  const service = findService(call);
  return ok({
    id: service.id,
    name: service.name,
    workspace_id: '0',
    type: service.type,
    deploy_type: service.deployments.length > 1 ? 'MULTI' : 'SINGLE',
    status: service.status,
    failure_reason: service.failure_reason,
    version: {
      id: `version-${service.version}`,
      version: service.version,
      description: '',
      instance_groups: service.deployments.map((deployment) => wireDeployment(service, deployment)),
      lts_status: 'OFF',
      lts_event_status: 'OFF',
      deploy_timeout_minutes: 20,
    },
    // Here they are texts, as the documents have it.
    create_at: String(service.create_at),
    update_at: String(service.update_at),
    tags: [],
    schedule: [],
    task_type: 'TEXT_GENERATION',
    frozen_infos: [],
  });
}

/** `GET /v2/{project_id}/services/{service_id}/events` */
export function inferenceServiceEvents(call: Call): Answer {
  const { filterOn, unit, repeats } = call.dialect.inference;
  const { events, id } = findService(call);
  const query = new QueryReader(call.query, INVALID);
  const type = query.oneOf('event_type', ['NORMAL', 'ABNORMAL', 'WARNING']);
  const start = query.integer('start_time') ?? 0;
  const end = query.integer('end_time') ?? Number.POSITIVE_INFINITY;
  const rows =
    repeats === 'grow' ? events : events.flatMap(rowPerOccurrence).sort((a, b) => a.create_at - b.create_at);
  const matching = rows.filter(
    (event) =>
      (type === undefined || event.event_type === type) && event[filterOn] >= start && event[filterOn] <= end,
  );
  const inUnit = (instant: number) => (unit === 'seconds' ? Math.floor(instant / 1000) : instant);
  return pageAnswer(call, query, matching, ({ occurrences: _, ...event }) => ({
    ...event,
    service_id: id,
    create_at: inUnit(event.create_at),
    update_at: inUnit(event.update_at),
  }));
}

/** `GET .../deployments/{deployment_name}/instances/all/pods/all/events`: a bare list, without pages. */
export function inferencePodEvents(call: Call): Answer {
  const { deployment: name, instance, pod } = call.params;
  const deployment = findService(call).deployments.find((each) => each.name === name);
  if (deployment === undefined) return modelArtsError(404, '8001', 'Deployment does not exist.');
  if (instance !== 'all' || pod !== 'all') return ok([]);
  return ok(
    deployment.podEvents.map((event) => ({
      count: event.count,
      first_timestamp: podTime(call, event.first_timestamp),
      last_timestamp: podTime(call, event.last_timestamp),
      message: event.message,
      reason: event.reason,
      reporting_component: 'kubelet',
      type: event.type,
    })),
  );
}

function podTime({ dialect }: Call, instant: InferencePodEvent['first_timestamp']): string | number {
  switch (dialect.inference.podTimes) {
    case 'rfc3339':
      return utcSeconds(instant);
    case 'milliseconds':
      return String(instant);
    case 'seconds':
      return instant / 1000;
    case 'without_zone':
      return utcSeconds(instant).replace('T', ' ').replace('Z', '');
  }
}

function rowPerOccurrence(event: InferenceEvent): InferenceEvent[] {
  return event.occurrences.map((at, index) => ({
    ...event,
    id: event.id && `${event.id}-${index}`,
    event_count: 1,
    create_at: at,
    update_at: at,
    occurrences: [at],
  }));
}

function wireDeployment(service: InferenceService, deployment: InferenceDeployment): unknown {
  const { podEvents: _, ...rest } = deployment;
  return {
    ...rest,
    id: `${service.id}-${deployment.name}`,
    infer_name: `${service.id}-${deployment.name}`,
    traffic_ratio: `${deployment.weight.toFixed(2)}%`,
    priority: 1,
    version_id: `version-${deployment.version}`,
    deploy_type: 'SINGLE',
    schedule_strategy: 'HIGH_AVAILABILITY',
    create_at: String(service.create_at),
    update_at: service.update_at,
  };
}

/** Sorts and cuts a page, and refuses an `offset` that is no multiple of `limit`, as the documents want it. */
function pageAnswer<R extends { readonly create_at: number; readonly update_at: number }>(
  { dialect }: Call,
  query: QueryReader,
  rows: readonly R[],
  wire: (row: R) => unknown,
): Answer {
  const { order, offset: counts, pageCap, total } = dialect.inference;
  const key = query.oneOf('sort_key', ['create_at', 'update_at']) ?? 'update_at';
  const sign = (query.oneOf('sort_dir', ['ASC', 'DESC']) ?? 'DESC') === 'ASC' ? 1 : -1;
  const limit = query.integer('limit', { min: 1, max: 500 }) ?? 10;
  const offset = query.integer('offset') ?? 0;
  if (counts === 'record' && offset % limit !== 0) query.refuse();
  const sorted = order === 'honoured' ? [...rows].reverse().sort((a, b) => sign * (a[key] - b[key])) : rows;
  const items = pageOf(sorted, { offset, limit }, { offset: counts, pageCap });
  return ok({
    current: Math.floor(offset / limit),
    size: items.length,
    pages: Math.ceil(rows.length / limit),
    ...totalField('total', rows.length, total),
    data: items.map(wire),
  });
}

function findService(call: Call): InferenceService {
  const service = call.project.inferenceServices.get(call.params['service'] ?? '');
  if (service !== undefined) return service;
  throw new Refusal(modelArtsError(call.dialect.inference.missing, '8001', 'Invalid service ID.'));
}
