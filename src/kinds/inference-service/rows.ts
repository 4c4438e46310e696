import { ApiError } from '../../modelarts/errors.ts';

/** One answer, undecoded. */
export interface Rows {
  readonly items: readonly unknown[];
  /** How many rows match the request, where the API told. */
  readonly total: number | undefined;
  /** The list was null or left out, as some servers write an empty one. */
  readonly isAbsent?: boolean;
}

/** Where a reading stopped, and how to go on: from that row, in pages of `limit`, by what `offset` counts. */
export interface Place {
  readonly row: number;
  readonly limit: number;
  readonly counts: 'records' | 'pages';
}

export interface RowsRead {
  readonly pages: readonly (readonly unknown[])[];
  /** So many rows at the end of the first page stand at the beginning of the second one too. */
  readonly overlap: number;
  /** Set where the reading stopped before its end, at its limit or by a failure. */
  readonly place?: Place;
  readonly failure?: ApiError;
  /** It began at the first row and ended where the server has no more. */
  readonly isWhole: boolean;
  /** The server does not go on behind its first page as it was asked to, so rows are missing. */
  readonly hasGap: boolean;
}

export interface RowsRequest {
  /** @param offset a multiple of `limit`, as the documents want it */
  fetch(limit: number, offset: number): Promise<Rows>;
  /** Sizes of the first page: each is tried where the one before it does not do. */
  readonly limits: readonly number[];
  /** Rows after which the reading stops and says where to go on. */
  readonly rowsMax: number;
  /** Where an earlier reading stopped. */
  readonly from?: Place | undefined;
  /** What tells a row from others. */
  keyOf(item: unknown): string;
  /** Told of each page: whether what follows it need not be read. */
  isEnough(items: readonly unknown[]): boolean;
}

/** A fifth of the first page is read again with the second one. */
const OVERLAP = 5;
/** A server whose pages never end is not read for ever. */
const PAGES_MAX = 500;

/**
 * Reads the rows of an API that cuts pages by `offset`, whatever that counts: records, as "a multiple of limit"
 * suggests, or pages. The second page is asked for so that it repeats the end of the first one if `offset` counts
 * records. Example: behind 500 rows, the next 400 from offset 400 begin with a hundred that are known. If they do
 * not, page 1 of 400 is asked for, which is to begin with the same hundred.
 *
 * A row that is added or moves to the front meanwhile pushes the others down, so that some come twice and none is lost.
 * @throws ApiError where nothing could be read
 */
export async function readRows(request: RowsRequest): Promise<RowsRead> {
  const { from, rowsMax, isEnough } = request;
  const pages: (readonly unknown[])[] = [];
  const end = (rest: Partial<RowsRead> = {}): RowsRead => {
    return { pages, overlap: 0, isWhole: false, hasGap: false, ...rest };
  };
  let [place, page]: [Place | undefined, Rows | undefined] = [from, undefined];
  let overlap = 0;
  if (place === undefined) {
    const head = await readHead(request);
    const { length } = head.items;
    pages.push(head.items);
    if (isAll(head, length)) return end({ isWhole: true });
    if (length === 0) return end(head.total === undefined ? { isWhole: true } : { hasGap: true });
    if (isEnough(head.items)) return end();
    const second = await findSecond(request, head);
    if (second === undefined) return end({ hasGap: true });
    [place, page] = second;
    overlap = length - place.row;
  }
  for (let read = pages.flat().length; page !== undefined || (read < rowsMax && pages.length < PAGES_MAX); ) {
    try {
      page ??= await request.fetch(place.limit, offsetOf(place));
    } catch (failure) {
      if (!(failure instanceof ApiError) || failure.isTooLarge) throw failure;
      return end({ overlap, place, failure });
    }
    if (isLost(page, place.row)) return end({ overlap, place, failure: lost(place) });
    const { items } = page;
    pages.push(items);
    // The first page had so many rows at least, so that a shorter one is the last.
    const isShort = items.length < place.limit;
    if (isShort || isAll(page, place.row + items.length)) {
      const isLast = page.total === undefined || isAll(page, place.row + items.length);
      return end({ overlap, isWhole: isLast && from === undefined, hasGap: !isLast });
    }
    if (isEnough(items)) return end({ overlap });
    read += items.length;
    place = { ...place, row: place.row + place.limit };
    page = undefined;
  }
  return end({ overlap, place });
}

/** The first page, of the first size that does. */
async function readHead({ fetch, limits, isEnough }: RowsRequest): Promise<Rows> {
  let head: Rows = { items: [], total: 0 };
  for (const limit of limits) {
    head = await fetch(limit, 0);
    const { length } = head.items;
    // A server that gives less than was asked for gives no more to who asks for more.
    if (length < limit || isAll(head, length) || isEnough(head.items)) break;
  }
  return head;
}

/** The page that goes on behind the first one; undefined where none does, whatever `offset` counts. */
async function findSecond(
  { fetch, keyOf }: RowsRequest,
  { items }: Rows,
): Promise<[Place, Rows] | undefined> {
  const row = Math.max(1, items.length - Math.max(1, Math.floor(items.length / OVERLAP)));
  const known = new Set(items.map(keyOf));
  for (const counts of ['records', 'pages'] as const) {
    const place: Place = { row, limit: row, counts };
    const page = await fetch(row, offsetOf(place));
    const [first] = page.items;
    // From row 1 on, pages of one row are the same either way.
    if (row === 1) return [place, page];
    // Only the last of the two must be there: an offset of pages that is read as one of records is behind the end.
    if (counts === 'pages' && isLost(page, row)) throw lost(place);
    // A server that knows nothing of `offset` shows the beginning again.
    const isBeginning = first !== undefined && keyOf(first) === keyOf(items[0]);
    if (!isBeginning && page.items.some((item) => known.has(keyOf(item)))) return [place, page];
  }
  return undefined;
}

function offsetOf({ row, limit, counts }: Place): number {
  return counts === 'records' ? row : row / limit;
}

/** There is no list, although by the total rows follow the first `count` ones: it comes with another answer. */
function isLost(rows: Rows, count: number): boolean {
  return rows.isAbsent === true && rows.total !== undefined && !isAll(rows, count);
}

function lost({ row }: Place): ApiError {
  return new ApiError('malformed', `the list is missing that begins at row ${row}`);
}

/** The total says that no row follows the first `count` ones. */
function isAll({ total }: Rows, count: number): boolean {
  return total !== undefined && count >= total;
}
