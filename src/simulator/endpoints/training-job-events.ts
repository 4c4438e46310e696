import { type Answer, modelArtsError, ok, Refusal } from '../answer.ts';
import { totalField } from '../dialect.ts';
import type { Job, JobEvent } from '../model.ts';
import { chinaSeconds } from '../wire-time.ts';
import type { Call } from './call.ts';
import { QueryReader } from './query-reader.ts';
import { timelinePage } from './timeline.ts';

export const BAD_REQUEST = modelArtsError(400, '50004000', 'Bad request.');

/** `GET /v2/{project_id}/training-jobs/{training_job_id}/events` */
export function trainingJobEvents(call: Call): Answer {
  const job = findJob(call);
  const dialect = call.dialect.trainingJobEvents;
  const query = new QueryReader(call.query, BAD_REQUEST);
  const asked = {
    start: query.integer('start_time'),
    end: query.integer('end_time'),
    offset: query.integer('offset') ?? 0,
    limit: query.integer('limit', { min: 1, max: 100 }) ?? 50,
    order: query.oneOf('order', ['asc', 'desc']),
  };
  if ((asked.start === undefined) !== (asked.end === undefined)) query.refuse();
  const level = query.oneOf('level', ['Info', 'Error', 'Warning']);
  const source = query.oneOf('source', ['K8S', 'Job', 'Task']);
  const pattern = query.text('pattern') ?? '';
  if (pattern.length > 256) query.refuse();

  const chinese = call.headers['x-language']?.toLowerCase() === 'zh-cn';
  const messageOf = (event: JobEvent): string =>
    chinese ? (event.message_zh ?? event.message) : event.message;
  const matching = job.events.filter(
    (event) =>
      (level === undefined || event.level === level) &&
      (source === undefined || event.source.toUpperCase() === source.toUpperCase()) &&
      messageOf(event).includes(pattern),
  );
  const page = timelinePage(matching, (event) => event.time, asked, dialect);
  const spelled = (name: string): string =>
    dialect.k8sSource !== 'as_stored' && name.toUpperCase() === 'K8S' ? dialect.k8sSource : name;
  return ok({
    ...totalField('total', page.total, dialect.total),
    limit: asked.limit,
    offset: asked.offset,
    order: page.order,
    start_time: asked.start === undefined ? undefined : chinaSeconds(asked.start),
    end_time: asked.end === undefined ? undefined : chinaSeconds(asked.end),
    events: page.items.map((event) => ({
      time: chinaSeconds(event.time),
      level: event.level,
      message: messageOf(event),
      source: spelled(event.source),
    })),
  });
}

/** A job that does not exist is told with HTTP 400, as the list of error codes has it. */
export function findJob(call: Call): Job {
  const id = call.params['job'] ?? '';
  const job = call.project.jobs.get(id);
  if (job === undefined) {
    throw new Refusal(modelArtsError(400, '2775', `Training job (ID: ${id}) not found`));
  }
  return job;
}
