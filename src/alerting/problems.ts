import type { Problem, Recovery } from '../kinds/problem.ts';
import { extend } from './episode.ts';
import { isQuiet, type QuietRules, quietFrom } from './quiet.ts';
import { type AlertRecord, isFiring, keyOf, type LabelSet, sortedLabels } from './record.ts';

/** Distinct problem alerts of one target. What comes beyond them shares one alert, whose own labels are all `other`. */
const ALERTS_PER_TARGET_MAX = 64;

/** Equal problem events of one instant. */
export interface ProblemEvent {
  readonly problem: Problem;
  /** Unix milliseconds. */
  readonly at: number;
  readonly count: number;
}

/**
 * Opens and extends the alerts of problem events, in `records` by their keys. The events are sorted first and
 * those that a recovery took back are left out, so that they give the same alerts in whatever order they came.
 */
export function openProblems(
  records: Map<string, AlertRecord>,
  target: LabelSet,
  seen: { readonly problems: readonly ProblemEvent[]; readonly recoveries: readonly Recovery[] },
  now: number,
  rules: QuietRules,
): void {
  const events = seen.problems
    .toSorted(byTimeAndText)
    .map((event) => fromEvent(event, target, seen.recoveries, now, rules))
    .filter(({ recoveredAt }) => recoveredAt === undefined || isNews(recoveredAt, rules));
  for (const event of withinLimit(records, withoutOver(records, events, now, rules))) {
    const known = records.get(keyOf(event));
    // What a condition told before is now told in the event's own words.
    const isOpen = known?.origin === 'event' && isFiring(known) && known.recoveredAt === event.recoveredAt;
    const open = isOpen ? known : undefined;
    records.set(keyOf(event), extend(open, event, rules));
  }
}

/** A problem that was over before it was read is told too, unless it is history. */
function isNews(
  recoveredAt: number,
  { keepFiringFor, lastRead = Number.POSITIVE_INFINITY }: QuietRules,
): boolean {
  return keepFiringFor > 0 && recoveredAt >= lastRead;
}

/** When the alerts of this name last recovered. */
export function recoveredAt(recoveries: readonly Recovery[], alertname: string): number {
  return Math.max(...recoveries.filter((each) => each.alertname === alertname).map(({ at }) => at));
}

/**
 * Leaves out the alerts that would be over at once. Example: on a start without state the lookback brings an
 * error of 20 hours ago. Its quiet time has passed, so it raises nothing, and takes none of the target's places.
 * Had the job reported the same error a minute ago too, both events would stay: the older one may belong to the
 * episode of the newer one.
 */
function withoutOver(
  records: ReadonlyMap<string, AlertRecord>,
  events: readonly AlertRecord[],
  now: number,
  rules: QuietRules,
): AlertRecord[] {
  const firing = [...records.values()].filter(isFiring);
  const recent = events.filter((event) => !isQuiet(event, now, rules));
  const lasting = new Set([...firing, ...recent].map(keyOf));
  return events.filter((event) => lasting.has(keyOf(event)));
}

/** Gives the events that would open an alert beyond the limit the labels of the shared one. */
function withinLimit(
  records: ReadonlyMap<string, AlertRecord>,
  events: readonly AlertRecord[],
): AlertRecord[] {
  const keys = new Set(records.keys());
  let places =
    ALERTS_PER_TARGET_MAX - [...records.values()].filter(({ origin }) => origin === 'event').length;
  return events.map((event) => {
    if (keys.has(keyOf(event))) return event;
    if (places <= 0) {
      const labels = Object.fromEntries(Object.keys(event.labels).map((name) => [name, 'other']));
      return { ...event, labels };
    }
    places -= 1;
    keys.add(keyOf(event));
    return event;
  });
}

/** The alert of one event alone. */
function fromEvent(
  { problem, at, count }: ProblemEvent,
  target: LabelSet,
  recoveries: readonly Recovery[],
  now: number,
  rules: QuietRules,
): AlertRecord {
  const recovery = recoveredAt(recoveries, problem.alertname);
  return {
    alertname: problem.alertname,
    severity: problem.severity,
    summary: problem.summary,
    target,
    labels: sortedLabels(problem.labels),
    origin: 'event',
    recovers: problem.recovers,
    message: problem.message,
    startsAt: at,
    at,
    events: count,
    quietFrom: quietFrom(at, now, rules),
    toldAt: now,
    recoveredAt: at <= recovery ? recovery : undefined,
    resolvedAt: null,
  };
}

function byTimeAndText(a: ProblemEvent, b: ProblemEvent): number {
  if (a.at !== b.at) return a.at - b.at;
  return textOf(a) < textOf(b) ? -1 : 1;
}

function textOf({ problem }: ProblemEvent): string {
  return JSON.stringify([problem.alertname, sortedLabels(problem.labels), problem.message]);
}
