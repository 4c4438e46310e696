import type { Admit, Page, Sighting } from './kind.ts';

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
 * ledger's business. `total` tells the end, since a server may give less than was asked for.
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
    if (isWhole(page) || newest === undefined || (isOneInstant(page) && page.total === undefined)) {
      admit(page);
      return { truncated: truncated || (newest === undefined && !isWhole(page)) };
    }
    // A page of one instant does not even tell whether the server goes up or down.
    if (newest - step > start && !isOneInstant(page)) {
      admit(page);
      start = newest - step;
    } else {
      if (!(await readRange(source, start, newest + 2 * step, admit))) truncated = true;
      start = newest + step;
    }
  }
  return { resume: start + step, truncated };
}

/**
 * Reads a range whose single instant fills a page: ascending and descending ends first, by offset where
 * the two do not meet. Nothing counts as whole that does not agree with the server's own total, and nothing
 * is admitted before all is read: what comes first may be the newest, and a failure would leave a gap.
 */
async function readRange<E>(
  source: TimedSource<E>,
  start: number,
  end: number,
  admit: Admit<E>,
): Promise<boolean> {
  const head = await source.fetch({ start, end, order: 'asc', offset: 0 });
  const { total } = head;
  const found = [head];
  const finish = (whole: boolean): boolean => {
    for (const page of found) admit(page);
    return whole;
  };
  if (isWhole(head)) return finish(true);
  if (total === undefined) return finish(false);
  const tail = await source.fetch({ start, end, order: 'desc', offset: 0 });
  found.push(tail);
  if (unionSize(head, tail) >= total) return finish(true);

  const pageSize = size(head);
  for (const stride of pageSize === 1 ? [1] : [pageSize, 1]) {
    const pages: Page<E>[] = await readOffsets(source, { start, end, order: 'asc' }, head, stride, total);
    if (pages.reduce((sum, page) => sum + size(page), 0) === total) {
      found.push(concatenate(pages));
      return finish(true);
    }
    found.push(...pages);
    const countsRecords = pages.length > 1 && total <= pageSize * pageSize;
    if (countsRecords) break;
  }
  return finish(false);
}

/** `stride` is the page size where `offset` counts records, 1 where it counts pages. */
async function readOffsets<E>(
  source: TimedSource<E>,
  range: Omit<PageRequest, 'offset'>,
  head: Page<E>,
  stride: number,
  total: number,
): Promise<Page<E>[]> {
  const pages = [head];
  for (let read = size(head); read < total && pages.length < PAGES_MAX; ) {
    const page = await source.fetch({ ...range, offset: pages.length * stride });
    if (size(page) === 0) break;
    pages.push(page);
    read += size(page);
  }
  return pages;
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

/** Readable or not, what the server returned. */
export function size(page: Page<unknown>): number {
  return page.sightings.length + page.malformed.length;
}

/** Nothing more matches the request. */
export function isWhole(page: Page<unknown>): boolean {
  return size(page) === 0 || (page.total !== undefined && size(page) >= page.total);
}

export function earliest(sightings: readonly Sighting<unknown>[]): number | undefined {
  return extreme(sightings, Math.min);
}

function latest(sightings: readonly Sighting<unknown>[]): number | undefined {
  return extreme(sightings, Math.max);
}

function extreme(
  sightings: readonly Sighting<unknown>[],
  pick: (a: number, b: number) => number,
): number | undefined {
  return sightings.reduce<number | undefined>(
    (found, { last }) => (found === undefined ? last : pick(found, last)),
    undefined,
  );
}

function isOneInstant({ sightings }: Page<unknown>): boolean {
  return earliest(sightings) === latest(sightings);
}

/** Newest first, and not all at one instant. */
export function descends({ sightings }: Page<unknown>): boolean {
  const first = sightings[0];
  const last = sightings.at(-1);
  if (first === undefined || last === undefined || first.last <= last.last) return false;
  return sightings.every(
    (sighting, index) => index === 0 || sighting.last <= (sightings[index - 1]?.last ?? 0),
  );
}

/** How many items two views of one range show together, identical ones counted as in the fuller view. */
function unionSize<E>(a: Page<E>, b: Page<E>): number {
  const union = countKeys(a);
  for (const [key, count] of countKeys(b)) union.set(key, Math.max(count, union.get(key) ?? 0));
  return [...union.values()].reduce((sum, count) => sum + count, 0);
}

function countKeys(page: Page<unknown>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of [...page.sightings.map((sighting) => sighting.key), ...page.malformed]) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function concatenate<E>(pages: readonly Page<E>[]): Page<E> {
  return {
    sightings: pages.flatMap((page) => page.sightings),
    malformed: pages.flatMap((page) => page.malformed),
    total: pages[0]?.total,
  };
}
