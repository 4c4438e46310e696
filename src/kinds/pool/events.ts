import type { ApiRequest, Query } from '../../modelarts/api.ts';
import {
  contentKey,
  decodePage,
  itemsOf,
  type JsonObject,
  nameOf,
  objectOf,
  oneOf,
  rfc3339Time,
  textOf,
  wholeNumber,
} from '../decode.ts';
import type { Page, Sighting } from '../event.ts';
import { concatenate, isWhole, size, unionSize } from '../page-arithmetic.ts';
import type { Admit, ReadRequest, ReadResult } from '../reading.ts';
import { inSmallerPages } from '../smaller-pages.ts';

export const TYPES = ['normal', 'warning'] as const;
export const STATUS_CHANGE = 'PoolStatusChange';
export const RESOURCES_CHANGE = 'PoolResourcesStatusChange';

/** A resource pool event, from "Querying a Trace List". */
export interface PoolEvent {
  readonly type: (typeof TYPES)[number] | 'other';
  readonly reason: string;
  readonly message: string;
}

interface Paging {
  readonly continue?: string;
  readonly offset?: number;
  readonly ascend?: boolean;
}

/** The documented maximum of a page. */
export const LIMIT = 500;

/**
 * Reads a pool's events. A record may grow for as long as it exists, and `since` may hide that, so every
 * now and then a read goes without it. Its unit is not documented: as seconds it is right, and a server
 * that takes it for milliseconds returns more.
 */
export function readEvents(
  request: ReadRequest,
  everything: boolean,
  admit: Admit<PoolEvent>,
): Promise<ReadResult> {
  return inSmallerPages(Math.min(LIMIT, request.limit), (limit) =>
    readPages(request, limit, everything, admit),
  );
}

/** The request of a page of events. */
export function eventsRequest(id: string, limit: number, query: Query): ApiRequest {
  return {
    operation: 'pool_events',
    version: 'v1',
    path: 'events',
    query: { resource: 'pools', name: id, limit, ...query },
  };
}

async function readPages(
  request: ReadRequest,
  limit: number,
  everything: boolean,
  admit: Admit<PoolEvent>,
): Promise<ReadResult> {
  const since = everything ? undefined : Math.floor(request.since / 1000);
  const fetch = (paging: Paging) => request.page([limit, everything, paging], () => fetchNow(paging));
  const fetchNow = async (paging: Paging) => {
    const { body, items, total } = itemsOf(
      await request.api.request(eventsRequest(request.id, limit, { since, ...paging })),
      'items',
      'total',
      paging.continue !== undefined || paging.offset ? 'later' : 'first',
    );
    const next = objectOf(body['metadata'])['continue'];
    return {
      page: decodePage(items, total, (item) => decodeEvent(item, request.now)),
      next: typeof next === 'string' ? next : '',
    };
  };
  const whole =
    request.project.poolEvents === 'continue'
      ? await readByMarker((marker) => fetch(marker === '' ? {} : { continue: marker }), request.limit, admit)
      : await readByOffset(
          async (offset) => (await fetch({ offset, ascend: true })).page,
          request.limit,
          admit,
        );
  return { truncated: !whole, exhaustive: everything && whole };
}

/**
 * Reads from marker to marker. A marker shows no record twice, so all pages are taken in as one, and identical
 * records are as many events although a boundary runs between them. A server that ignores markers shows the same
 * page again, whose records must not count twice.
 * @returns false when the limit ended it, or the server ignores markers: then it tells a total
 */
async function readByMarker(
  fetch: (marker: string) => Promise<{ page: Page<PoolEvent>; next: string }>,
  limit: number,
  admit: Admit<PoolEvent>,
): Promise<boolean> {
  const pages: Page<PoolEvent>[] = [];
  const seen = new Set<string>();
  const finish = (whole: boolean): boolean => {
    admit(concatenate(pages));
    return whole;
  };
  let marker = '';
  for (let read = 0; ; ) {
    const { page, next } = await fetch(marker);
    const isRepeated = size(page) > 0 && pages.some((other) => isShownAgain(page, other));
    if (isRepeated) return finish(isWhole(page) || (seen.has(next) && page.total === undefined));
    pages.push(page);
    read += size(page);
    if (next === '' || size(page) === 0) return finish(true);
    if (seen.has(next)) return finish(page.total === undefined || isWhole(page));
    if (read >= limit) return finish(false);
    seen.add(next);
    marker = next;
  }
}

/**
 * Ascending, so that what arrives meanwhile comes last. `offset` may count records or pages, and offset 1
 * shows it: where that page repeats the first one, records are counted.
 */
async function readByOffset(
  fetch: (offset: number) => Promise<Page<PoolEvent>>,
  limit: number,
  admit: Admit<PoolEvent>,
): Promise<boolean> {
  const head = await fetch(0);
  admit(head);
  const total = head.total ?? Number.POSITIVE_INFINITY;
  if (isWhole(head)) return true;
  if (size(head) >= limit) return false;
  const second = await fetch(1);
  const stride = repeats(second, head) ? size(head) : 1;
  let page = stride === 1 ? second : await fetch(stride);
  let read = size(head);
  for (let pages = 1; size(page) > 0; ) {
    if (isSame(page, head)) return false;
    admit(page);
    read += size(page);
    pages += 1;
    if (read >= total) return true;
    if (read >= limit) return false;
    page = await fetch(pages * stride);
  }
  return head.total === undefined;
}

/** The server knows nothing of paging as it was asked for: it gives the same again. */
function isSame(page: Page<PoolEvent>, other: Page<PoolEvent>): boolean {
  return size(page) === size(other) && unionSize(page, other) === size(page);
}

/** The same page again, but for what was recorded meanwhile. */
function isShownAgain(page: Page<PoolEvent>, other: Page<PoolEvent>): boolean {
  return isSame(page, other) || unionSize(page, other) - size(other) <= size(page) / 10;
}

/** At least half of a page was in another one. */
function repeats(page: Page<PoolEvent>, other: Page<PoolEvent>): boolean {
  const known = new Set([...other.sightings.map(({ key }) => key), ...other.malformed]);
  const repeated = [...page.sightings.map(({ key }) => key), ...page.malformed].filter((key) =>
    known.has(key),
  );
  return repeated.length > 0 && repeated.length * 2 >= size(page);
}

export function decodeEvent(item: JsonObject, now: number): Sighting<PoolEvent> | undefined {
  const { type } = item;
  const reason = item['reason'] ?? '';
  const message = textOf(item['message']);
  const first = rfc3339Time(item['firstTimestamp'] ?? item['lastTimestamp'], now);
  const last = rfc3339Time(item['lastTimestamp'] ?? item['firstTimestamp'], now);
  if (typeof type !== 'string' || typeof reason !== 'string' || message === undefined) return undefined;
  if (first === undefined || last === undefined) return undefined;
  const count = item['count'] === undefined || item['count'] === null ? 1 : wholeNumber(item['count']);
  if (count === undefined) return undefined;
  return {
    key: contentKey([type.toLowerCase(), reason, message, first]),
    event: { type: oneOf(TYPES, type), reason: nameOf(reason) ?? 'other', message },
    first,
    last: Math.max(first, last),
    count: Math.max(1, count),
  };
}
