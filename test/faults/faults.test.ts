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

type Round = readonly [first: readonly ProjectName[], second: readonly ProjectName[]];

/**
 * Rounds in which some projects are struck in all places of one half, some in all of the other, and at least one in
 * none. After them each project was struck everywhere.
 */
const ROUNDS: readonly Round[] = [
  [
    ['token', 'keys'],
    ['user', 'ecs'],
  ],
  [['user', 'ecs'], ['environment']],
  [['environment'], ['token', 'keys']],
];
/** What a connection suffers is the same for all, so that each is struck once. */
const ROUND_OVER_HTTP: Round = [
  ['token', 'keys'],
  ['user', 'ecs', 'environment'],
];

const roundsOf = ({ way }: Played) => (way === 'inside' ? ROUNDS : [ROUND_OVER_HTTP]);

/** @param places two halves, of which no two in one half are on the same target */
function placesIn<P>(
  round: Round,
  halves: readonly [readonly P[], readonly P[]],
): (P & { readonly project: ProjectName })[] {
  return halves.flatMap((places, half) =>
    (round[half] ?? []).flatMap((project) => places.map((place) => ({ ...place, project }))),
  );
}

interface Place {
  readonly kind: KindName;
  readonly operation: Operation;
}

const READS: readonly [readonly Place[], readonly Place[]] = [
  [
    { kind: 'service', operation: 'service_events' },
    { kind: 'training_job', operation: 'training_job_events' },
  ],
  [
    { kind: 'service', operation: 'service_update_logs' },
    { kind: 'pool', operation: 'pool_events' },
  ],
];

/** Their answers tell how long the list is, so that one which is not there is no empty one. */
const TOTALLED: readonly Operation[] = [
  'service_events',
  'training_job_events',
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

test.concurrent.each(PLAYED)('every kind and credential through $name, $way', async (given) => {
  const { fault, malformed = false } = given;
  await using run = await runExporter(given);
  await recovered(run);
  const skippedBefore = new Set<string>();
  for (const round of roundsOf(given)) {
    const struck = placesIn(round, READS).map((place) => ({
      ...place,
      id: idOf(place.project, place.kind),
      reason: isNoFault(given, place.operation) ? undefined : given.reason,
    }));
    const before = await run.samples();
    const heals = struck.map(({ operation, id: path }) => run.faults.add(fault, { operation, path }));
    await run.live(MINUTE);
    const affected = struck.flatMap(({ project, id, reason }) =>
      // A rejected credential is no matter of one target.
      reason === 'auth' ? [project, ...KIND_NAMES.map((each) => idOf(project, each))] : [id],
    );
    const others = PROJECT_NAMES.flatMap((name) => KIND_NAMES.map((each) => idOf(name, each))).filter(
      (id) => !affected.includes(id),
    );
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
    samples = await recovered(run);
    expectExact(run, samples, [...affected, ...others]);
    for (const [id, { fail }] of countUpdates(run.cloud, START)) {
      expect(sum(samples, 'modelarts_service_updates_total', `"${id}"`, 'result="fail"')).toBe(fail);
    }
    expect(sum(samples, 'modelarts_truncated_polls_total')).toBe(0);
  }
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
    expectExact(
      run,
      healed,
      PROJECT_NAMES.flatMap((name) => KIND_NAMES.map((kind) => idOf(name, kind))),
    );
  },
);

const LISTINGS: readonly [readonly Place[], readonly Place[]] = [
  [
    { kind: 'service', operation: 'list_services' },
    { kind: 'inference_service', operation: 'list_inference_services' },
  ],
  [
    { kind: 'training_job', operation: 'list_training_jobs' },
    { kind: 'pool', operation: 'list_pools' },
  ],
];

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
  for (const round of roundsOf(given)) {
    const struck = placesIn(round, LISTINGS);
    const before = await run.samples();
    const heals = struck.map(({ project, operation }) =>
      run.faults.add(fault, { operation, path: PROJECTS[project].id }),
    );
    await run.collector.discover();
    const samples = await run.samples();
    for (const { project, kind, operation } of struck) {
      const reason = isNoFault(given, operation) ? undefined : given.reason;
      const who = ['modelarts_refresh_errors_total', `project="${project}"`, `kind="${kind}"`] as const;
      const errors = (...more: string[]) => sum(samples, ...who, ...more) - sum(before, ...who, ...more);
      expect([operation, errors()]).toEqual([operation, reason === undefined ? 0 : 1]);
      if (reason !== undefined) expect(errors(`reason="${reason}"`)).toBe(1);
    }
    expect(run.collector.targets()).toHaveLength(known);
    for (const heal of heals) heal();
    await everyListingWorks(run);
  }
  await recovered(run);
});
