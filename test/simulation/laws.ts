import type { KindName } from '../../src/kind-table.ts';
import { countEvents, countUpdates } from '../simulator-kit/ground-truth.ts';
import type { AlertmanagerCluster } from './alertmanagers.ts';
import type { Fault } from './faults.ts';
import type { Machine } from './machine.ts';
import type { Network } from './network.ts';
import type { Scraper } from './scraper.ts';
import type { Incident, World } from './world.ts';

/** All that a story has, for those who judge it. */
export interface Played {
  /** Unix milliseconds. */
  readonly start: number;
  readonly clock: () => number;
  readonly world: World;
  readonly cluster: AlertmanagerCluster;
  readonly machines: readonly Machine[];
  /** Of each machine. */
  readonly networks: readonly Network[];
  /** Of each machine. */
  readonly scrapers: readonly (readonly Scraper[])[];
  readonly faults: readonly Fault[];
  readonly isSharded: boolean;
  /** Log lines that speak of an error that nobody expected. */
  readonly unexpected: readonly string[];
  /** Laws that were broken. */
  readonly broken: string[];
}

const MINUTE = 60_000;
/** From what happens until somebody is told, where all is well: listing, reading, sending and waiting for the group. */
const TOLD_WITHIN = 15 * MINUTE;
/** A condition is told to be over so long after it is, at the latest. */
const OVER_WITHIN = 24 * MINUTE;
/** What a fault may still cause after it has ended. */
/** Refusals of one fault: those of the first moment, and one now and then to see whether it is over. */
const REFUSALS_MAX = 12;
const REFUSAL_EVERY = 2 * MINUTE;
const AFTERMATH = 30 * MINUTE;

/** What must hold at every moment. */
export function checkNow(played: Played): void {
  const truth = truthOf(played);
  const { broken, scrapers, machines } = played;
  for (const [index, own] of scrapers.entries()) {
    for (const scraper of own) {
      const place = `exporter ${index + 1}, ${scraper.name} scraper`;
      if (isForgetful(played, index)) continue;
      for (const setback of scraper.setbacks) broken.push(`${place}: a counter went back: ${setback}`);
      for (const series of scraper.unborn.splice(0)) broken.push(`${place}: first seen above 0: ${series}`);
      for (const [key, value] of scraper.increases) {
        const most = truth.get(key) ?? 0;
        if (value > most && !played.world.deleted.has(key.split(' ')[0] ?? ''))
          broken.push(`${place}: ${key} increased by ${value}, but only ${most} happened`);
      }
    }
  }
  for (const [index, machine] of machines.entries()) {
    for (const error of machine.failedStarts.splice(0))
      broken.push(`exporter ${index + 1} did not start: ${error}`);
  }
  for (const text of played.unexpected) broken.push(text);
  checkTold(played);
}

/** What must hold when all has been well for hours. */
export async function checkEnd(played: Played, pass: (duration: number) => Promise<void>): Promise<void> {
  await pass(2 * MINUTE);
  checkNow(played);
  const { broken, scrapers, isSharded, world, machines } = played;
  const sums = scrapers.map((own) => own.map(({ increases }) => increases));
  const views = isSharded
    ? [0, 1].map((index) => merged(sums.map((own) => own[index] ?? new Map())))
    : sums.flat();
  for (const [view, increases] of views.entries()) {
    if (machines.some((_, index) => isForgetful(played, index))) break;
    for (const [key, count] of truthOf(played)) {
      const target = key.split(' ')[0] ?? '';
      const seen = increases.get(key) ?? 0;
      const kind = target === 'all' ? key.slice(4) : target.slice(0, target.lastIndexOf('-'));
      const isKnown =
        target === 'all' ? !world.deletedEvents.has(kind as KindName) : !world.deleted.has(target);
      const isTruncated = scrapers.flat().some(({ truncated }) => truncated.has(kind));
      if (isTruncated) continue;
      if (seen !== count && isKnown)
        broken.push(`view ${view + 1}: ${key} increased by ${seen}, but ${count} happened`);
    }
  }
  for (const [index, machine] of machines.entries()) {
    const backend = machine.running?.backend;
    if (backend === undefined) broken.push(`exporter ${index + 1} does not run`);
    else if (!backend.ready()) broken.push(`exporter ${index + 1} is not ready`);
    for (const { name, id, up, error } of backend?.targets() ?? []) {
      if (up !== true) broken.push(`exporter ${index + 1}: ${name ?? id} is down: ${error?.message}`);
    }
  }
  checkIncidents(played);
  checkRefusals(played);
}

/**
 * An exporter that can't save shows what it counts all the same, and says so in a metric: if it is killed then, its
 * counters begin again where they were saved last.
 */
function isForgetful({ faults }: Played, host: number): boolean {
  const own = faults.filter((fault) => fault.host === host);
  const kills = own.filter(({ kind }) => kind === 'kill' || kind === 'power loss' || kind === 'restart');
  const hindrances = own.filter(({ kind }) => kind === 'disk full' || kind === 'stuck event log');
  return hindrances.some((hindrance) => kills.some(({ at }) => overlaps(hindrance, at, at)));
}

/** How many events and updates happened to each target, by `target events` and `target updates`. */
function truthOf({ world, start }: Played): ReadonlyMap<string, number> {
  const truth = new Map<string, number>();
  const add = (key: string, count: number) => truth.set(key, (truth.get(key) ?? 0) + count);
  for (const { kind, target, count } of countEvents(world.cloud, start)) {
    add(`${target} events`, count);
    add(`all ${kind}`, count);
  }
  for (const [kind, count] of world.deletedEvents) add(`all ${kind}`, count);
  for (const [target, { success, fail }] of countUpdates(world.cloud, start))
    add(`${target} updates`, success + fail);
  return truth;
}

function merged(maps: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  for (const map of maps) for (const [key, value] of map) all.set(key, (all.get(key) ?? 0) + value);
  return all;
}

const CONDITIONS = new Set(['ModelArtsServiceFailed', 'ModelArtsPoolAbnormal', 'ModelArtsTrainingJobFailed']);
/** Alerts of events that go with an incident. */
const BESIDE: Readonly<Record<string, string>> = {
  ModelArtsTrainingJobError: 'ModelArtsTrainingJobFailed',
  ModelArtsPoolWarningEvent: 'ModelArtsPoolAbnormal',
};
const DOWN = new Set(['ModelArtsTargetDown', 'ModelArtsProjectDown']);

/** Nothing is told that did not happen. */
function checkTold(played: Played): void {
  const { cluster, world, broken, start } = played;
  const now = played.clock();
  for (const { at, status, labels } of cluster.notifications.filter((each) => each.at > now - 5 * MINUTE)) {
    const { alertname = '', target = '' } = labels;
    if (status === 'resolved') {
      checkOver(played, alertname, target, at);
      continue;
    }
    const what = `${alertname} of ${target || 'the project'} was told at ${clockTime(at)}`;
    const incidents = incidentsOf(world, BESIDE[alertname] ?? alertname, target);
    if (CONDITIONS.has(BESIDE[alertname] ?? alertname)) {
      if (!incidents.some((incident) => incident.at <= at)) broken.push(`${what}, but nothing had happened`);
      const deletedAt = world.deleted.get(target);
      if (deletedAt !== undefined && deletedAt + AFTERMATH < at) broken.push(`${what}, but it was deleted`);
    } else if (DOWN.has(alertname)) {
      if (!isDisturbed(played, at - start - AFTERMATH, at - start))
        broken.push(`${what}, but nothing was wrong`);
    } else broken.push(`${what}: no alert of this name was to be expected`);
  }
}

/** A condition is over only once it is. */
function checkOver(played: Played, alertname: string, target: string, at: number): void {
  // A failed job is told of for as long as `resolve_after` says.
  if (!CONDITIONS.has(alertname) || alertname === 'ModelArtsTrainingJobFailed') return;
  const { world, broken, start } = played;
  const incident = incidentsOf(world, alertname, target).findLast((each) => each.at <= at);
  if (incident === undefined || incident.endedAt !== undefined || world.deleted.has(target)) return;
  if (isDisturbed(played, at - start - AFTERMATH, at - start)) return;
  broken.push(`${alertname} of ${target} was told to be over at ${clockTime(at)}, but goes on`);
}

/** Once a quota is learnt or a credential is known to be refused, few requests find that out again. */
function checkRefusals({ faults, networks, start, broken }: Played): void {
  for (const fault of faults) {
    if (fault.kind !== 'weather') continue;
    const status = fault.weather.isLockedOut ? 401 : fault.weather.quota !== undefined ? 429 : undefined;
    const during = (networks[fault.host]?.refusals ?? []).filter(
      (each) =>
        each.status === status &&
        each.at >= start + fault.at &&
        each.at <= start + fault.at + fault.lasts + MINUTE,
    );
    const most = REFUSALS_MAX + Math.ceil(fault.lasts / REFUSAL_EVERY);
    if (during.length > most)
      broken.push(`${during.length} requests were refused (${status}) within ${fault.lasts / MINUTE} min`);
  }
}

/** Every incident was told once when it began and once when it was over, at least where nothing was in the way. */
function checkIncidents(played: Played): void {
  const { world, broken, start, cluster } = played;
  for (const incident of world.incidents) {
    const { alertname, target, at, endedAt } = incident;
    const isOneOf = (next: number | undefined) => next === undefined || at < next;
    const others = incidentsOf(world, alertname, target).filter((each) => each.at > at);
    const until = Math.min(...others.map((each) => each.at), Number.POSITIVE_INFINITY);
    const told = cluster.notifications.filter(
      ({ labels, at: when }) =>
        labels['alertname'] === alertname && labels['target'] === target && when >= at && when < until,
    );
    const firing = told.filter(({ status }) => status === 'firing');
    const resolved = told.filter(({ status }) => status === 'resolved');
    const what = `${alertname} of ${target} at ${clockTime(at)}`;
    const over = endedAt ?? world.deleted.get(target);
    const end = (over ?? played.clock()) - start + OVER_WITHIN;
    const disturbances = played.faults.filter((fault) => overlaps(fault, at - start - AFTERMATH, end)).length;
    if (world.deleted.has(target) || !isOneOf(until)) continue;
    if (disturbances > 0) {
      if (firing.length > 1 + disturbances) broken.push(`${what} was told ${firing.length} times`);
      continue;
    }
    if (firing.length !== 1) broken.push(`${what} was told ${firing.length} times as firing`);
    else if ((firing[0]?.at ?? 0) > at + TOLD_WITHIN) broken.push(`${what} was told late`);
    if (over === undefined) continue;
    if (resolved.length !== 1) broken.push(`${what} was told ${resolved.length} times as resolved`);
    else if ((resolved[0]?.at ?? 0) > over + OVER_WITHIN)
      broken.push(`${what} was told late that it is over`);
  }
}

function incidentsOf(world: World, alertname: string, target: string): readonly Incident[] {
  return world.incidents.filter((each) => each.alertname === alertname && each.target === target);
}

function isDisturbed({ faults }: Played, from: number, to: number): boolean {
  return faults.some((fault) => overlaps(fault, from, to));
}

/** @param from since the start, as `at` of a fault */
function overlaps(fault: Fault, from: number, to: number): boolean {
  return fault.at <= to && fault.at + fault.lasts + AFTERMATH >= from;
}

function clockTime(at: number): string {
  return new Date(at).toISOString().slice(5, 19);
}
