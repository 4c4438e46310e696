import { KIND_TABLE } from '../../kind-table.ts';
import { type Answer, ok } from '../answer.ts';
import { totalField } from '../dialect.ts';
import type { Project, Service } from '../model.ts';
import type { Call } from './call.ts';
import { QueryReader } from './query-reader.ts';
import { INVALID_SERVICE_QUERY } from './service-events.ts';
import { pageOf } from './timeline.ts';

/** `GET /v1/{project_id}/services` */
export function serviceList(call: Call): Answer {
  const dialect = call.dialect.serviceList;
  const query = new QueryReader(call.query, INVALID_SERVICE_QUERY);
  const name = query.text('service_name');
  const wanted: Partial<Record<keyof Service, string | undefined>> = {
    service_id: query.text('service_id'),
    model_id: query.text('model_id'),
    infer_type: query.oneOf('infer_type', ['real-time', 'batch', 'edge']),
    status: query.oneOf('status', KIND_TABLE.service.statuses),
  };
  const workspace = query.text('workspace_id') ?? '0';
  const sortBy = query.oneOf('sort_by', ['publish_at', 'service_name', 'transition_at']) ?? 'publish_at';
  const sign = query.oneOf('order', ['asc', 'desc']) === 'asc' ? 1 : -1;
  const page = {
    offset: query.integer('offset') ?? 0,
    limit: query.integer('limit', { min: 1 }) ?? 1000,
  };

  const matching = [...call.project.services.values()]
    .filter(
      (service) =>
        workspace === '0' &&
        (name === undefined || service.service_name.includes(name)) &&
        Object.entries(wanted).every(
          ([field, value]) => value === undefined || service[field as keyof Service] === value,
        ),
    )
    .sort((a, b) => sign * compare(a[sortBy], b[sortBy]) || compare(a.service_id, b.service_id));
  const items = pageOf(matching, page, dialect);
  return ok({
    ...totalField('total_count', matching.length, dialect.total),
    count: items.length,
    services: items.map((service) =>
      wireService(service, call.project, dialect.workspaceId === 'number' ? 0 : '0'),
    ),
  });
}

function wireService(service: Service, project: Project, workspaceId: string | number): unknown {
  return {
    service_id: service.service_id,
    service_name: service.service_name,
    description: '',
    tenant: project.domain_id,
    project: project.id,
    owner: service.owner,
    publish_at: service.publish_at,
    infer_type: service.infer_type,
    workspace_id: workspaceId,
    status: service.status,
    ...(service.status === 'deploying' ? { progress: service.progress } : {}),
    invocation_times: 0,
    failed_times: 0,
    is_shared: false,
    shared_count: 0,
    schedule: [],
    due_time: 0,
    operation_time: service.transition_at,
    transition_at: service.transition_at,
    is_free: false,
    start_time: service.publish_at,
    finished_time: service.status === 'finished' ? service.transition_at : 0,
    additional_properties: {},
  };
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
