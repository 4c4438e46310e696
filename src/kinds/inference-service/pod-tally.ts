import type { Occurrence } from '../event.ts';
import { POD_EVENT_TYPES, type PodEvent } from './pod-events.ts';

/** How often each type and reason of pod events occurred since the epoch, as JSON. */
export type PodTally = (readonly [type: PodEvent['type'], reason: string, count: number])[];

/** Distinct reasons of one service, then `other`. Kubernetes has some dozens. */
const REASONS_MAX = 50;

/** @param countingSince what happened before it is shown with 0 */
export function tallied(
  tally: PodTally,
  occurrences: readonly Occurrence<PodEvent>[],
  countingSince: number,
): PodTally {
  // Pod events tell whole seconds.
  const since = Math.floor(countingSince / 1000) * 1000;
  const counts = new Map(tally.map((entry) => [JSON.stringify(entry.slice(0, 2)), entry]));
  const reasons = new Set(tally.map(([, reason]) => reason));
  for (const { event, at, count } of occurrences) {
    const reason = reasons.has(event.reason) || reasons.size < REASONS_MAX ? event.reason : 'other';
    reasons.add(reason);
    const key = JSON.stringify([event.type, reason]);
    const before = counts.get(key)?.[2] ?? 0;
    counts.set(key, [event.type, reason, before + (at >= since ? count : 0)]);
  }
  return [...counts.values()];
}

/** The tally by its types, the known ones first. */
export function inOrder(tally: PodTally): PodTally {
  const rank = (type: string) => [...POD_EVENT_TYPES, 'other'].indexOf(type);
  return tally.toSorted((a, b) => rank(a[0]) - rank(b[0]) || (a[1] < b[1] ? -1 : 1));
}
