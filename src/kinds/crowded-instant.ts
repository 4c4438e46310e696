import type { Page } from './event.ts';
import { concatenate, countKeys, isWhole, size, unionSize } from './page-arithmetic.ts';
import type { Admit } from './reading.ts';
import type { PageRequest, TimedSource } from './time-paging.ts';

/** Requests that one walk may cost, by offset or downward. */
export const PAGES_MAX = 100;

/**
 * Reads a short range in which one instant holds more events than a page, such as 130 events in one second
 * where a page holds 100. In this order it tries
 *
 * 1. the ascending page: does it hold the whole range?
 * 2. the descending page, whose first 100 are the last 100: do the two together hold as many as the total?
 * 3. the page at offset 1: is there nothing behind the first page after all?
 * 4. walks by offset, with a stride for either meaning of `offset`: 0, 100, 200 where it counts records, and
 *    0, 1, 2 where it counts pages. The page of attempt 3 shows which is likely, and that one is tried first.
 *
 * A walk is believed if it holds exactly as many events as the total says, on each of its pages. Without a usable
 * total it is believed if it came to an end and holds everything that the other attempts showed.
 *
 * Nothing is handed over before all is read: what comes first may be the newest, and if a later request failed,
 * the next read would begin behind the gap.
 * @returns whether the range is known to be whole
 */
export async function readInstant<E>(
  source: TimedSource<E>,
  start: number,
  end: number,
  admit: Admit<E>,
): Promise<boolean> {
  const range = { start, end, order: 'asc' } as const;
  const ascending = await source.fetch({ ...range, offset: 0 });
  const { total } = ascending;
  const found = [ascending];
  const finish = (isComplete: boolean): boolean => {
    for (const page of found) admit(page);
    return isComplete;
  };
  if (isWhole(ascending)) return finish(true);

  const descending = await source.fetch({ ...range, order: 'desc', offset: 0 });
  found.push(descending);
  if (total !== undefined && unionSize(ascending, descending) >= total) return finish(true);

  const second = await source.fetch({ ...range, offset: 1 });
  found.push(second);
  if (size(second) === 0) return finish(true);

  // Where all items are alike, a walk with the wrong stride looks like the right one: only the total tells.
  const areAlike = countKeys(ascending).size === 1;
  const [byRecord, byPage] = [size(ascending), 1];
  let likely: Page<E> | undefined;
  for (const stride of isShifted(second, ascending) ? [byRecord, byPage] : [byPage, byRecord]) {
    const { pages, ended } = await walkOffsets(source, range, ascending, stride);
    found.push(...pages);
    // An event that came amid it moved the others on: one of them is there twice, and another is not.
    if (pages.some((page) => page.total !== undefined && page.total !== total)) continue;
    const walk = concatenate(pages);
    const lacks = (page: Page<E>): boolean => unionSize(walk, page) > size(walk);
    if (lacks(descending) || lacks(second)) continue;
    if (ended && !areAlike && !(stride < byRecord && overlap(pages))) likely ??= walk;
    if (size(walk) !== total && (total !== undefined || likely === undefined)) continue;
    found.push(walk);
    return finish(true);
  }
  if (likely !== undefined) found.push(likely);
  return finish(likely !== undefined);
}

/** The page looks like the other one moved on by one record, as the page at offset 1 does where records are counted. */
function isShifted(page: Page<unknown>, other: Page<unknown>): boolean {
  const common = size(page) + size(other) - unionSize(page, other);
  if (common < size(other) - 1) return false;
  // The item that is missing may be one that could not be read.
  return [0, 1].some((first) =>
    other.sightings.slice(first).every(({ key }, index) => page.sightings[index]?.key === key),
  );
}

/**
 * Whether a walk by pages went on record by record. It does where an event that came amid the walk hid at first that
 * the server counts records: each event would count as often as a page has events.
 */
function overlap(pages: readonly Page<unknown>[]): boolean {
  return pages.some((page, index) => {
    const before = pages[index - 1];
    return before !== undefined && isShifted(page, before);
  });
}

/**
 * Walks a range by offset. It ends where a page is shorter than the first, where the total is reached, or, if
 * there is no total, where a page shows only what the page before it showed.
 * @param stride by how much `offset` grows from page to page: the size of a page where it counts records, 1 where
 * it counts pages
 */
async function walkOffsets<E>(
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
