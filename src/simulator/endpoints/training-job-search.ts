import { type Answer, modelArtsError, ok, Refusal } from '../answer.ts';
import type { Job } from '../model.ts';
import type { Call } from './call.ts';
import { BAD_REQUEST } from './training-job-events.ts';
import { type Filter, parseFilters } from './training-job-filter.ts';

/** `POST /v2/{project_id}/training-job-searches`; `offset` is a page index. */
export function trainingJobSearch(call: Call): Answer {
  const search = parseSearch(call.body);
  const all = [...call.project.jobs.values()];
  const inScope = search.workspace_id === '0' && search.train_type === 'job' ? all : [];
  const sign = search.order === 'asc' ? 1 : -1;
  const matching = inScope
    .filter((job) => search.filters.every((matches) => matches(job)))
    .sort((a, b) => sign * (a.create_time - b.create_time) || (a.id < b.id ? -1 : 1));
  const from = search.offset * search.limit;
  return ok({
    total: all.length,
    count: matching.length,
    limit: search.limit,
    offset: search.offset,
    sort_by: 'create_time',
    order: search.order,
    items: matching.slice(from, from + search.limit).map((job) => wireJob(job, call.now)),
  });
}

interface Search {
  readonly offset: number;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  readonly workspace_id: string;
  readonly train_type: string;
  readonly filters: readonly Filter[];
}

function parseSearch(body: Buffer): Search {
  const given = parseObject(body);
  const { offset = 0, limit = 10, order = 'desc', sort_by = 'create_time' } = given;
  if (!isInteger(offset, 0) || !isInteger(limit, 1) || limit > 50) throw new Refusal(BAD_REQUEST);
  if (order !== 'asc' && order !== 'desc') throw new Refusal(BAD_REQUEST);
  if (sort_by !== 'create_time') {
    throw new Refusal(modelArtsError(400, '2788', `Invalid parameter: ${String(sort_by)}.`));
  }
  return {
    offset,
    limit,
    order,
    workspace_id: String(given['workspace_id'] ?? '0'),
    train_type: String(given['train_type'] ?? 'job'),
    filters: parseFilters(given['filters']),
  };
}

function parseObject(body: Buffer): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // What is no JSON is refused below, as any other body that is no object.
  }
  throw new Refusal(BAD_REQUEST);
}

function isInteger(value: unknown, min: number): value is number {
  return Number.isInteger(value) && (value as number) >= min;
}

function wireJob(job: Job, now: number): unknown {
  const started = job.start_time;
  return {
    kind: 'job',
    metadata: {
      id: job.id,
      name: job.name,
      workspace_id: '0',
      description: '',
      create_time: job.create_time,
      user_name: job.user_name,
      annotations: { 'fault-tolerance/job-retry-num': String(job.running_records.length) },
    },
    status: {
      phase: job.phase,
      secondary_phase: job.phase === 'Pending' ? 'Queuing' : job.phase,
      duration: started === undefined ? 0 : (job.end_time ?? now) - started,
      ...(started === undefined
        ? {}
        : { start_time: started, node_count_metrics: [[started, job.node_count]] }),
      tasks: Array.from({ length: job.node_count }, (_, i) => `worker-${i}`),
      task_statuses: job.task_statuses,
      running_records: job.running_records,
    },
    algorithm: { name: job.algorithm_name },
    spec: {
      resource: {
        pool_id: job.pool_id,
        flavor_id: job.flavor_id,
        node_count: job.node_count,
      },
      schedule_policy: { priority: job.priority, preemptible: job.priority === 0 },
    },
    endpoints: {},
  };
}
