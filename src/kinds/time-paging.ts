import { PAGES_MAX, readInstant } from './crowded-instant.ts';
import type { Page } from './event.ts';
import { descends, earliest, isOneInstant, isWhole, latest, size } from './page-arithmetic.ts';
import type { Admit } from './reading.ts';

export interface PageRequest {
  /** Unix milliseconds; whether the bound itself is inside is not documented. Without it: any time. */
  readonly start?: number;
  readonly end?: number;
  readonly order: 'asc' | 'desc';
  readonly offset: number;
}

/** An event API that filters by time and sorts. */
export interface TimedSource<E> {
  /** Resolution of its instants in milliseconds. */
  readonly step: number;
  /** How many events at or after the first instant of the read are known. */
  readonly known?: number;
  fetch(request: PageRequest): Promise<Page<E>>;
}

export interface TimedRead {
  /** Where the next read begins, when the limit stopped this one. */
  readonly resume?: number;
  readonly truncated: boolean;
}

/**
 * Reads every event since an instant. Pages go by time and not by offset: the documents disagree on
 * what `offset` counts, and events arrive between two pages.
 *
 * Each page begins one step before the newest instant of the page before. A bound that excludes itself then
 * loses nothing, and the events that come twice are recognised by the ledger. That fails where one instant
 * alone fills a page: of 130 events in one second, in pages of 100, the same 100 would come for ever. Such a
 * second is read by `readInstant`, and the next page begins behind it.
 *
 * A short page is not the end, since a server may give less than was asked for. The end is where a page holds
 * as many events as its `total` says; where the total is missing, or counts all events whatever the range, it is
 * where an empty page follows the last.
 * @param limit events after which the read stops and says where to go on
 */
export async function readByTime<E>(
  source: TimedSource<E>,
  since: number,
  limit: number,
  admit: Admit<E>,
): Promise<TimedRead> {
  const { step } = source;
  let start = since - step;
  let truncated = false;
  for (let read = 0; read < limit; ) {
    const page = await source.fetch({ start, order: 'asc', offset: 0 });
    if (read === 0 && isAllKnown(page, since, source.known)) {
      admit(page);
      return { truncated };
    }
    if (!isWhole(page) && descends(page)) return readDownward(source, start, page, admit);
    const newest = latest(page.sightings);
    read += size(page);
    if (isWhole(page) || newest === undefined) {
      admit(page);
      return { truncated: truncated || (newest === undefined && !isWhole(page)) };
    }
    // A page of one instant does not even tell whether the server goes up or down.
    if (newest - step > start && !isOneInstant(page)) {
      admit(page);
      start = newest - step;
    } else if (size(await source.fetch({ start, order: 'asc', offset: 1 })) === 0) {
      admit(page);
      return { truncated };
    } else {
      if (!(await readInstant(source, start, newest + 2 * step, admit))) truncated = true;
      start = newest + step;
    }
  }
  return { resume: start + step, truncated };
}

/**
 * Reads from a server that gives the newest events first whatever order is asked for. Each page ends one step
 * behind the oldest instant of the page before, and a second that fills a page is read by `readInstant`. Nothing
 * is handed over before the oldest events are read: the next read begins at the newest event that was, so a gap
 * below it would stay for ever. For the same reason no limit stops it halfway, only the number of pages.
 */
async function readDownward<E>(
  source: TimedSource<E>,
  start: number,
  head: Page<E>,
  admit: Admit<E>,
): Promise<TimedRead> {
  const pages = [head];
  const keep: Admit<E> = (page) => pages.push(page);
  let end = Number.POSITIVE_INFINITY;
  let truncated = false;
  let page = head;
  while (!isWhole(page)) {
    const oldest = earliest(page.sightings);
    if (oldest === undefined || pages.length >= PAGES_MAX) {
      truncated = true;
      break;
    }
    if (oldest + source.step < end) {
      end = oldest + source.step;
    } else {
      if (!(await readInstant(source, oldest - 2 * source.step, end, keep))) truncated = true;
      end = oldest - source.step;
    }
    page = await source.fetch({ start, end, order: 'asc', offset: 0 });
    keep(page);
  }
  for (const kept of pages.reverse()) admit(kept);
  return { truncated };
}

/**
 * Whether the total says that nothing is there but what is known and what the page shows of before. A quiet job with
 * 3,000 events in its newest second would else be read again in 100 requests at every refresh.
 */
function isAllKnown({ sightings, malformed, total }: Page<unknown>, since: number, known = 0): boolean {
  const before = sightings.filter(({ last }) => last < since).length;
  return known > 0 && total === known + before + malformed.length;
}
