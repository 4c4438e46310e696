import { isObject, listOf, objectOf } from '../decode.ts';
import {
  EVENTS_MIN,
  type Examination,
  type ExamineRequest,
  type Finding,
  mostTelling,
  TOO_FEW_EVENTS,
} from '../examination.ts';
import { totalFinding } from '../examine-paging.ts';
import { contentFindings } from '../examine-timeline.ts';
import { CATALOG } from './catalog.ts';
import { decodeEvent, eventsRequest, keyOf, LIMIT } from './events.ts';
import { instantOf } from './times.ts';

const FEW = 2;

export const examination: Examination = {
  permissions: {
    list_inference_services: ['modelarts::listServices', 'modelarts:service:list'],
    inference_service_events: ['modelarts:service:get'],
    show_inference_service: ['modelarts:service:get'],
    inference_service_pod_events: ['modelarts:service:listDeploymentPodEvents'],
  },
  steps: [eventFindings],
};

interface Shown {
  readonly items: readonly unknown[];
  readonly keys: readonly string[];
  readonly total: unknown;
}

async function eventFindings({ api, ids, project, now }: ExamineRequest): Promise<readonly Finding[]> {
  const ask = async (id: string, limit: number, offset: number, start?: number): Promise<Shown> => {
    const { data, total } = objectOf(await api.request(eventsRequest(id, limit, offset, start)));
    const items = listOf(data);
    return { items, keys: items.map(keyOf), total };
  };
  const whole = await mostTelling(
    ids,
    async (id) => ({ id, ...(await ask(id, LIMIT, 0)) }),
    ({ items }) => items.length >= EVENTS_MIN,
  );
  if (whole === undefined) return [];
  const { id } = whole;
  const { language } = project.api;
  const known = {
    timeField: 'update_at',
    textField: language === 'zh-cn' ? 'event_info_cn' : 'event_info',
    catalog: CATALOG,
    decode: (item: Parameters<typeof decodeEvent>[0]) => decodeEvent(item, { language, now }),
  };
  const findings = [...contentFindings(known, whole, now), totalFinding(whole.total)];
  if (whole.items.length < EVENTS_MIN) return [...findings, TOO_FEW_EVENTS];
  return [
    ...findings,
    idFinding(whole),
    orderFinding(whole, now),
    offsetFinding(whole, await ask(id, FEW, FEW)),
    await filterFinding(whole, now, (start) => ask(id, LIMIT, 0, start)),
  ];
}

function idFinding({ items }: Shown): Finding {
  const topic = 'ids';
  const without = items.filter((item) => !isObject(item) || !item['id']).length;
  if (without === 0) return { topic, verdict: 'ok', says: 'each event has one' };
  return {
    topic,
    verdict: 'note',
    says: `${without} of ${items.length} events have none: content tells them apart`,
  };
}

function orderFinding({ items }: Shown, now: number): Finding {
  const times = items.flatMap((item) => (isObject(item) ? (instantOf(item['update_at'], now) ?? []) : []));
  const isDown = times.every((time, index) => time <= (times[index - 1] ?? time));
  const says = isDown
    ? 'as it is asked for'
    : 'not as it is asked for: every read goes to the end, which costs requests and loses nothing';
  return { topic: 'order', verdict: isDown ? 'ok' : 'note', says };
}

/** @param second two events from offset 2, a multiple of the limit as the documents want it */
function offsetFinding({ keys }: Shown, { keys: [first] }: Shown): Finding {
  const topic = 'offset';
  const managed = 'the exporter manages both readings';
  if (first === keys[FEW]) return { topic, verdict: 'ok', says: `counts records; ${managed}` };
  if (first === keys[FEW * FEW]) return { topic, verdict: 'ok', says: `counts pages; ${managed}` };
  return first === keys[0]
    ? { topic, verdict: 'problem', says: 'is not heeded: what does not fit into one page is lost' }
    : { topic, verdict: 'unknown', says: 'counts neither records nor pages, or something came in between' };
}

/** Which of its times the filter looks at: an event between whose two times it begins shows it. */
async function filterFinding(
  { items }: Shown,
  now: number,
  ask: (start: number) => Promise<Shown>,
): Promise<Finding> {
  const topic = 'start_time';
  for (const item of items.filter(isObject)) {
    const [first, last] = [instantOf(item['create_at'], now), instantOf(item['update_at'], now)];
    if (first === undefined || last === undefined || last - first < 2) continue;
    const isShown = (await ask(last - 1)).keys.includes(keyOf(item));
    const says = isShown
      ? 'looks at the last time of an event'
      : 'looks at the first time of an event, so that it hides what is repeated';
    return { topic, verdict: 'ok', says: `${says}; the exporter does not send it` };
  }
  return { topic, verdict: 'unknown', says: 'no event was repeated, which would show what it looks at' };
}
