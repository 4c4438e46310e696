import type { Condition, Recovery } from '../kinds/problem.ts';
import { openProblems, type ProblemEvent, recoveredAt } from './problems.ts';
import { endOf, isQuiet, isToldEnough, type QuietRules, quietFrom } from './quiet.ts';
import { type AlertRecord, type AlertState, isFiring, keyOf, type LabelSet, sortedLabels } from './record.ts';

/** For so many milliseconds a resolved alert is still sent, so that every Alertmanager learns of it. */
export const FORGOTTEN_AFTER = 300_000;

/** What a refresh or a listing has shown of a target. */
export interface Observation {
  /** Problem events that no earlier observation held, in any order. */
  readonly problems: readonly ProblemEvent[];
  readonly recoveries: readonly Recovery[];
  /** All that last at this moment: an alert whose condition is not here any more resolves. */
  readonly conditions: readonly Condition[];
  /** What began and ended since the last read. */
  readonly passed?: readonly Condition[] | undefined;
}

type Records = Map<string, AlertRecord>;

/**
 * Takes an observation in.
 * @param target the target's labels
 * @returns `state` itself if nothing changed
 */
export function observe(
  state: AlertState,
  target: LabelSet,
  { problems, recoveries, conditions, passed = [] }: Observation,
  now: number,
  rules: QuietRules,
): AlertState {
  // Most targets have no alerts most of the time.
  if (state.length + problems.length + conditions.length + passed.length === 0) return state;
  return changed(state, target, now, rules, (records, labels) => {
    resolveRecovered(records, recoveries, now, rules);
    openProblems(records, labels, { problems, recoveries }, now, rules);
    setConditions(records, 'condition', labels, conditions, now, rules);
    addPassed(records, labels, passed, now, rules);
  });
}

/** Fires the alert of a target that cannot be read, or resolves it if `down` is undefined. Returns as `observe` does. */
export function setDown(
  state: AlertState,
  target: LabelSet,
  down: Condition | undefined,
  now: number,
  rules: QuietRules,
): AlertState {
  if (state.length === 0 && down === undefined) return state;
  return changed(state, target, now, rules, (records, labels) =>
    setConditions(records, 'down', labels, down === undefined ? [] : [down], now, rules),
  );
}

/** Takes back that a target cannot be read, without telling anybody that it can. Returns as `observe` does. */
export function withoutDown(state: AlertState): AlertState {
  const rest = state.filter((record) => record.origin !== 'down' || !isFiring(record));
  return rest.length === state.length ? state : rest;
}

/** Resolves what has been quiet for long enough, and forgets what was resolved long ago. Returns as `observe` does. */
export function expire(state: AlertState, now: number, rules: QuietRules): AlertState {
  const isOver = (record: AlertRecord) => isFiring(record) && endOf(record, rules) <= now;
  const isForgotten = ({ resolvedAt }: AlertRecord) =>
    resolvedAt !== null && resolvedAt + FORGOTTEN_AFTER <= now;
  if (!state.some((record) => isOver(record) || isForgotten(record))) return state;
  return state
    .filter((record) => !isForgotten(record))
    .map((record) => (isOver(record) ? resolved(record, now) : record));
}

/** When `expire` next resolves something if nothing more happens; Infinity if nothing ends by itself. */
export function nextEnd(state: AlertState, rules: QuietRules): number {
  return Math.min(...state.filter(isFiring).map((record) => endOf(record, rules)));
}

/** Gives the alerts the dates of a clock that was set: what it told moves along, and nothing stays in the future. */
export function redated(state: AlertState, by: number, now: number): AlertState {
  const past = (instant: number) => Math.min(instant, now);
  return state.map((record) => ({
    ...record,
    startsAt: past(record.startsAt),
    at: past(record.at),
    quietFrom: record.quietFrom === null ? null : past(record.quietFrom),
    toldAt: record.toldAt === undefined ? undefined : past(record.toldAt + by),
    recoveredAt: record.recoveredAt === undefined ? undefined : past(record.recoveredAt),
    resolvedAt: record.resolvedAt === null ? null : past(record.resolvedAt + by),
  }));
}

/** Resolves every alert of a target that was removed or deleted. Returns as `observe` does. */
export function resolveAll(state: AlertState, now: number): AlertState {
  if (!state.some(isFiring)) return state;
  return state.map((record) => (isFiring(record) ? resolved(record, now) : record));
}

/** Applies a change to the records by their keys, after a change of the target's labels and before time's own. */
function changed(
  state: AlertState,
  target: LabelSet,
  now: number,
  rules: QuietRules,
  change: (records: Records, labels: LabelSet) => void,
): AlertState {
  const records: Records = new Map(state.map((record) => [keyOf(record), record]));
  const labels = sortedLabels(target);
  rename(records, labels, now);
  change(records, labels);
  const after = expire([...records.values()], now, rules);
  const isUnchanged =
    after.length === state.length && after.every((record, index) => record === state[index]);
  return isUnchanged ? state : after;
}

function resolved(record: AlertRecord, now: number): AlertRecord {
  return { ...record, resolvedAt: now };
}

/** Resolves what recovered, unless it is to be told of for a while yet. */
function recovered(record: AlertRecord, recoveredAt: number, now: number, rules: QuietRules): AlertRecord {
  if (isToldEnough(record, now, rules)) return resolved(record, now);
  return record.recoveredAt === undefined ? { ...record, recoveredAt } : record;
}

/**
 * Moves the firing alerts to the target's present labels. To Alertmanager an alert is its labels, so the alert
 * under the old name resolves and another one fires from the same instant on under the new name.
 */
function rename(records: Records, target: LabelSet, now: number): void {
  const wanted = JSON.stringify(target);
  for (const [key, record] of [...records]) {
    if (!isFiring(record) || JSON.stringify(record.target) === wanted) continue;
    const renamed = { ...record, target };
    records.set(key, resolved(record, now));
    records.set(keyOf(renamed), renamed);
  }
}

function resolveRecovered(
  records: Records,
  recoveries: readonly Recovery[],
  now: number,
  rules: QuietRules,
): void {
  for (const [key, record] of records) {
    if (!isFiring(record) || record.origin !== 'event') continue;
    const at = recoveredAt(recoveries, record.alertname);
    if (record.at <= at) records.set(key, recovered(record, at, now, rules));
  }
}

/** Makes the firing alerts of `origin` exactly those of the conditions, except for those that are quiet by now. */
function setConditions(
  records: Records,
  origin: 'condition' | 'down',
  target: LabelSet,
  conditions: readonly Condition[],
  now: number,
  rules: QuietRules,
): void {
  const wanted: Records = new Map(
    conditions
      .map((condition) => toldBefore(records, fromCondition(condition, origin, target, now, rules)))
      .filter((record) => !isQuiet(record, now, rules) && !isToldByEvent(records, record))
      .map((record) => [keyOf(record), record]),
  );
  for (const [key, record] of records) {
    if (record.origin === origin && isFiring(record) && !wanted.has(key)) {
      records.set(key, recovered(record, now, now, rules));
    }
  }
  for (const [key, record] of wanted) {
    if (JSON.stringify(records.get(key)) !== JSON.stringify(record)) records.set(key, record);
  }
}

/** An event says the same as a condition that ends by quiet: a text and a listing may both tell of a restart. */
function isToldByEvent(records: Records, record: AlertRecord): boolean {
  return record.quietFrom !== null && records.get(keyOf(record))?.origin === 'event';
}

function fromCondition(
  condition: Condition,
  origin: 'condition' | 'down',
  target: LabelSet,
  now: number,
  rules: QuietRules,
): AlertRecord {
  return {
    alertname: condition.alertname,
    severity: condition.severity,
    summary: condition.summary,
    target,
    labels: sortedLabels(condition.labels),
    annotations: condition.annotations,
    origin,
    message: condition.message,
    startsAt: condition.since,
    at: condition.at,
    events: condition.events,
    quietFrom: condition.expires ? quietFrom(condition.at, now, rules) : null,
    toldAt: now,
    resolvedAt: null,
  };
}

/** Every refresh brings the condition again: its times run on from when we first learned of it. */
function toldBefore(records: Records, record: AlertRecord): AlertRecord {
  const known = records.get(keyOf(record));
  if (known === undefined || !isFiring(known)) return record;
  const isQuietFromBefore = known.at === record.at && record.quietFrom !== null;
  return {
    ...record,
    toldAt: known.toldAt,
    quietFrom: isQuietFromBefore ? known.quietFrom : record.quietFrom,
  };
}

/** Nobody would ever hear of a condition that was over before it was read: it is told for as long as any other. */
function addPassed(
  records: Records,
  target: LabelSet,
  passed: readonly Condition[],
  now: number,
  rules: QuietRules,
): void {
  if (rules.keepFiringFor === 0 || rules.lastRead === undefined) return;
  for (const condition of passed) {
    const record = { ...fromCondition(condition, 'condition', target, now, rules), recoveredAt: now };
    const known = records.get(keyOf(record));
    if (known === undefined || !isFiring(known)) records.set(keyOf(record), record);
  }
}
