import { saysNotThere } from '../../modelarts/errors.ts';
import { isObject, type JsonObject, listOf, objectOf } from '../decode.ts';
import { type Examination, type ExamineRequest, type Finding, wordsAmong } from '../examination.ts';
import { offsetFinding, totalFinding } from '../examine-paging.ts';
import { type ExaminedTimeline, examineTimeline } from '../examine-timeline.ts';
import { identityOf } from '../listed-values.ts';
import { CATALOG } from './catalog.ts';
import { LISTED_MAX, listRequest } from './discovery.ts';
import { decodeEvent, eventsRequest, LIMIT } from './events.ts';
import { logsRequest, RESULTS } from './updates.ts';

const EVENTS: ExaminedTimeline = {
  limit: LIMIT,
  step: 1,
  listField: 'events',
  totalField: 'total_count',
  timeField: 'occur_time',
  textField: 'event_info',
  catalog: CATALOG,
  request: eventsRequest,
  decode: decodeEvent,
};

const SERVICES_TRIED = 5;

export const examination: Examination = {
  permissions: {
    list_services: ['modelarts:service:list'],
    service_events: ['modelarts:service:getEvents'],
    service_update_logs: ['modelarts:service:getLogs'],
  },
  steps: [listingFindings, (request) => examineTimeline(EVENTS, request), updateFindings],
};

async function listingFindings({ api, project }: ExamineRequest): Promise<readonly Finding[]> {
  if (!project.discovery.service.enabled) return [];
  const list = async (offset: number, limit: number) => {
    const { services, total_count: total } = objectOf(await api.request(listRequest(offset, limit)));
    // Between two requests a service may change, but for its id.
    return { total, keys: listOf(services).map((service) => identityOf(service, 'service_id')) };
  };
  const { total, keys } = await list(0, LISTED_MAX);
  if (keys.length === 0) return [];
  const offset = await offsetFinding(keys, async (limit) => (await list(1, limit)).keys);
  return [totalFinding(total), offset].map((finding) => ({
    ...finding,
    topic: `${finding.topic} of the list`,
  }));
}

async function updateFindings({ api, ids }: ExamineRequest): Promise<readonly Finding[]> {
  const topic = 'update records';
  for (const id of ids.slice(0, SERVICES_TRIED)) {
    const logs = await updateRecords(api, id);
    if (logs.length === 0) continue;
    const results = logs.map(({ result }) => String(result));
    const unknown = results.filter((result) => !RESULTS.some((known) => known === result.toLowerCase()));
    return unknown.length === 0
      ? [{ topic, verdict: 'ok', says: `${logs.length} with results that are in the documents` }]
      : [
          {
            topic,
            verdict: 'note',
            says: `have results that are not in the documents (${wordsAmong(unknown)})`,
          },
        ];
  }
  return ids.length === 0
    ? []
    : [{ topic, verdict: 'unknown', says: 'none of the services looked at has any' }];
}

/** Only real-time and edge services have them; the others answer that they do not. */
async function updateRecords(api: ExamineRequest['api'], id: string): Promise<readonly JsonObject[]> {
  try {
    return listOf(objectOf(await api.request(logsRequest(id)))['logs']).filter(isObject);
  } catch (error) {
    if (saysNotThere(error)) return [];
    throw error;
  }
}
