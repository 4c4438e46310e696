import { wholeNumber } from './decode.ts';
import type { Finding } from './examination.ts';

/** How a total is told. */
export function totalFinding(total: unknown): Finding {
  const topic = 'total';
  if (wholeNumber(total) === undefined) {
    const says = 'is not told: an empty page tells the end, which costs a request more';
    return { topic, verdict: 'note', says };
  }
  return { topic, verdict: 'ok', says: `is told, as a ${typeof total === 'string' ? 'text' : 'number'}` };
}

/**
 * Whether `offset` counts records or pages: the page at offset 1 begins with the second record, or with the one after a
 * whole page.
 * @param keys all records, in order
 * @param pageAtOne the page at offset 1, of so many records
 */
export async function offsetFinding(
  keys: readonly string[],
  pageAtOne: (limit: number) => Promise<readonly string[]>,
): Promise<Finding> {
  const topic = 'offset';
  const [, second] = keys;
  // Equal records can't be told apart.
  const limit = keys.findIndex((key, index) => index >= 2 && key !== second);
  if (limit < 0) return { topic, verdict: 'unknown', says: 'there are too few different records to tell' };
  const [first] = await pageAtOne(limit);
  if (first === second)
    return { topic, verdict: 'ok', says: 'counts records; the exporter manages both readings' };
  if (first === keys[limit])
    return { topic, verdict: 'ok', says: 'counts pages; the exporter manages both readings' };
  if (first === keys[0]) {
    return {
      topic,
      verdict: 'note',
      says: 'is not heeded: what does not fit into one page is read by time alone',
    };
  }
  return {
    topic,
    verdict: 'unknown',
    says: 'counts neither records nor pages, or something came in between',
  };
}
