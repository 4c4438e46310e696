import { KIND_NAMES } from '../../../src/kind-table.ts';
import type { Notification } from '../alertmanagers.ts';
import { INHABITANTS } from '../inhabitants.ts';
import { type Incident, UPDATE_FAILED } from '../world.ts';
import { aftermathOf, clockTime, disturbances, isDisturbed, MINUTE, type Played } from './played.ts';

/** From what is seen until somebody is told: sending, and waiting for the group. */
const TELLING = 3 * MINUTE;
/** Beside the group interval after which an end is told. */
const TELLING_END = 9 * MINUTE;

const JOB_FAILED = INHABITANTS.training_job.alertname;
const SHOCKS = KIND_NAMES.flatMap((kind) => INHABITANTS[kind].shock?.alertname ?? []);
/** What somebody is to be told of. */
const EXPECTED: ReadonlySet<string> = new Set([
  ...KIND_NAMES.map((kind) => INHABITANTS[kind].alertname),
  ...SHOCKS,
  UPDATE_FAILED,
]);
/** These are told for as long as `resolve_after` says. */
const BRIEF: ReadonlySet<string> = new Set([JOB_FAILED, ...SHOCKS]);
/** Alerts of events that go with an incident. */
const BESIDE: Readonly<Record<string, string>> = {
  ModelArtsTrainingJobError: JOB_FAILED,
  ModelArtsPoolWarningEvent: INHABITANTS.pool.alertname,
};
const DOWN = new Set(['ModelArtsTargetDown', 'ModelArtsProjectDown']);

/**
 * Nothing is told that did not happen, or is over.
 * @param news what was told since this was last looked at
 */
export function nothingFalseTold(played: Played, news: readonly Notification[]): void {
  for (const notification of news) {
    if (notification.status === 'firing') checkFiring(played, notification);
    else checkOver(played, notification);
  }
}

function checkFiring(played: Played, { labels, at }: Notification): void {
  const { world, broken, shape } = played;
  const { alertname = '', target = '' } = labels;
  const what = `${alertname} of ${target || labels['project']} was told at ${clockTime(at)}`;
  const isCalm = !isDisturbed(played, at - aftermathOf(shape), at);
  if (DOWN.has(alertname)) {
    if (isCalm) broken.push(`${what}, but nothing was wrong`);
    return;
  }
  const conditionName = BESIDE[alertname] ?? alertname;
  if (!EXPECTED.has(conditionName)) {
    broken.push(`${what}: no alert of this name was to be expected`);
    return;
  }
  const incident = incidentsOf(played, conditionName, target).findLast((each) => each.at <= at);
  const deletedAt = world.deleted.get(target) ?? Number.POSITIVE_INFINITY;
  if (incident === undefined) broken.push(`${what}, but nothing had happened`);
  else if (isCalm && at > incident.at + seenWithin(shape) + TELLING) broken.push(`${what}, which is no news`);
  else if (at > deletedAt + aftermathOf(shape)) broken.push(`${what}, but it was deleted`);
}

/** A condition is over only once it is. */
function checkOver(played: Played, { labels, at }: Notification): void {
  const { alertname = '', target = '' } = labels;
  if (!EXPECTED.has(alertname) || BRIEF.has(alertname)) return;
  const incident = incidentsOf(played, alertname, target).findLast((each) => each.at <= at);
  if (incident === undefined || endOf(played, incident) !== undefined) return;
  if (isDisturbed(played, at - aftermathOf(played.shape), at)) return;
  played.broken.push(`${alertname} of ${target} was told to be over at ${clockTime(at)}, but goes on`);
}

/** Every incident was told once when it began and once when it was over, where nothing was in the way. */
export function everythingTold(played: Played): void {
  const { broken, cluster, shape, world } = played;
  for (const incident of world.incidents) {
    const { alertname, target, at } = incident;
    const next = incidentsOf(played, alertname, target).find((each) => each.at > at);
    const told = cluster.notifications.filter(
      ({ labels, at: when }) =>
        labels['alertname'] === alertname &&
        labels['target'] === target &&
        when >= at &&
        when < (next?.at ?? Number.POSITIVE_INFINITY),
    );
    const firing = told.filter(({ status }) => status === 'firing');
    const resolved = told.filter(({ status }) => status === 'resolved');
    const what = `${alertname} of ${target} at ${clockTime(at)}`;
    const over = endOf(played, incident);
    const overBy = (over ?? played.clock()) + endToldWithin(shape);
    const inTheWay = disturbances(played, at - aftermathOf(shape), overBy).length;
    if (world.deleted.has(target)) continue;
    if (inTheWay > 0) {
      if (firing.length > 1 + inTheWay) broken.push(`${what} was told ${firing.length} times`);
      continue;
    }
    const [first] = firing;
    if (first === undefined || firing.length > 1)
      broken.push(`${what} was told ${firing.length} times as firing`);
    else if (first.at > at + seenWithin(shape) + TELLING) broken.push(`${what} was told late`);
    if (over === undefined || overBy > played.clock()) continue;
    const [end] = resolved;
    if (end === undefined || resolved.length > 1)
      broken.push(`${what} was told ${resolved.length} times as resolved`);
    else if (end.at > overBy) broken.push(`${what} was told late that it is over`);
  }
}

/** When all has been well for long, what people were told last is how it is. */
export function lastWordTrue(played: Played): void {
  const { cluster, world, broken, shape, clock } = played;
  const last = new Map<string, Notification>();
  for (const each of cluster.notifications)
    last.set(`${each.labels['alertname']} of ${each.labels['target'] ?? each.labels['project']}`, each);
  const forgotten = new Set(
    cluster.forgotten.map((labels) => `${labels['alertname']} of ${labels['target'] ?? labels['project']}`),
  );
  const latest = clock() - endToldWithin(shape);
  for (const [what, { status, labels }] of last) {
    const { alertname = '', target = '' } = labels;
    const incident = incidentsOf(played, alertname, target).at(-1);
    const goesOn = incident !== undefined && (endOf(played, incident) ?? clock()) > latest;
    if (status === 'firing' && !goesOn && !forgotten.has(what))
      broken.push(`${what} was never told to be over`);
  }
  for (const incident of world.incidents) {
    const { alertname, target, at } = incident;
    if (endOf(played, incident) !== undefined || at > latest) continue;
    const what = `${alertname} of ${target}`;
    if (last.get(what)?.status !== 'firing')
      broken.push(`${what}, which goes on since ${clockTime(at)}, is not what people were told last`);
  }
}

/** Milliseconds in which a listing or a read shows what happened. */
function seenWithin({ refresh, minInterval, alertInterval }: Played['shape']): number {
  return Math.max(refresh, 1.2 * minInterval + alertInterval);
}

/** Milliseconds in which people hear that something is over. */
function endToldWithin(shape: Played['shape']): number {
  return seenWithin(shape) + shape.groupInterval + TELLING_END;
}

function endOf({ world, shape }: Played, { alertname, target, at, endedAt }: Incident): number | undefined {
  const end = BRIEF.has(alertname) ? at + shape.resolveAfter : endedAt;
  return end ?? world.deleted.get(target);
}

function incidentsOf({ world }: Played, alertname: string, target: string): readonly Incident[] {
  return world.incidents.filter((each) => each.alertname === alertname && each.target === target);
}
