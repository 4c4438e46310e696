import type { ApiRequest } from '../../modelarts/api.ts';
import type { JsonObject } from '../decode.ts';
import { contentKey, decodePage, itemsOf, millisecondsTime, nameOf, oneOf, textOf } from '../decode.ts';
import type { Page, Sighting } from '../event.ts';
import { descends, earliest, isWhole } from '../page-arithmetic.ts';
import type { Admit, ReadRequest } from '../reading.ts';
import { inSmallerPages } from '../smaller-pages.ts';
import { type PageRequest, readByTime, type TimedRead } from '../time-paging.ts';

export const EVENT_TYPES = ['normal', 'abnormal'] as const;

/** A service event, from "Obtaining Service Event Logs". */
export interface ServiceEvent {
  readonly at: number;
  readonly eventType: (typeof EVENT_TYPES)[number] | 'other';
  readonly message: string;
}

/** The documented default page; no maximum is documented. */
export const LIMIT = 1000;

/**
 * Reads a service's events. The first read is the newest page without a start, because phase durations
 * come from the newest deployment however old; mostly it reaches back far enough to be the only one.
 * @param onName told the service's name as the API gives it
 */
export function readEvents(
  request: ReadRequest,
  onName: (name: string) => void,
  admit: Admit<ServiceEvent>,
): Promise<TimedRead> {
  return inSmallerPages(Math.min(LIMIT, request.limit), (limit) => readPages(request, limit, onName, admit));
}

/** The request of a page of events. */
export function eventsRequest(id: string, page: Partial<PageRequest>, limit: number): ApiRequest {
  return {
    operation: 'service_events',
    version: 'v1',
    path: `services/${encodeURIComponent(id)}/events`,
    query: {
      start_time: page.start,
      end_time: page.end,
      offset: page.offset,
      limit,
      sort_by: 'occur_time',
      order: page.order,
    },
  };
}

async function readPages(
  request: ReadRequest,
  limit: number,
  onName: (name: string) => void,
  admit: Admit<ServiceEvent>,
): Promise<TimedRead> {
  const fetch = (page: PageRequest) => request.page([limit, page], () => fetchNow(page));
  const fetchNow = async (page: PageRequest): Promise<Page<ServiceEvent>> => {
    const { body, items, total } = itemsOf(
      await request.api.request(eventsRequest(request.id, page, limit)),
      'events',
      'total_count',
      // The page at offset 1 is asked for only where the total says that more is to come.
      page.offset <= 1 ? 'first' : 'later',
    );
    const name = nameOf(body['service_name']);
    if (name !== undefined) onName(name);
    return decodePage(items, total, (item) => decodeEvent(item, request.now));
  };

  if (request.first) {
    const newest = await fetch({ order: 'desc', offset: 0 });
    const reachesBack = descends(newest) && (earliest(newest.sightings) ?? request.since) < request.since;
    if (isWhole(newest) || reachesBack) {
      admit(newest);
      return { truncated: false };
    }
  }
  return readByTime({ step: 1, known: request.known, fetch }, request.since, request.limit, admit);
}

export function decodeEvent(item: JsonObject, now: number): Sighting<ServiceEvent> | undefined {
  const at = millisecondsTime(item['occur_time'], now);
  const type = item['event_type'];
  const message = textOf(item['event_info']);
  if (at === undefined || typeof type !== 'string' || message === undefined) return undefined;
  return {
    key: contentKey([at, type.toLowerCase(), message]),
    event: { at, eventType: oneOf(EVENT_TYPES, type), message },
    first: at,
    last: at,
    count: 1,
  };
}
