import { type Answer, gatewayError, modelArtsError, ok } from '../answer.ts';
import type { ScheduledEvent } from '../model.ts';
import { utcSeconds } from '../wire-time.ts';
import type { Call } from './call.ts';
import { QueryReader } from './query-reader.ts';
import { pageOf } from './timeline.ts';
import { BAD_REQUEST } from './training-job-events.ts';

const LIMIT_MAX = 100;

/** `GET /v1/{project_id}/scheduled-events` */
export function scheduledEvents(call: Call): Answer {
  const { dialect, project, requestId } = call;
  const { access, paging, offset, pageCap } = dialect.scheduledEvents;
  if (access === 'forbidden')
    return modelArtsError(403, '0108', 'The user is not authorized to perform this operation.');
  if (access === 'unpublished') {
    const message = 'The API does not exist or has not been published in the environment';
    return gatewayError(404, '0101', message, requestId, dialect);
  }
  const query = new QueryReader(call.query, BAD_REQUEST);
  const workspace = query.text('workspaceId') ?? '0';
  const events = workspace === '0' ? project.scheduledEvents : [];
  if (paging === 'ignored') return ok({ events: events.map(wireEvent) });
  const wanted = { state: call.query.getAll('state'), type: call.query.getAll('type') };
  const [id, node, pool] = ['id', 'nodeName', 'poolName'].map((name) => query.text(name));
  const matching = events.filter(
    (event) =>
      (wanted.state.length === 0 || wanted.state.includes(event.state)) &&
      (wanted.type.length === 0 || wanted.type.includes(event.type)) &&
      (id === undefined || event.id === id) &&
      (node === undefined || event.nodeName === node) &&
      (pool === undefined || event.poolName === pool),
  );
  const page = {
    offset: query.integer('offset', { max: 1_000_000_000 }) ?? 0,
    limit: query.integer('limit', { min: 1, max: LIMIT_MAX }) ?? LIMIT_MAX,
  };
  const items = pageOf(matching, page, { offset, pageCap });
  return ok({ events: items.map(wireEvent), count: matching.length });
}

function wireEvent(event: ScheduledEvent): unknown {
  const { publishTime, notBefore, startTime, finishTime, poolName, ...rest } = event;
  return {
    ...rest,
    instanceId: `instance-${event.nodeName}`,
    ...(poolName === undefined ? {} : { poolName, poolDisplayName: poolName }),
    publishTime: utcSeconds(publishTime),
    ...Object.fromEntries(
      Object.entries({ notBefore, startTime, finishTime }).map(([name, at]) => [
        name,
        at === undefined ? '' : utcSeconds(at),
      ]),
    ),
    probeMsg: '',
    jobProgress: '',
    redeployType: [],
  };
}
