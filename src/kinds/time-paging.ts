import type { Page } from './event.ts';
import {
  concatenate,
  countKeys,
  descends,
  earliest,
  isOneInstant,
  isWhole,
  latest,
  size,
  unionSize,
} from './page.ts';
import type { Admit } from './reading.ts';

export interface PageRequest {
  /** Epoch milliseconds; whether the bound itself is inside is not documented. Without it: any time. */
  readonly start?: number;
  readonly end?: number;
  readonly order: 'asc' | 'desc';
  readonly offset: number;
}

/** An event API that filters by time and sorts. */
export interface TimedSource<E> {
  /** Resolution of its instants in milliseconds. */
  readonly step: number;
  fetch(request: PageRequest): Promise<Page<E>>;
}

export interface TimedRead {
  /** Where the next read begins, when the limit stopped this one. */
  readonly resume?: number;
  readonly truncated: boolean;
}

/** Requests that one instant, or a walk downward, may cost. */
const PAGES_MAX = 100;

/**
 * Reads every event since an instant. Pages go by time and not by offset: the documents disagree on
 * what `offset` counts, and events arrive between two pages. Each page begins one step before the last
 * instant of the one before, so a bound that excludes itself loses nothing; what is read twice is the
 * ledger's business. A short page is no end, since a server may give less than was asked for: `total` tells
 * it, or where that is missing, or of all events whatever the range, an empty page behind the last.
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
    if (!isWhole(page) && descends(page)) return readDownward(source, start, page, limit, admit);
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
      if (!(await readRange(source, start, newest + 2 * step, admit))) truncated = true;
      start = newest + step;
    }
  }
  return { resume: start + step, truncated };
}

/**
 * Reads a range whose single instant fills a page: ascending and descending ends first, by offset where
 * the two do not meet. Nothing counts as whole that does not agree with the server's own total or, where
 * that is missing or is of all events whatever the range, with everything else that the server showed. And
 * nothing is admitted before all is read: what comes first may be the newest, and a failure would leave a gap.
 */
async function readRange<E>(
  source: TimedSource<E>,
  start: number,
  end: number,
  admit: Admit<E>,
): Promise<boolean> {
  const range = { start, end, order: 'asc' } as const;
  const head = await source.fetch({ ...range, offset: 0 });
  const { total } = head;
  const found = [head];
  const finish = (whole: boolean): boolean => {
    for (const page of found) admit(page);
    return whole;
  };
  if (isWhole(head)) return finish(true);
  const tail = await source.fetch({ ...range, order: 'desc', offset: 0 });
  found.push(tail);
  if (total !== undefined && unionSize(head, tail) >= total) return finish(true);
  const second = await source.fetch({ ...range, offset: 1 });
  found.push(second);
  if (size(second) === 0) return finish(true);

  // Items that are all alike show nothing of what `offset` counts: then only the total tells.
  const areAlike = countKeys(head).size === 1;
  let likely: Page<E> | undefined;
  for (const stride of isShifted(second, head) ? [size(head), 1] : [1, size(head)]) {
    const { pages, ended } = await readOffsets(source, range, head, stride);
    found.push(...pages);
    const walk = concatenate(pages);
    if (unionSize(walk, tail) > size(walk) || unionSize(walk, second) > size(walk)) continue;
    if (ended && !areAlike) likely ??= walk;
    if (size(walk) !== total && (total !== undefined || likely === undefined)) continue;
    found.push(walk);
    return finish(true);
  }
  if (likely !== undefined) found.push(likely);
  return finish(likely !== undefined);
}

/** Looks like the other page less its first item, as where `offset` counts records. */
function isShifted(page: Page<unknown>, other: Page<unknown>): boolean {
  const common = size(page) + size(other) - unionSize(page, other);
  if (common < size(other) - 1) return false;
  // The item that is missing may be one that could not be read.
  return [0, 1].some((first) =>
    other.sightings.slice(first).every(({ key }, index) => page.sightings[index]?.key === key),
  );
}

/**
 * Reads by offset until a page is shorter than the first, or the total is reached, or without one a page is
 * that before it again.
 * @param stride the page size where `offset` counts records, 1 where it counts pages
 */
async function readOffsets<E>(
  source: TimedSource<E>,
  range: Omit<PageRequest, 'offset'>,
  head: Page<E>,
  stride: number,
): Promise<{ readonly pages: readonly Page<E>[]; readonly ended: boolean }> {
  const { total = Number.POSITIVE_INFINITY } = head;
  const pages = [head];
  let before = head;
  for (let read = size(head); read < total && pages.length < PAGES_MAX; ) {
    const page = await source.fetch({ ...range, offset: pages.length * stride });
    pages.push(page);
    read += size(page);
    if (size(page) < size(head)) return { pages, ended: true };
    if (head.total === undefined && unionSize(page, before) === size(page)) break;
    before = page;
  }
  return { pages, ended: false };
}

/**
 * For a server that gives the newest events first whatever order is asked for. Nothing is admitted before
 * the walk has arrived: the cursor must not pass a gap.
 */
async function readDownward<E>(
  source: TimedSource<E>,
  start: number,
  head: Page<E>,
  limit: number,
  admit: Admit<E>,
): Promise<TimedRead> {
  const pages = [head];
  const keep: Admit<E> = (page) => pages.push(page);
  let end = Number.POSITIVE_INFINITY;
  let truncated = false;
  let page = head;
  for (let read = size(head); !isWhole(page); read += size(page)) {
    const oldest = earliest(page.sightings);
    if (oldest === undefined || read >= limit || pages.length >= PAGES_MAX) {
      truncated = true;
      break;
    }
    if (oldest + source.step < end) {
      end = oldest + source.step;
    } else {
      if (!(await readRange(source, oldest - 2 * source.step, end, keep))) truncated = true;
      end = oldest - source.step;
    }
    page = await source.fetch({ start, end, order: 'asc', offset: 0 });
    keep(page);
  }
  for (const kept of pages.reverse()) admit(kept);
  return { truncated };
}
