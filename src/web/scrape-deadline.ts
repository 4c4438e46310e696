/** Milliseconds a scrape may wait where the scraper sends no timeout of its own. */
const DEFAULT = 10_000;
/** Longer than any sensible scrape timeout. */
const MAX = 600_000;

/**
 * How long a scrape may wait, in milliseconds.
 * @param header X-Prometheus-Scrape-Timeout-Seconds; what is no positive number counts as not sent
 * @param offset what is left of the scraper's timeout for sending the answer
 */
export function scrapeDeadline(header: string | undefined, offset: number): number {
  const seconds = Number(header);
  if (!(seconds > 0 && seconds < Number.POSITIVE_INFINITY)) return DEFAULT;
  return Math.max(0, Math.min(seconds * 1000, MAX) - offset);
}
