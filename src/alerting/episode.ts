import type { AlertRecord } from './record.ts';

/**
 * Adds an event, given as an alert of that event alone, to the alert it belongs to: the one that is
 * open, unless `resolveAfter` of quiet lies between them. Then the later of the two is what counts.
 */
export function extend(open: AlertRecord | undefined, event: AlertRecord, resolveAfter: number): AlertRecord {
  if (open === undefined || startsAnew(open, event, resolveAfter)) {
    return event;
  }
  if (event.quietFrom !== null && event.quietFrom + resolveAfter <= open.startsAt) {
    return open;
  }
  const newest = isNewer(event, open) ? event : open;
  return {
    ...open,
    message: newest.message,
    at: newest.at,
    startsAt: Math.min(open.startsAt, event.startsAt),
    events: open.events + event.events,
    quietFrom: Math.max(open.quietFrom ?? 0, event.quietFrom ?? 0),
  };
}

function startsAnew(open: AlertRecord, event: AlertRecord, resolveAfter: number): boolean {
  return open.quietFrom !== null && open.quietFrom + resolveAfter <= event.at;
}

/** Of two events of one instant the greater text is told, so that replicas agree. */
function isNewer(event: AlertRecord, open: AlertRecord): boolean {
  return event.at > open.at || (event.at === open.at && event.message > open.message);
}
