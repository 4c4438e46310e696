/** How long a scrape may wait if the scraper sends no timeout, in milliseconds. */
const TIMEOUT_DEFAULT = 10_000;
/** In milliseconds. No sensible scrape timeout is longer. */
const TIMEOUT_MAX = 600_000;

/**
 * How long a scrape may wait, in milliseconds.
 * @param header X-Prometheus-Scrape-Timeout-Seconds. A value that is not a positive number is ignored.
 * @param offset how much of the scraper's timeout is kept for sending the answer, in milliseconds
 */
export function scrapeDeadline(header: string | undefined, offset: number): number {
  const seconds = Number(header);
  if (!(seconds > 0 && seconds < Number.POSITIVE_INFINITY)) return TIMEOUT_DEFAULT;
  return Math.max(0, Math.min(seconds * 1000, TIMEOUT_MAX) - offset);
}
