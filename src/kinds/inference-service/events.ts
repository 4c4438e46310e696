import type { ApiConfig } from '../../config/config.ts';
import type { ApiRequest } from '../../modelarts/api.ts';
import type { JsonObject } from '../decode.ts';
import { contentKey, decodePage, isObject, itemsOf, oneOf, textOf, wholeNumber } from '../decode.ts';
import type { Page, Sighting } from '../event.ts';
import type { Admit, ReadRequest, ReadResult } from '../reading.ts';
import { inSmallerPages } from '../smaller-pages.ts';
import { type Place, type Rows, readRows } from './rows.ts';
import { instantOf } from './times.ts';

export const EVENT_TYPES = ['normal', 'abnormal', 'warning'] as const;

/** An event of an inference service, from "ListInferServiceEvents". */
export interface ServiceEvent {
  readonly eventType: (typeof EVENT_TYPES)[number] | 'other';
  readonly message: string;
}

/** A reading that stopped at its limit, or failed half-way: where it goes on. */
export interface Backlog extends Place {
  /** It reads all that there is, and does not stop at known events. */
  readonly everything: boolean;
}

/** The documented maximum of a page, and what mostly does where little is new. */
export const LIMIT = 500;
const LIMIT_OF_NEWS = 100;
const REQUESTS_MAX_SCARCE = 10;

/**
 * Reads a service's events, the one that happened last first, until those follow that were known before. A repeated
 * event keeps its id and moves to the front with a higher count. No time filter is sent: the documents do not tell
 * whether it looks at the first or the last occurrence, and by the first one it would hide what is repeated. The first
 * read goes to the end, so that later growth of any event is known for what it is.
 */
export async function readEvents(
  request: ReadRequest,
  state: { backlog?: Backlog },
  admit: Admit<ServiceEvent>,
): Promise<ReadResult> {
  const everything = state.backlog?.everything ?? request.first;
  let from: Place | undefined = state.backlog;
  return inSmallerPages(Math.min(LIMIT, request.limit), async (limit) => {
    const fetch = (rows: number, offset: number) => fetchRows(request, rows, offset);
    const isResumed = from !== undefined;
    const isNews = limit > LIMIT_OF_NEWS && !everything;
    const read = await readRows({
      fetch,
      limits: isNews ? [LIMIT_OF_NEWS, limit] : [limit],
      rowsMax: rowsMaxOf(request),
      from,
      keyOf,
      isEnough: everything ? () => false : reachesBackTo(request),
    }).finally(() => {
      // Where a page was too large, smaller ones begin anew.
      from = undefined;
    });
    const { pages, overlap, place, failure, isWhole, hasGap } = read;
    const [head = []] = pages;
    const inOne = [head.slice(0, head.length - overlap), ...pages.slice(1)];
    if (!isResumed && hasTwins(inOne) && (await isStill(fetch, head))) {
      admit(decoded(inOne.flat(), request));
    } else {
      for (const items of pages.toReversed()) admit(decoded(items, request));
    }
    if (place === undefined) delete state.backlog;
    else state.backlog = { ...place, everything };
    return {
      truncated: hasGap,
      exhaustive: isWhole,
      resume: place === undefined ? undefined : request.since,
      failure,
    };
  });
}

/** Where requests are scarce, others wait for theirs: the next refresh goes on. */
function rowsMaxOf({ api, limit }: ReadRequest): number {
  return api.isScarce?.() ? Math.min(limit, REQUESTS_MAX_SCARCE * LIMIT) : limit;
}

/** @param start Unix milliseconds; left out: any time */
export function eventsRequest(id: string, limit: number, offset: number, start?: number): ApiRequest {
  return {
    operation: 'inference_service_events',
    version: 'v2',
    path: `services/${encodeURIComponent(id)}/events`,
    query: { limit, offset, sort_key: 'update_at', sort_dir: 'DESC', start_time: start },
  };
}

async function fetchRows({ api, id }: ReadRequest, limit: number, offset: number): Promise<Rows> {
  const body = await api.request(eventsRequest(id, limit, offset));
  const { body: answer, ...rows } = itemsOf(body, 'data', 'total', offset === 0 ? 'first' : 'later');
  return { ...rows, isAbsent: !Array.isArray(answer['data']) };
}

/** An event is its id; where the API gives none, its content. */
export function keyOf(item: unknown): string {
  if (!isObject(item)) return contentKey(item);
  const { id } = item;
  if ((typeof id === 'string' && id !== '') || typeof id === 'number') return contentKey(['id', String(id)]);
  return contentKey([
    String(item['event_type']).toLowerCase(),
    item['event_info'],
    item['event_info_cn'],
    item['service_version_id'],
    item['create_at'] ?? item['update_at'],
  ]);
}

function hasId(item: unknown): boolean {
  return isObject(item) && item['id'] !== undefined && item['id'] !== null && item['id'] !== '';
}

/**
 * Tells of each page whether it reaches behind `since`: what follows is known then, if the server sorts as it was
 * asked to. From one that does not, everything is read.
 */
function reachesBackTo({ since, known, now }: ReadRequest): (items: readonly unknown[]) => boolean {
  let oldest = Number.POSITIVE_INFINITY;
  let newest: number | undefined;
  let isSorted = true;
  return (items) => {
    const instants = items.flatMap((item) => (isObject(item) ? (lastOf(item, now) ?? []) : []));
    const [first, last] = [instants[0], instants.at(-1)];
    if (first === undefined || last === undefined) return false;
    newest ??= first;
    const descends = instants.every((instant, index) => instant <= (instants[index - 1] ?? instant));
    isSorted &&= descends && last <= oldest;
    oldest = Math.min(oldest, last);
    // What is known since then would come first.
    const isFromTop = known === 0 || newest >= since;
    return isSorted && isFromTop && newest > oldest && oldest < since;
  };
}

/**
 * Events without an id and with the same content are on several pages: either they are several events, or one that
 * was pushed down meanwhile.
 */
function hasTwins(pages: readonly (readonly unknown[])[]): boolean {
  const seen = new Set<string>();
  for (const items of pages) {
    const keys = new Set(items.filter((item) => !hasId(item)).map(keyOf));
    for (const key of keys) if (seen.has(key)) return true;
    for (const key of keys) seen.add(key);
  }
  return false;
}

/** Nothing was pushed down since the first page was read: whatever is new or repeated would come first. */
async function isStill(
  fetch: (limit: number, offset: number) => Promise<Rows>,
  head: readonly unknown[],
): Promise<boolean> {
  const { items } = await fetch(1, 0);
  return JSON.stringify(items[0]) === JSON.stringify(head[0]);
}

/** A page of items, on which an event with an id is one, however often it comes: the one with the highest count. */
function decoded(items: readonly unknown[], request: ReadRequest): Page<ServiceEvent> {
  const fullest = new Map<string, unknown>();
  for (const item of items) {
    if (!hasId(item)) continue;
    const same = fullest.get(keyOf(item));
    if (same === undefined || countOf(item) > countOf(same)) fullest.set(keyOf(item), item);
  }
  const once = items.filter((item) => !hasId(item) || fullest.get(keyOf(item)) === item);
  return decodePage(once, undefined, (item) =>
    decodeEvent(item, { language: request.project.api.language, now: request.now }),
  );
}

function countOf(item: unknown): number {
  return (isObject(item) ? wholeNumber(item['event_count'] ?? 1) : undefined) ?? 0;
}

/** @param language of its text, where both are there */
export function decodeEvent(
  item: JsonObject,
  { language, now }: { readonly language: ApiConfig['language']; readonly now: number },
): Sighting<ServiceEvent> | undefined {
  const type = item['event_type'];
  const english = textOf(item['event_info']);
  const chinese = textOf(item['event_info_cn']);
  const first = instantOf(item['create_at'] ?? item['update_at'], now);
  const last = lastOf(item, now);
  if (typeof type !== 'string' || english === undefined || chinese === undefined) return undefined;
  if (first === undefined || last === undefined) return undefined;
  const count = item['event_count'] === undefined || item['event_count'] === null ? 1 : countOf(item);
  const message = language === 'zh-cn' ? chinese || english : english || chinese;
  return {
    key: keyOf(item),
    event: { eventType: oneOf(EVENT_TYPES, type), message },
    first,
    last: Math.max(first, last),
    count: Math.max(1, count),
  };
}

function lastOf(item: JsonObject, now: number): number | undefined {
  return instantOf(item['update_at'] ?? item['create_at'], now);
}
