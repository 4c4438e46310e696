import { ApiError } from '../modelarts/errors.ts';

const SHRINKS_BY = 4;

/**
 * Reads pages, and if one is larger than `limits.response_bytes`, reads anew in smaller ones. Example: of 1,000 events
 * with long texts, the pages hold 250 at the second try and 63 at the third. What was taken in before is known.
 * @param limit items of a page
 * @throws ApiError also where even a page of one item is too large
 */
export async function inSmallerPages<T>(limit: number, read: (limit: number) => Promise<T>): Promise<T> {
  for (let items = limit; ; items = Math.ceil(items / SHRINKS_BY)) {
    try {
      return await read(items);
    } catch (error) {
      const isTooLarge = error instanceof ApiError && error.isTooLarge;
      if (!isTooLarge || items <= 1) throw error;
    }
  }
}
