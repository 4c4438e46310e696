import { expect, test, vi } from 'vitest';
import { KIND_NAMES, type KindName } from '../../src/kind-table.ts';
import type { Operation } from '../../src/modelarts/api.ts';
import { WAIT } from '../patience.ts';
import { countUpdates } from '../simulator-kit/ground-truth.ts';
import { type Case, PLAYED, type Played } from './cases.ts';
import {
  expectExact,
  idOf,
  MINUTE,
  PROJECT_NAMES,
  PROJECTS,
  type ProjectName,
  type Run,
  runExporter,
  START,
  sum,
  TARGETS,
} from './projects.ts';

interface Place {
  readonly kind: KindName;
  readonly operation: Operation;
}

type Struck = Place & { readonly project: ProjectName };

const READS: readonly Place[] = [
  { kind: 'service', operation: 'service_events' },
  { kind: 'training_job', operation: 'training_job_events' },
  { kind: 'service', operation: 'service_update_logs' },
  { kind: 'pool', operation: 'pool_events' },
  { kind: 'inference_service', operation: 'inference_service_events' },
];

const LISTINGS: readonly Place[] = [
  { kind: 'service', operation: 'list_services' },
  { kind: 'training_job', operation: 'list_training_jobs' },
  { kind: 'inference_service', operation: 'list_inference_services' },
  { kind: 'pool', operation: 'list_pools' },
];

/**
 * Rounds after which each project was struck once in each of at most five places. In one round no two are struck in the
 * same place, and of a project one or none, so that whatever shares a target's project, kind or credential is seen to
 * work meanwhile.
 */
function roundsInside(places: readonly Place[], { serial, reason }: Played): Struck[][] {
  // Which places of other projects are struck meanwhile differs from case to case.
  const stride = 1 + (serial % 4);
  const rounds = PROJECT_NAMES.map((_, round) =>
    PROJECT_NAMES.flatMap((project, index) => {
      const place = places[(round + stride * index) % PROJECT_NAMES.length];
      return place === undefined ? [] : [{ ...place, project }];
    }),
  );
  // What befalls a whole project strikes some projects, and then the others.
  return reason === 'auth' ? rounds.flatMap((round) => [round.slice(0, 2), round.slice(2)]) : rounds;
}

/**
 * What a connection suffers is the same for all, and in over-http.test.ts each fault strikes each request, so that one
 * round is enough. In each project a half of the places is struck, no two of which are on the same target.
 */
function roundOverHttp(places: readonly Place[]): Struck[] {
  return PROJECT_NAMES.flatMap((project, index) =>
    (index < 2 ? places.slice(0, 2) : places.slice(2)).map((place) => ({ ...place, project })),
  );
}

function roundsOf(given: Played, places: readonly Place[]): Struck[][] {
  return given.way === 'inside' ? roundsInside(places, given) : [roundOverHttp(places)];
}

const ALL = PROJECT_NAMES.flatMap((name) => KIND_NAMES.map((kind) => idOf(name, kind)));

/** Their answers tell how long the list is, so that one which is not there is no empty one. */
const TOTALLED: readonly Operation[] = [
  'service_events',
  'training_job_events',
  'inference_service_events',
  'list_services',
  'list_training_jobs',
  'list_inference_services',
];

/** Whether a fault means nothing to an operation. */
function isNoFault({ fault }: Case, operation: Operation): boolean {
  if (fault.kind === 'wrong_shape' && ['list_is_null', 'list_is_missing'].includes(fault.shape)) {
    return !TOTALLED.includes(operation);
  }
  // Of a service of unknown type they mean that there are no update logs.
  return operation === 'service_update_logs' && fault.kind === 'status' && [400, 404].includes(fault.status);
}

/** Why a refresh fails; undefined where it works. */
function reasonOf(given: Case, operation: Operation): string | undefined {
  if (isNoFault(given, operation)) return undefined;
  // The documents of the new generation name no other answer for a service that is not there.
  return operation === 'inference_service_events' && given.name === 'status 400' ? 'not_found' : given.reason;
}

/** Whether others than those that a fault strikes wait or fail for it. */
const isOfProject = ({ reason = '' }: Case) => ['auth', 'throttled'].includes(reason);

test.concurrent.each(PLAYED)('every kind and credential through $name, $way', async (given) => {
  const { fault, malformed = false } = given;
  await using run = await runExporter(given);
  let before = await recovered(run);
  const skippedBefore = new Set<string>();
  for (const round of roundsOf(given, READS)) {
    const struck = round.map((place) => ({
      ...place,
      id: idOf(place.project, place.kind),
      reason: reasonOf(given, place.operation),
    }));
    const heals = struck.map(({ operation, id: path }) => run.faults.add(fault, { operation, path }));
    await run.live(MINUTE);
    const affected = struck.flatMap(({ project, id, reason }) =>
      // A rejected credential is no matter of one target.
      reason === 'auth' ? [project, ...KIND_NAMES.map((each) => idOf(project, each))] : [id],
    );
    // With those that were struck before: they are up again, and nothing of them is lost.
    const others = ALL.filter((id) => !affected.includes(id));
    let samples = await run.samples();
    for (const { project, kind, operation, id, reason } of struck) {
      const grown = (name: string, ...more: string[]) => {
        const parts = [`project="${project}"`, `kind="${kind}"`, ...more];
        return sum(samples, name, ...parts) - sum(before, name, ...parts);
      };
      const errors = (...more: string[]) => grown('modelarts_refresh_errors_total', ...more);
      expect([operation, errors()]).toEqual([operation, reason === undefined ? 0 : 1]);
      if (reason !== undefined) expect([reason, errors(`reason="${reason}"`)]).toEqual([reason, 1]);
      expect(sum(samples, 'modelarts_target_up', `"${id}"`)).toBe(reason === undefined ? 1 : 0);
      // The same item twice, be it of two endpoints, is one.
      const isKnown = given.name === 'bad item: not_an_object' && skippedBefore.has(id);
      skippedBefore.add(id);
      expect([operation, grown('modelarts_malformed_events_total') > 0]).toEqual([
        operation,
        malformed && !isKnown,
      ]);
    }
    for (const id of others) expect([id, sum(samples, 'modelarts_target_up', `"${id}"`)]).toEqual([id, 1]);
    expectExact(run, samples, others);
    // What was counted stays, whatever goes wrong.
    const fallen = [...before]
      .filter(([name]) => name.endsWith('_total'))
      .flatMap(([name, family]) =>
        [...family].filter(([series, value]) => !((samples.get(name)?.get(series) ?? -1) >= value)),
      );
    expect(fallen).toEqual([]);

    for (const heal of heals) heal();
    if (isOfProject(given)) samples = await recovered(run);
    before = samples;
  }
  const samples = await recovered(run);
  expectExact(run, samples, ALL);
  for (const [id, { fail }] of countUpdates(run.cloud, START)) {
    expect(sum(samples, 'modelarts_service_updates_total', `"${id}"`, 'result="fail"')).toBe(fail);
  }
  expect(sum(samples, 'modelarts_truncated_polls_total')).toBe(0);
});

/**
 * What is shown when every target is up, at first or again: on a busy machine a healthy answer too may come after the
 * timeout, which is three seconds for the metadata service.
 */
function recovered(run: Run) {
  return vi.waitFor(async () => {
    // Beyond every pause and backoff.
    await run.live(10 * MINUTE);
    const samples = await run.samples();
    expect(sum(samples, 'modelarts_target_up')).toBe(TARGETS);
    return samples;
  }, WAIT);
}

/** Who asks somebody else for what its requests carry. */
const ISSUERS: readonly { readonly project: ProjectName; readonly operation: Operation }[] = [
  { project: 'user', operation: 'iam_token' },
  { project: 'ecs', operation: 'ecs_metadata' },
];

test.concurrent.each(PLAYED.filter(({ malformed }) => !malformed))(
  'whoever issues credentials through $name, $way',
  async (given) => {
    const { fault, reason } = given;
    await using run = await runExporter(given);
    const heals = ISSUERS.map(({ operation }) => run.faults.add(fault, { operation }));
    await run.live(MINUTE);
    const samples = await run.samples();
    for (const project of PROJECT_NAMES) {
      const isStruck = ISSUERS.some((issuer) => issuer.project === project);
      const up = sum(samples, 'modelarts_target_up', `project="${project}"`);
      const errors = sum(samples, 'modelarts_refresh_errors_total', `project="${project}"`);
      // A token comes in a header: whatever its body is like.
      if (!isStruck || errors === 0) expect([project, up, errors]).toEqual([project, KIND_NAMES.length, 0]);
      else expect([project, up, errors]).toEqual([project, 0, KIND_NAMES.length]);
      if (isStruck && given.fault.kind !== 'wrong_shape')
        expect([project, errors > 0]).toEqual([project, reason !== undefined]);
    }
    for (const heal of heals) heal();
    const healed = await recovered(run);
    expectExact(run, healed, ALL);
  },
);

function everyListingWorks({ collector, pass }: Run): Promise<void> {
  return vi.waitFor(async () => {
    pass(10 * MINUTE);
    await collector.discover();
    expect(collector.failingListings()).toEqual([]);
  }, WAIT);
}

test.concurrent.each(PLAYED)('every listing through $name, $way', async (given) => {
  const { fault } = given;
  await using run = await runExporter(given);
  await everyListingWorks(run);
  const known = run.collector.targets().length;
  for (const round of roundsOf(given, LISTINGS)) {
    const before = await run.samples();
    const heals = round.map(({ project, operation }) =>
      run.faults.add(fault, { operation, path: PROJECTS[project].id }),
    );
    await run.collector.discover();
    const samples = await run.samples();
    const errors = (...parts: string[]) =>
      sum(samples, 'modelarts_refresh_errors_total', ...parts) -
      sum(before, 'modelarts_refresh_errors_total', ...parts);
    const failing = round.filter(({ operation }) => reasonOf(given, operation) !== undefined);
    for (const place of round) {
      const who = [`project="${place.project}"`, `kind="${place.kind}"`] as const;
      const isFailing = failing.includes(place);
      expect([place.operation, errors(...who)]).toEqual([place.operation, isFailing ? 1 : 0]);
      if (isFailing) expect(errors(...who, `reason="${given.reason}"`)).toBe(1);
    }
    // All others work, those with them that failed before.
    if (!isOfProject(given)) expect(errors()).toBe(failing.length);
    expect(run.collector.targets()).toHaveLength(known);
    for (const heal of heals) heal();
    if (isOfProject(given)) await everyListingWorks(run);
    else run.pass(10 * MINUTE);
  }
  await everyListingWorks(run);
  await recovered(run);
});
