import { isObject, listOf, objectOf } from '../decode.ts';
import type { Examination, ExamineRequest, Finding } from '../examination.ts';
import { offsetFinding, totalFinding } from '../examine-paging.ts';
import { type ExaminedTimeline, examineTimeline } from '../examine-timeline.ts';
import { identityOf } from '../listed-values.ts';
import { CATALOG } from './catalog.ts';
import { decodeEvent, eventsRequest, LIMIT } from './events.ts';
import { searchRequest } from './search.ts';

const FEW = 3;
/** The largest page that a search gives. */
const PAGE_MAX = 50;
/** A search may span 31 days. Milliseconds. */
const SPAN = 30 * 24 * 3_600_000;

export const examination: Examination = {
  permissions: {
    list_training_jobs: ['modelarts:trainJob:list'],
    training_job_events: ['modelarts:trainJob:get', 'modelarts:trainJob:listEvents'],
    training_job_stages: ['modelarts:trainJob:get', 'modelarts:trainJob:listStages'],
  },
  dispensable: { training_job_stages: 'durations of the stages of training jobs are not shown' },
  steps: [listingFindings, eventFindings, languageFindings],
};

function eventFindings(request: ExamineRequest): Promise<readonly Finding[]> {
  const timeline: ExaminedTimeline = {
    limit: LIMIT,
    step: 1000,
    listField: 'events',
    totalField: 'total',
    timeField: 'time',
    textField: 'message',
    catalog: CATALOG,
    request: (id, page, limit) => eventsRequest({ ...request, id }, page, limit),
    decode: decodeEvent,
  };
  return examineTimeline(timeline, request);
}

async function listingFindings({ api, project, now }: ExamineRequest): Promise<readonly Finding[]> {
  if (!project.discovery.training_job.enabled) return [];
  const value = [now - SPAN, now].map((at) => `${new Date(at).toISOString().slice(0, 19)}Z`);
  const filter = { key: 'create_time', operator: 'between', value } as const;
  const search = async (page: number, limit: number) => {
    const { items, count } = objectOf(await api.request(searchRequest(filter, page, limit)));
    // Between two requests a job may change, but for its id.
    return { count, keys: listOf(items).map((job) => identityOf(objectOf(job)['metadata'], 'id')) };
  };
  const { count, keys } = await search(0, PAGE_MAX);
  if (keys.length === 0) return [];
  const offset = await offsetFinding(keys, async (limit) => (await search(1, limit)).keys);
  const findings = [totalFinding(count), offset.says.startsWith('counts records') ? RECORDS : offset];
  return findings.map((finding) => ({ ...finding, topic: `${finding.topic} of the list` }));
}

/** The search is the one listing whose documents agree, and the exporter goes by them. */
const RECORDS: Finding = {
  topic: 'offset',
  verdict: 'problem',
  says: 'counts records, where the documents say pages: of more than 50 jobs some may be missed. Please report this',
};

/** Whether texts come in the language that is asked for. */
async function languageFindings({ api, project, ids, now }: ExamineRequest): Promise<readonly Finding[]> {
  const topic = 'language';
  const [id] = ids;
  if (id === undefined) return [];
  const texts = async (language: 'en-us' | 'zh-cn') => {
    const request = { id, now, project: { ...project, api: { ...project.api, language } } };
    const body = await api.request(eventsRequest(request, { order: 'desc', offset: 0 }, FEW));
    const events = listOf(objectOf(body)['events']).filter(isObject);
    return events.map(({ message }) => String(message)).join('\n');
  };
  const [english, chinese] = [await texts('en-us'), await texts('zh-cn')];
  if (english === '') return [{ topic, verdict: 'unknown', says: 'there are no texts to compare' }];
  const isChinese = (text: string) => /\p{Script=Han}/u.test(text);
  if (isChinese(chinese) && !isChinese(english))
    return [{ topic, verdict: 'ok', says: 'texts come in the language that is asked for' }];
  const which = isChinese(english) ? 'Chinese' : 'English';
  return [{ topic, verdict: 'note', says: `texts are in ${which}, whatever language is asked for` }];
}
