import type { Condition, Problem, Recovery } from '../kinds/kind.ts';
import { extend } from './episode.ts';
import { isQuiet, isWithin, type QuietRules } from './quiet.ts';
import { type AlertRecord, type AlertState, keyOf, type LabelSet, sortedLabels } from './record.ts';

/** How long a resolved alert is still told, in milliseconds. */
export const KEEP_RESOLVED = 300_000;
/** Distinct event alerts of one target; beyond them the alerts' own labels become `other`. */
const MOST_ALERTS = 64;

/** New problem events of the same content at one instant. */
export interface Report {
  readonly problem: Problem;
  readonly at: number;
  readonly count: number;
}

/** What is known of a target at one moment. */
export interface Observation {
  readonly target: LabelSet;
  /** Problem events not reported before, in any order. */
  readonly reports: readonly Report[];
  readonly recoveries: readonly Recovery[];
  /** Undefined where nothing is known of them: they stay as they are. */
  readonly conditions: readonly Condition[] | undefined;
  /** Holds one while the target can't be read; undefined where nothing is known of that: it stays as it is. */
  readonly down: readonly Condition[] | undefined;
}

type Records = Map<string, AlertRecord>;

/** Takes an observation in. Returns `state` itself where nothing changed. */
export function advance(state: AlertState, seen: Observation, now: number, rules: QuietRules): AlertState {
  const { reports, conditions = [], down = [] } = seen;
  // So it is with most targets at most times.
  if (state.length + reports.length + conditions.length + down.length === 0) return state;
  const records: Records = new Map(state.map((record) => [keyOf(record), record]));
  const target = sortedLabels(seen.target);
  rename(records, target, now);
  recover(records, seen.recoveries, now);
  report(records, target, seen, now, rules);
  if (seen.conditions !== undefined) {
    hold(records, 'condition', target, seen.conditions, now, rules);
  }
  if (seen.down !== undefined) {
    hold(records, 'down', target, seen.down, now, rules);
  }
  const after = age([...records.values()], now, rules);
  return after.length === state.length && after.every((record, index) => record === state[index])
    ? state
    : after;
}

/** Ends what has been quiet for long enough and forgets what was resolved long ago. */
export function age(state: AlertState, now: number, rules: QuietRules): AlertState {
  const isOver = (record: AlertRecord) => isFiring(record) && isQuiet(record, now, rules);
  const isForgotten = ({ resolvedAt }: AlertRecord) =>
    resolvedAt !== null && resolvedAt + KEEP_RESOLVED <= now;
  return state.some((record) => isOver(record) || isForgotten(record))
    ? state
        .filter((record) => !isForgotten(record))
        .map((record) => (isOver(record) ? resolved(record, now) : record))
    : state;
}

/** Resolves every alert of a target that is gone. */
export function resolveAll(state: AlertState, now: number): AlertState {
  return state.some(isFiring)
    ? state.map((record) => (isFiring(record) ? resolved(record, now) : record))
    : state;
}

export function isFiring(record: AlertRecord): boolean {
  return record.resolvedAt === null;
}

function resolved(record: AlertRecord, now: number): AlertRecord {
  return { ...record, resolvedAt: now };
}

/** An alert's labels are its identity: under new ones the old alert is resolved and goes on as another. */
function rename(records: Records, target: LabelSet, now: number): void {
  const wanted = JSON.stringify(target);
  for (const [key, record] of [...records]) {
    if (isFiring(record) && JSON.stringify(record.target) !== wanted) {
      const renamed = { ...record, target };
      records.set(key, resolved(record, now));
      records.set(keyOf(renamed), renamed);
    }
  }
}

function recover(records: Records, recoveries: readonly Recovery[], now: number): void {
  for (const [key, record] of records) {
    if (
      isFiring(record) &&
      record.origin === 'event' &&
      record.at <= recoveredAt(recoveries, record.alertname)
    ) {
      records.set(key, resolved(record, now));
    }
  }
}

function recoveredAt(recoveries: readonly Recovery[], alertname: string): number {
  return recoveries.reduce(
    (newest, recovery) => (recovery.alertname === alertname ? Math.max(newest, recovery.at) : newest),
    Number.NEGATIVE_INFINITY,
  );
}

/**
 * Opens and extends the alerts of problem events. Sorted first, and with what a recovery took back
 * left out, the events give the same alerts in whatever order they came. An episode that was over
 * before anybody knew of it is none, and takes no other's place.
 */
function report(records: Records, target: LabelSet, seen: Observation, now: number, rules: QuietRules): void {
  const fresh = seen.reports
    .filter(({ problem, at }) => at > recoveredAt(seen.recoveries, problem.alertname))
    .toSorted(byTimeAndText)
    .map((item) => fromReport(item, target, now, rules));
  const lasting = new Set([...records].filter(([, record]) => isFiring(record)).map(([key]) => key));
  for (const event of fresh) {
    if (!isQuiet(event, now, rules)) lasting.add(keyOf(event));
  }
  const episodes: Records = new Map();
  let distinct = [...records.values()].filter((record) => record.origin === 'event').length;
  for (let event of fresh) {
    if (!lasting.has(keyOf(event))) continue;
    if (!records.has(keyOf(event)) && !episodes.has(keyOf(event))) {
      if (distinct < MOST_ALERTS) {
        distinct += 1;
      } else {
        const names = Object.keys(event.labels);
        event = { ...event, labels: Object.fromEntries(names.map((name) => [name, 'other'])) };
      }
    }
    const key = keyOf(event);
    const known = episodes.get(key) ?? records.get(key);
    const open = known !== undefined && isFiring(known) ? known : undefined;
    episodes.set(key, extend(open, event, rules.resolveAfter));
  }
  for (const [key, episode] of episodes) records.set(key, episode);
}

/** The alert of one event alone. */
function fromReport(
  { problem, at, count }: Report,
  target: LabelSet,
  now: number,
  rules: QuietRules,
): AlertRecord {
  return {
    alertname: problem.alertname,
    severity: problem.severity,
    target,
    labels: sortedLabels(problem.labels),
    origin: 'event',
    message: problem.message,
    startsAt: at,
    at,
    events: count,
    quietFrom: isWithin(at, rules.downtime) ? Math.max(at, now) : at,
    resolvedAt: null,
  };
}

function byTimeAndText(a: Report, b: Report): number {
  if (a.at !== b.at) {
    return a.at - b.at;
  }
  return identityText(a) < identityText(b) ? -1 : 1;
}

function identityText({ problem }: Report): string {
  return JSON.stringify([problem.alertname, sortedLabels(problem.labels), problem.message]);
}

/** Makes the alerts of `origin` exactly those that are listed. */
function hold(
  records: Records,
  origin: 'condition' | 'down',
  target: LabelSet,
  listed: readonly Condition[],
  now: number,
  rules: QuietRules,
): void {
  const lasting = new Map<string, AlertRecord>();
  for (const condition of listed) {
    const record = fromCondition(condition, origin, target, rules);
    if (!isQuiet(record, now, rules)) {
      lasting.set(keyOf(record), record);
    }
  }
  for (const [key, record] of records) {
    if (record.origin === origin && isFiring(record) && !lasting.has(key)) {
      records.set(key, resolved(record, now));
    }
  }
  for (const [key, record] of lasting) {
    const known = records.get(key);
    if (known === undefined || !isSame(known, record)) {
      records.set(key, record);
    }
  }
}

function fromCondition(
  condition: Condition,
  origin: 'condition' | 'down',
  target: LabelSet,
  { downtime }: QuietRules,
): AlertRecord {
  // A condition is listed again and again, so that "when it was first read" must not move: the end of the downtime is near it.
  const quietFrom = isWithin(condition.at, downtime) ? downtime.until : condition.at;
  return {
    alertname: condition.alertname,
    severity: condition.severity,
    target,
    labels: sortedLabels(condition.labels),
    origin,
    message: condition.message,
    startsAt: condition.since,
    at: condition.at,
    events: condition.events,
    quietFrom: condition.expires ? quietFrom : null,
    resolvedAt: null,
  };
}

/** Of two records with one key. */
function isSame(a: AlertRecord, b: AlertRecord): boolean {
  return (
    a.resolvedAt === b.resolvedAt &&
    a.startsAt === b.startsAt &&
    a.at === b.at &&
    a.events === b.events &&
    a.quietFrom === b.quietFrom &&
    a.message === b.message
  );
}
