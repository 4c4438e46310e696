import type { ApiRequest } from '../modelarts/api.ts';
import { type Catalog, catalogMatch } from './catalog.ts';
import { contentKey, isObject, type JsonObject, listOf, objectOf } from './decode.ts';
import type { Sighting } from './event.ts';
import { EVENTS_MIN, type ExamineRequest, type Finding, mostTelling, TOO_FEW_EVENTS } from './examination.ts';
import { offsetFinding, totalFinding } from './examine-paging.ts';
import type { PageRequest } from './time-paging.ts';

/** An event API that filters by time and sorts, on whose parameters the documents disagree. */
export interface ExaminedTimeline {
  /** The largest page that is documented. */
  readonly limit: number;
  /** Resolution of its instants in milliseconds. */
  readonly step: number;
  readonly listField: string;
  readonly totalField: string;
  readonly timeField: string;
  readonly textField: string;
  readonly catalog: Catalog;
  request(id: string, page: Partial<PageRequest>, limit: number): ApiRequest;
  decode(item: JsonObject, now: number): Sighting<unknown> | undefined;
}

interface Shown {
  readonly body: JsonObject;
  readonly items: readonly unknown[];
  readonly keys: readonly string[];
  readonly times: readonly number[];
}

const TEXTS_SHOWN = 20;
const FEW = 2;

export async function examineTimeline(
  timeline: ExaminedTimeline,
  { api, ids, now }: ExamineRequest,
): Promise<readonly Finding[]> {
  const ask = async (id: string, page: Partial<PageRequest>, limit: number): Promise<Shown> => {
    const body = await api.request(timeline.request(id, page, limit));
    return shownOf(timeline, body, now);
  };
  const whole = await mostTelling(
    ids,
    async (id) => ({ id, ...(await ask(id, { order: 'desc', offset: 0 }, timeline.limit)) }),
    ({ times }) => new Set(times).size >= EVENTS_MIN,
  );
  if (whole === undefined) return [];
  const { id } = whole;
  const findings = [
    ...contentFindings(timeline, whole, now),
    totalFinding(whole.body[timeline.totalField]),
    ...capFinding(timeline, whole),
  ];
  const [newest, oldest] = [Math.max(...whole.times), Math.min(...whole.times)];
  if (whole.items.length < EVENTS_MIN || newest === oldest) return [...findings, TOO_FEW_EVENTS];
  findings.push(...(await orderFindings((page) => ask(id, page, FEW), whole)));
  findings.push(
    await offsetFinding(
      whole.keys,
      async (limit) => (await ask(id, { order: 'desc', offset: 1 }, limit)).keys,
    ),
  );
  findings.push(
    await startFinding((start) => ask(id, { start, order: 'asc', offset: 0 }, FEW), timeline, newest),
  );
  return findings;
}

function shownOf({ listField, decode }: ExaminedTimeline, body: unknown, now: number): Shown {
  const object = objectOf(body);
  const items = listOf(object[listField]);
  const times = items.flatMap((item) => (isObject(item) ? (decode(item, now)?.last ?? []) : []));
  return { body: object, items, keys: items.map(contentKey), times };
}

/** What the events of a page are like: whether they can be read, how times are written, which texts are new. */
export function contentFindings(
  {
    timeField,
    textField,
    catalog,
    decode,
  }: Pick<ExaminedTimeline, 'timeField' | 'textField' | 'catalog' | 'decode'>,
  { items }: Pick<Shown, 'items'>,
  now: number,
): Finding[] {
  if (items.length === 0) return [{ topic: 'events', verdict: 'unknown', says: 'there are none to look at' }];
  const objects = items.filter(isObject);
  const unread = items.length - objects.filter((item) => decode(item, now) !== undefined).length;
  const findings: Finding[] = [
    unread === 0
      ? { topic: 'events', verdict: 'ok', says: `all ${items.length} that were read can be understood` }
      : {
          topic: 'events',
          verdict: 'problem',
          says: `${unread} of ${items.length} can't be understood: the exporter skips and counts them. Please report this`,
        },
    timesFinding(objects.map((item) => item[timeField])),
  ];
  const isKnown = catalogMatch(catalog);
  const texts = objects.flatMap((item) => {
    const text = item[textField];
    return typeof text === 'string' && !isKnown(text) ? [text] : [];
  });
  const unknown = [...new Set(texts)];
  if (unknown.length === 0)
    return [...findings, { topic: 'texts', verdict: 'ok', says: 'all are in the documents' }];
  const says = `${unknown.length} are not in the documents: they count as events, and if one tells of trouble that has no alert, please report it`;
  return [...findings, { topic: 'texts', verdict: 'note', says, texts: unknown.slice(0, TEXTS_SHOWN) }];
}

function timesFinding(times: readonly unknown[]): Finding {
  const forms = [...new Set(times.map(formOf))].sort();
  const isOdd = forms.some((form) => form.startsWith('?'));
  const says = forms.map((form) => form.replace('?', '')).join('; ');
  return isOdd
    ? {
        topic: 'times',
        verdict: 'problem',
        says: `${says}: such a time names no instant, and its event is skipped`,
      }
    : { topic: 'times', verdict: 'ok', says };
}

function formOf(time: unknown): string {
  if (typeof time === 'number') return time > 1e11 ? 'Unix milliseconds' : '?Unix seconds';
  if (typeof time !== 'string') return '?missing';
  const zone = /(Z|[+-]\d\d:?\d\d)$/i.exec(time)?.[1];
  if (zone === undefined) return /^\d{13}$/.test(time) ? 'Unix milliseconds as text' : '?without a time zone';
  return /^z$/i.test(zone) ? 'UTC' : `time zone ${zone}`;
}

function capFinding({ limit, totalField }: ExaminedTimeline, { body, items }: Shown): Finding[] {
  const total = Number(body[totalField]);
  if (!(items.length < Math.min(limit, total))) return [];
  const says = `pages hold ${items.length} at most, although ${limit} are asked for: the exporter asks for as many pages as it needs`;
  return [{ topic: 'page size', verdict: 'note', says }];
}

async function orderFindings(
  ask: (page: Partial<PageRequest>) => Promise<Shown>,
  whole: Shown,
): Promise<readonly Finding[]> {
  const ascending = await ask({ order: 'asc', offset: 0 });
  const unasked = await ask({ offset: 0 });
  const isDown = descends(whole.times);
  const isUp = (ascending.times[0] ?? Number.POSITIVE_INFINITY) <= Math.min(...whole.times);
  const order: Finding =
    isDown && isUp
      ? { topic: 'order', verdict: 'ok', says: 'as it is asked for' }
      : {
          topic: 'order',
          verdict: 'note',
          says: `${isDown ? 'always the newest first' : 'always the oldest first'}, whatever is asked for: the exporter notices and reads on from there`,
        };
  const first = unasked.times[0] ?? 0;
  const isNewestFirst = first >= Math.max(...whole.times);
  const says = `the ${isNewestFirst ? 'newest' : 'oldest'} first, where none is asked for; the exporter always asks`;
  return [order, { topic: 'default order', verdict: 'ok', says }];
}

function descends(times: readonly number[]): boolean {
  return (times[0] ?? 0) > (times.at(-1) ?? 0);
}

/** In which unit `start_time` is read, and whether an event at that very time is inside. */
async function startFinding(
  ask: (start: number) => Promise<Shown>,
  { step }: ExaminedTimeline,
  newest: number,
): Promise<Finding> {
  const topic = 'start_time';
  const at = await ask(newest);
  if (at.times.some((time) => time < newest)) {
    const says = 'is not heeded: every read returns older events too, which costs answers but loses nothing';
    return { topic, verdict: 'note', says };
  }
  if (at.items.length > 0) return { topic, verdict: 'ok', says: 'is in milliseconds, and inclusive' };
  const before = await ask(newest - step);
  if (before.items.length > 0) return { topic, verdict: 'ok', says: 'is in milliseconds, and exclusive' };
  const seconds = await ask(Math.floor(newest / 1000));
  return seconds.items.length > 0 && seconds.times.every((time) => time >= newest - 1000)
    ? {
        topic,
        verdict: 'problem',
        says: 'is in seconds: the exporter would read nothing new. Please report this',
      }
    : { topic, verdict: 'problem', says: 'hides events at and after it. Please report this' };
}
