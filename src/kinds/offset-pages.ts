/** A page of a list, and how many items the whole list has where that is told. */
interface OffsetPage {
  readonly items: readonly unknown[];
  readonly total: number | undefined;
}

/**
 * Reads the pages of a list, whatever `offset` counts: offset 1 shows it. Where that page repeats most of the first
 * one, records are counted, else pages. A page that brings nothing new ends the reading.
 * @param fetch asked for a later page only where no total is told, or it says that more is to come
 * @param identity equal for the same item, however often it is told
 * @param pagesMax pages that are read at most
 */
export async function readOffsetPages(
  fetch: (offset: number) => Promise<OffsetPage>,
  identity: (item: unknown) => string,
  pagesMax: number,
): Promise<Iterable<unknown>> {
  const found = new Map<string, unknown>();
  /** @returns whether the page brought anything new, and more is to come */
  const take = ({ items, total }: OffsetPage): boolean => {
    const before = found.size;
    for (const item of items) found.set(identity(item), item);
    return found.size > before && (total === undefined || found.size < total);
  };
  if (!take(await fetch(0))) return found.values();
  let page = await fetch(1);
  const repeated = page.items.filter((item) => found.has(identity(item))).length;
  const countsRecords = repeated * 2 > page.items.length;
  for (let offset = 1, pages = 2; take(page) && pages < pagesMax; pages += 1) {
    offset += countsRecords ? page.items.length : 1;
    page = await fetch(offset);
  }
  return found.values();
}
