import { KIND_NAMES, rowOf } from '../../../src/kind-table.ts';
import type { Operation } from '../../../src/modelarts/api.ts';
import type { Fault } from '../faults.ts';
import type { Scraped } from '../scraper.ts';
import { troubleOf } from '../troubles.ts';
import { aftermathOf, isDisturbed, MINUTE, type Played } from './played.ts';

/** Where all is well a start takes no longer. */
const READY_WITHIN = 15 * MINUTE;
/** Milliseconds that an exporter has to end in. */
const STOP_MAX = 5_000;
/** Refusals of one fault: those of the first moment, and one now and then to see whether it is over. */
const REFUSALS_MAX = 12;
const REFUSAL_EVERY = 2 * MINUTE;
/** Then a quota is learnt, and one request in so long a time may find out whether it grants more by now. */
const LEARNT_AFTER = 5 * MINUTE;
const TRIAL_EVERY = 30 * MINUTE;
/** Of a target, with its part of the listings. */
const TURN_REQUESTS = 4;
/** So many things one exporter may wait for at once, and so many bytes and files it may keep. */
const PENDING_MAX = 300;
const BYTES_MAX = 4 * 1024 * 1024;
const FILES_MAX = 3;
const SAMPLES_PER_TARGET = 30;

const LISTINGS = KIND_NAMES.map(
  (kind) => rowOf(kind).operations.find((each) => each.startsWith('list_')) as Operation,
);

/**
 * An exporter is ready when it has asked for everything once, and then stays so. Where its credential is refused, it has
 * tried all by finding that out.
 */
export function readyIsTrue(played: Played): void {
  const { machines, networks, broken, clock } = played;
  for (const [index, { running, startedAt }] of machines.entries()) {
    if (running === undefined) continue;
    const isReady = running.backend.ready();
    const asked = networks[index]?.asked;
    const unasked = LISTINGS.filter((listing) => (asked?.get(listing) ?? 0) < startedAt);
    const isRefused =
      (networks[index]?.lastWithoutToken ?? 0) >= startedAt ||
      networks[index]?.refusals.some(({ at, status }) => status === 401 && at >= startedAt) === true;
    if (isReady && unasked.length > 0 && !isRefused)
      broken.push(`exporter ${index + 1} is ready, but has never asked for ${unasked.join(', ')}`);
    if (!isReady && startedAt + READY_WITHIN < clock() && !isDisturbed(played, startedAt, clock()))
      broken.push(`exporter ${index + 1} is not ready, though nothing keeps it from being`);
  }
}

/**
 * In how many milliseconds each target has its turn while a learnt quota is in force: for hours after it was lifted, as
 * it is tried only now and then whether more passes.
 */
function turnOf({ quotas }: Scraped, targets: number): number {
  const windows = Object.values(quotas.states()).flatMap((state) => state.windows);
  const rate = Math.min(...windows.map(({ limit, period }) => limit / period));
  return (TURN_REQUESTS * targets) / rate;
}

/** Where nothing is in the way every target is read again and again. */
export function nothingStarves(played: Played): void {
  const { machines, broken, clock, shape, world } = played;
  const now = clock();
  const aftermath = aftermathOf(shape);
  if (isDisturbed(played, now - aftermath, now)) return;
  const patience = 2 * (1.2 * shape.minInterval + shape.alertInterval) + MINUTE;
  for (const [index, { running, startedAt }] of machines.entries()) {
    if (running === undefined || startedAt + aftermath > now) continue;
    const targets = running.backend.targets();
    const turn = turnOf(running, targets.length);
    for (const { id, name, deleted, lastSuccess, error } of targets) {
      const isLeftAlone = deleted || world.deleted.has(id) || world.hasEnded(id);
      const since = lastSuccess ?? Math.max(startedAt, (world.created.get(id) ?? 0) + shape.refresh);
      if (isLeftAlone || since + patience + turn > now) continue;
      const minutes = Math.floor((now - since) / MINUTE);
      broken.push(
        `exporter ${index + 1}: ${name ?? id} was not read for ${minutes} min: ${error?.message ?? 'no error'}`,
      );
    }
  }
}

/** Whoever has stopped did so soon, and waits for nothing any more. */
export function everythingSettles({ machines, faults, broken }: Played): void {
  for (const [index, { endings }] of machines.entries()) {
    const mayTakeLong = faults.some(
      ({ name, host }) => host === index && ['has a slow disk', 'is stopped (SIGSTOP)'].includes(name),
    );
    for (const { took, pending } of endings.splice(0)) {
      if (took > STOP_MAX && !mayTakeLong)
        broken.push(`exporter ${index + 1} took ${Math.round(took)} ms to end`);
      if (pending > 0) broken.push(`exporter ${index + 1} has ended, but still waits for ${pending} things`);
    }
  }
}

/** Memory, queues and files have bounds. */
export function everythingBounded({ machines, scrapers, world, broken }: Played): void {
  for (const [index, { pending, disk }] of machines.entries()) {
    const place = `exporter ${index + 1}`;
    if (pending > PENDING_MAX) broken.push(`${place} waits for ${pending} things at once`);
    const files = [...disk.files].filter(([name]) => !name.includes('.bad-'));
    const bytes = files.reduce((sum, [, { length }]) => sum + length, 0);
    if (files.length > FILES_MAX || bytes > BYTES_MAX)
      broken.push(`${place} keeps ${files.length} files of ${bytes} bytes`);
    const most = SAMPLES_PER_TARGET * (world.targets().length + world.deleted.size + 1);
    for (const { samples } of scrapers[index] ?? [])
      if (samples > most) broken.push(`${place} shows ${samples} samples`);
  }
}

/** Once a quota is learnt or a credential is known to be refused, few requests find that out again. */
export function refusalsHeeded({ faults, networks, start, broken, shape }: Played): void {
  for (const fault of faults) {
    const { weather } = troubleOf(fault.name);
    const status = weather?.isLockedOut ? 401 : weather?.quota !== undefined ? 429 : undefined;
    const during = (networks[fault.host]?.refusals ?? []).filter(
      (each) =>
        each.status === status &&
        each.at >= start + fault.at &&
        each.at <= start + fault.at + fault.lasts + MINUTE,
    );
    const most = waysOf(shape, status) * (REFUSALS_MAX + Math.ceil(fault.lasts / REFUSAL_EVERY));
    if (during.length > most)
      broken.push(`${during.length} requests were refused (${status}) within ${fault.lasts / MINUTE} min`);
    if (status !== 429) continue;
    const beyond = during.filter(({ at }) => isLearnt(fault, at));
    if (beyond.length > shape.projects * (1 + Math.ceil(fault.lasts / TRIAL_EVERY)))
      broken.push(`${beyond.length} requests were sent beyond a quota that was learnt`);
  }

  /** Whether a quota was met some minutes before, and nothing else is in the way by which it might be forgotten. */
  function isLearnt(quota: Fault, at: number): boolean {
    const met = networks[quota.host]?.refusals.some(
      (each) => each.status === 429 && each.at >= start + quota.at && each.at <= at - LEARNT_AFTER,
    );
    const others = faults.filter((each) => each !== quota && each.host === quota.host);
    const isDisturbed = others.some(
      (each) => start + each.at <= at && at <= start + each.at + each.lasts + 2 * LEARNT_AFTER,
    );
    return met === true && !isDisturbed;
  }
}

/** How many find out each for itself: the quota is each project's, a token of IAM too, and IAM is asked for it. */
function waysOf({ projects, auth }: Played['shape'], status: 401 | 429 | undefined): number {
  if (status === 429) return projects;
  return auth === 'password' ? projects + 1 : 1;
}

/** In the end all exporters run, and read all. */
export function everythingWell({ machines, broken }: Played): void {
  for (const [index, { running, failedStarts }] of machines.entries()) {
    for (const error of failedStarts) broken.push(`exporter ${index + 1} did not start: ${error}`);
    const backend = running?.backend;
    if (backend === undefined) broken.push(`exporter ${index + 1} does not run`);
    else if (!backend.ready()) broken.push(`exporter ${index + 1} is not ready`);
    for (const { name, id, up, deleted, error } of backend?.targets() ?? []) {
      if (up !== true && !deleted)
        broken.push(`exporter ${index + 1}: ${name ?? id} is down: ${error?.message}`);
    }
  }
}
