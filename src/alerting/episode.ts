import { isQuiet, type QuietRules } from './quiet.ts';
import type { AlertRecord } from './record.ts';

/**
 * Adds an event to the open alert of the same labels. Events less than `resolveAfter` apart are one episode, and
 * of two episodes only the newer one is kept. With `resolveAfter` of 30 minutes and an alert open from 12:00 to
 * its newest event at 12:10:
 *
 * - 12:20 extends it to the end, and its message becomes the alert's;
 * - 12:05 or 11:40, read late, count in it, and 11:40 moves its start;
 * - 12:40 begins a new episode: the event alone is the alert;
 * - 11:30, read late, was an episode of its own that is over: nothing changes.
 *
 * @param event as an alert of that event alone
 */
export function extend(open: AlertRecord | undefined, event: AlertRecord, rules: QuietRules): AlertRecord {
  if (open === undefined || isQuiet(open, event.at, rules)) return event;
  if (isQuiet(event, open.startsAt, rules)) return open;
  const newest = isNewer(event, open) ? event : open;
  return {
    ...open,
    message: newest.message,
    summary: newest.summary,
    at: newest.at,
    startsAt: Math.min(open.startsAt, event.startsAt),
    events: open.events + event.events,
    quietFrom: Math.max(open.quietFrom ?? 0, event.quietFrom ?? 0),
  };
}

/** Two replicas that read two events of one instant in different orders must show the same text: the greater one. */
function isNewer(event: AlertRecord, open: AlertRecord): boolean {
  return event.at > open.at || (event.at === open.at && event.message > open.message);
}
