import type { ApiRequest } from '../../modelarts/api.ts';
import { contentKey, decodePage, itemsOf, type JsonObject, oneOf, rfc3339Time, textOf } from '../decode.ts';
import type { Sighting } from '../event.ts';
import type { Admit, ReadRequest } from '../reading.ts';
import { inSmallerPages } from '../smaller-pages.ts';
import { type PageRequest, readByTime, type TimedRead } from '../time-paging.ts';

export const LEVELS = ['info', 'warning', 'error'] as const;
export const SOURCES = ['k8s', 'job', 'task'] as const;

/** A training job event, from "Obtaining the Events of a Training Job". */
export interface JobEvent {
  readonly at: number;
  readonly level: (typeof LEVELS)[number] | 'other';
  readonly source: (typeof SOURCES)[number] | 'other';
  readonly message: string;
}

/** The documented maximum of a page. */
export const LIMIT = 100;
/** `end_time` must come with `start_time`: late enough for a server whose clock is ahead. */
const AHEAD = 10 * 60_000;

/** Reads a training job's events; its times are whole seconds, the bounds it takes are milliseconds. */
export function readEvents(request: ReadRequest, admit: Admit<JobEvent>): Promise<TimedRead> {
  return inSmallerPages(Math.min(LIMIT, request.limit), (limit) => readPages(request, limit, admit));
}

/** The request of a page of events. */
export function eventsRequest(
  { id, project, now }: Pick<ReadRequest, 'id' | 'project' | 'now'>,
  page: Partial<PageRequest>,
  limit: number,
): ApiRequest {
  return {
    operation: 'training_job_events',
    version: 'v2',
    path: `training-jobs/${encodeURIComponent(id)}/events`,
    query: {
      start_time: page.start,
      end_time: page.start === undefined ? page.end : (page.end ?? now + AHEAD),
      offset: page.offset,
      limit,
      order: page.order,
    },
    headers: { 'X-Language': project.api.language },
  };
}

function readPages(request: ReadRequest, limit: number, admit: Admit<JobEvent>): Promise<TimedRead> {
  const fetch = (page: PageRequest) => request.page([limit, page], () => fetchNow(page));
  const fetchNow = async (page: PageRequest) => {
    const { items, total } = itemsOf(
      await request.api.request(eventsRequest(request, page, limit)),
      'events',
      'total',
      // The page at offset 1 is asked for only where the total says that more is to come.
      page.offset <= 1 ? 'first' : 'later',
    );
    return decodePage(items, total, (item) => decodeEvent(item, request.now));
  };
  return readByTime({ step: 1000, known: request.known, fetch }, request.since, request.limit, admit);
}

export function decodeEvent(item: JsonObject, now: number): Sighting<JobEvent> | undefined {
  const at = rfc3339Time(item['time'], now);
  const { level, source } = item;
  const message = textOf(item['message']);
  if (at === undefined || typeof level !== 'string' || typeof source !== 'string' || message === undefined) {
    return undefined;
  }
  return {
    key: contentKey([at, level.toLowerCase(), source.toLowerCase(), message]),
    event: { at, level: oneOf(LEVELS, level), source: oneOf(SOURCES, source), message },
    first: at,
    last: at,
    count: 1,
  };
}
