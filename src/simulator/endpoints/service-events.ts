import { type Answer, modelArtsError, ok, Refusal } from '../answer.ts';
import { totalField } from '../dialect.ts';
import type { Service } from '../model.ts';
import type { Call } from './call.ts';
import { QueryReader } from './query-reader.ts';
import { timelinePage } from './timeline.ts';

/** The documents name no code for a bad query of the service APIs; this is the general one. */
export const INVALID_SERVICE_QUERY = modelArtsError(400, '0104', 'Invalid parameter.');

/** `GET /v1/{project_id}/services/{service_id}/events` */
export function serviceEvents(call: Call): Answer {
  const service = findService(call);
  const dialect = call.dialect.serviceEvents;
  const query = new QueryReader(call.query, INVALID_SERVICE_QUERY);
  const eventType = query.oneOf('event_type', ['normal', 'abnormal']);
  const eventInfo = query.text('event_info');
  query.oneOf('sort_by', ['occur_time']);

  const matching = service.events.filter(
    (event) =>
      (eventType === undefined || event.event_type === eventType) &&
      (eventInfo === undefined || event.event_info.includes(eventInfo)),
  );
  const page = timelinePage(
    matching,
    (event) => event.occur_time,
    {
      start: query.integer('start_time'),
      end: query.integer('end_time'),
      offset: query.integer('offset') ?? 0,
      limit: query.integer('limit', { min: 1 }) ?? 1000,
      order: query.oneOf('order', ['asc', 'desc']),
    },
    dialect,
  );
  return ok({
    service_name: service.service_name,
    ...totalField('total_count', page.total, dialect.total),
    service_id: service.service_id,
    count: page.items.length,
    events: page.items.map(({ event_type, event_info, occur_time }) => ({
      event_type,
      event_info,
      occur_time,
    })),
  });
}

export function findService(call: Call): Service {
  const service = call.project.services.get(call.params['service'] ?? '');
  if (service === undefined) throw new Refusal(modelArtsError(404, '3502', 'Service does not exist.'));
  return service;
}
