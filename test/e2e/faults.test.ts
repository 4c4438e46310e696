import { expect, test, vi } from 'vitest';
import { KIND_NAMES, type KindName } from '../../src/kind-table.ts';
import type { Operation } from '../../src/modelarts/api.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { parseSamples } from '../collection/running-exporter.ts';
import { configOf } from '../configuration.ts';
import { WAIT } from '../patience.ts';
import { BAD_ITEMS } from '../simulator-kit/faults/bad-item.ts';
import type { Fault, WrongShape } from '../simulator-kit/faults/fault.ts';
import { countEvents, countUpdates } from '../simulator-kit/ground-truth.ts';
import { startTestSimulator } from '../simulator-kit/test-simulator.ts';
import { createTestExporter } from '../test-exporter.ts';

const START = Date.parse('2024-05-06T07:08:09.000Z');
const MINUTE = 60_000;
/** Projects at one simulator, each with its own kind of credentials and a target of each kind. */
const PROJECTS = {
  token: { id: 'a'.repeat(32), region: 'cn-north-4', auth: { token: 'a-token' } },
  keys: { id: 'b'.repeat(32), region: 'cn-east-3', auth: { access_key: 'AKAKAKAK', secret_key: 'a-secret' } },
  user: {
    id: 'c'.repeat(32),
    region: 'cn-south-1',
    auth: { username: 'reader', password: 'a-password', domain: 'acme' },
  },
  ecs: { id: 'd'.repeat(32), region: 'cn-southwest-2', auth: { ecs_metadata: true } },
  environment: { id: 'e'.repeat(32), region: 'ap-southeast-1', auth: { environment: true } },
} as const;
type ProjectName = keyof typeof PROJECTS;
const PROJECT_NAMES: readonly ProjectName[] = ['token', 'keys', 'user', 'ecs', 'environment'];
const TARGETS = PROJECT_NAMES.length * KIND_NAMES.length;

const idOf = (project: ProjectName, kind: KindName) => `${kind}-of-${project}`;

/** By the name of the metric, and then by the whole series. */
type Samples = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** An exporter with its real client; its clock, and all its waiting but for answers, are the test's. */
async function runExporter(timeout: number) {
  let now = START;
  const clock = () => now;
  const cloud = new Cloud();
  for (const name of PROJECT_NAMES) {
    const { id, region } = PROJECTS[name];
    cloud.addProject({ id, name: region });
    cloud.addService(id, { service_id: idOf(name, 'service') });
    cloud.addInferenceService(id, { id: idOf(name, 'inference_service') });
    cloud.addJob(id, { id: idOf(name, 'training_job') });
    cloud.addPool(id, { name: idOf(name, 'pool') });
  }
  const simulator = await startTestSimulator({
    now: clock,
    cloud,
    credentials: {
      tokens: [{ token: 'a-token' }],
      accessKeys: [
        { accessKey: 'AKAKAKAK', secretKey: 'a-secret' },
        { accessKey: 'AKOFENVIRONMENT', secretKey: 'another-secret' },
      ],
      users: [{ name: 'reader', password: 'a-password', domain: 'acme' }],
    },
  });
  const config = configOf({
    limits: { response_bytes: 65_536 },
    api: { retries: 0, rate_limit: 10_000, timeout: `${timeout}ms` },
    projects: PROJECT_NAMES.map((name) => ({
      name,
      region: PROJECTS[name].region,
      project_id: PROJECTS[name].id,
      endpoint: simulator.url,
      iam_endpoint: simulator.url,
      auth:
        name === 'ecs' ? { ...PROJECTS.ecs.auth, ecs_metadata_endpoint: simulator.url } : PROJECTS[name].auth,
      services: [{ id: idOf(name, 'service') }],
      inference_services: [{ id: idOf(name, 'inference_service') }],
      training_jobs: [{ id: idOf(name, 'training_job') }],
      pools: [{ name: idOf(name, 'pool') }],
      discovery: {
        services: { enabled: true },
        inference_services: { enabled: true },
        training_jobs: { enabled: true },
        pools: { enabled: true },
      },
    })),
  });
  const exporter = await createTestExporter(config, {
    clock,
    env: { HUAWEICLOUD_SDK_AK: 'AKOFENVIRONMENT', HUAWEICLOUD_SDK_SK: 'another-secret' },
  });
  const { collector, reporter } = exporter;
  let serial = 0;
  return {
    simulator,
    collector,
    reporter,
    /** Lets something happen everywhere, and time pass, and reads it. */
    async live(milliseconds: number): Promise<void> {
      for (const name of PROJECT_NAMES) happen(cloud, name, now + 1_000, serial);
      serial += 1;
      now += milliseconds;
      await collector.collect(Number.POSITIVE_INFINITY);
    },
    /** Lets time pass in which nobody asks for anything. */
    pass(milliseconds: number): void {
      now += milliseconds;
    },
    /** Everything that is exposed. */
    async samples(): Promise<Samples> {
      const text = [...exporter.series.chunks('text')].join('') + (await exporter.metrics.text('text'));
      const samples = new Map<string, Map<string, number>>();
      for (const [series, value] of parseSamples(text)) {
        const [name = ''] = series.split('{', 1);
        const family = samples.get(name);
        if (family === undefined) samples.set(name, new Map([[series, value]]));
        else family.set(series, value);
      }
      return samples;
    },
    async [Symbol.asyncDispose]() {
      await exporter.stop();
      await simulator.close();
    },
  };
}

type Run = Awaited<ReturnType<typeof runExporter>>;

/** A few events of every kind, some of them identical, and an update; no two of all these calls are alike. */
function happen(cloud: Cloud, project: ProjectName, at: number, serial: number): void {
  const service = idOf(project, 'service');
  const words = `event ${serial}`;
  for (const event_type of ['normal', 'abnormal', 'abnormal']) {
    cloud.addServiceEvent(service, { event_type, event_info: words, occur_time: at + 123 });
  }
  cloud.addUpdateRecord(service, { result: 'FAIL', update_time: at + 200, config: [] });
  for (const event_type of ['NORMAL', 'ABNORMAL', 'WARNING', 'WARNING']) {
    const inference = idOf(project, 'inference_service');
    cloud.addInferenceEvent(inference, { event_type, event_info: words, at: at + 321 });
  }
  for (const level of ['Info', 'Error', 'Error']) {
    cloud.addJobEvent(idOf(project, 'training_job'), { time: at, level, source: 'Task', message: words });
  }
  const pool = { type: 'Warning', reason: 'NodeNotReady', firstTimestamp: at };
  cloud.addPoolEvent(idOf(project, 'pool'), { ...pool, message: words, count: 1 + (serial % 3) });
}

function sum(samples: Samples, name: string, ...parts: readonly string[]): number {
  let total = 0;
  for (const [series, value] of samples.get(name) ?? [])
    if (parts.every((part) => series.includes(part))) total += value;
  return total;
}

/** As many events of these targets are counted as there were. */
function expectExact({ simulator: { cloud } }: Run, samples: Samples, ids: readonly string[]): void {
  for (const { target, kind, classes, count } of countEvents(cloud, START)) {
    if (!ids.includes(target)) continue;
    const labels = [target, ...classes].map((value) => `"${value}"`);
    const counted = sum(samples, `modelarts_${kind}_events_total`, ...labels);
    expect([target, classes, counted]).toEqual([target, classes, count]);
  }
}

interface Case {
  readonly name: string;
  readonly fault: Fault;
  /** The client waits until its timeout. */
  readonly isSlow?: boolean;
  /** Undefined: the refresh works. */
  readonly reason?: string;
  /** Of `modelarts_malformed_events_total`. */
  readonly malformed?: boolean;
}

const SHAPES: readonly WrongShape[] = [
  'list_is_object',
  'list_is_null',
  'list_is_missing',
  'list_is_string',
  'top_is_null',
  'top_is_array',
  'top_is_string',
];

const CASES: readonly Case[] = [
  { name: 'a little latency', fault: { kind: 'latency', ms: 20 } },
  {
    name: 'latency beyond the timeout',
    fault: { kind: 'latency', ms: 60_000 },
    reason: 'timeout',
    isSlow: true,
  },
  { name: 'no answer', fault: { kind: 'hang' }, reason: 'timeout', isSlow: true },
  { name: 'a connection reset', fault: { kind: 'reset' }, reason: 'network' },
  { name: 'half an answer', fault: { kind: 'cut' }, reason: 'network' },
  { name: 'a page', fault: { kind: 'not_json' }, reason: 'malformed' },
  { name: 'half of a JSON text', fault: { kind: 'truncated_json' }, reason: 'malformed' },
  { name: 'a huge answer', fault: { kind: 'huge', bytes: 1_000_000 }, reason: 'malformed' },
  { name: 'a gzip bomb', fault: { kind: 'gzip_bomb', bytes: 200_000 }, reason: 'malformed' },
  { name: '429', fault: { kind: 'throttled' }, reason: 'throttled' },
  { name: '429 with Retry-After', fault: { kind: 'throttled', retryAfter: 60 }, reason: 'throttled' },
  ...Object.entries({
    400: 'other',
    401: 'auth',
    403: 'forbidden',
    404: 'not_found',
    408: 'timeout',
    418: 'other',
    500: 'server',
    502: 'server',
    503: 'server',
    504: 'timeout',
  }).map(([status, reason]) => ({
    name: `status ${status}`,
    fault: { kind: 'status', status: Number(status) } as const,
    reason,
  })),
  ...SHAPES.map((shape) => ({
    name: shape,
    fault: { kind: 'wrong_shape', shape } as const,
    reason: 'malformed',
  })),
  ...BAD_ITEMS.map((item) => ({
    name: `bad item: ${item}`,
    fault: { kind: 'bad_item', item } as const,
    malformed: true,
  })),
];

/** Milliseconds. Where nobody waits for it, a busy machine must not reach it. */
const timeoutOf = ({ isSlow = false }: Case) => (isSlow ? 10_000 : 60_000);

/**
 * Rounds in which some projects are struck in all places of one half, some in all of the other, and at least one in
 * none. After them each project was struck everywhere.
 */
const ROUNDS: readonly (readonly [first: readonly ProjectName[], second: readonly ProjectName[]])[] = [
  [
    ['token', 'keys'],
    ['user', 'ecs'],
  ],
  [['user', 'ecs'], ['environment']],
  [['environment'], ['token', 'keys']],
];

/** @param places two halves, of which no two in one half are on the same target */
function placesIn<P>(
  round: number,
  halves: readonly [readonly P[], readonly P[]],
): (P & { readonly project: ProjectName })[] {
  return halves.flatMap((places, half) =>
    (ROUNDS[round]?.[half] ?? []).flatMap((project) => places.map((place) => ({ ...place, project }))),
  );
}

/** Each case with the rounds that it takes one after the other; where that means waiting, side by side. */
const CASES_BY_ROUNDS = CASES.toSorted(
  (a, b) => Number(b.isSlow ?? false) - Number(a.isSlow ?? false),
).flatMap((given) =>
  given.isSlow
    ? ROUNDS.map((_, round) => ({ ...given, rounds: [round] }))
    : [{ ...given, rounds: [...ROUNDS.keys()] }],
);

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

test.concurrent.each(CASES_BY_ROUNDS)('every kind and credential through $name ($rounds)', async (given) => {
  const { fault, malformed = false } = given;
  await using run = await runExporter(timeoutOf(given));
  await run.live(MINUTE);
  const skippedBefore = new Set<string>();
  for (const round of given.rounds) {
    const struck = placesIn(round, READS).map((place) => ({
      ...place,
      id: idOf(place.project, place.kind),
      reason: isNoFault(given, place.operation) ? undefined : given.reason,
    }));
    const before = await run.samples();
    const heals = struck.map(({ operation, id: path }) =>
      run.simulator.faults.add(fault, { operation, path }),
    );
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
    for (const [name, family] of before) {
      if (!name.endsWith('_total')) continue;
      for (const [series, value] of family)
        expect(samples.get(name)?.get(series)).toBeGreaterThanOrEqual(value);
    }

    for (const heal of heals) heal();
    samples = await recovered(run);
    expectExact(run, samples, [...affected, ...others]);
    for (const [id, { fail }] of countUpdates(run.simulator.cloud, START)) {
      expect(sum(samples, 'modelarts_service_updates_total', `"${id}"`, 'result="fail"')).toBe(fail);
    }
    expect(sum(samples, 'modelarts_truncated_polls_total')).toBe(0);
  }
});

/** What is shown when every target is up again: on a busy machine a healthy answer too may come after the timeout. */
function recovered(run: Awaited<ReturnType<typeof runExporter>>) {
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

test.concurrent.each(CASES.filter(({ malformed }) => !malformed))(
  'whoever issues credentials through $name',
  async (given) => {
    const { fault, reason } = given;
    await using run = await runExporter(timeoutOf(given));
    const heals = ISSUERS.map(({ operation }) => run.simulator.faults.add(fault, { operation }));
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

test.concurrent.each(CASES_BY_ROUNDS)('every listing through $name ($rounds)', async (given) => {
  const { fault } = given;
  await using run = await runExporter(timeoutOf(given));
  await run.collector.discover();
  const known = run.collector.targets().length;
  for (const round of given.rounds) {
    const struck = placesIn(round, LISTINGS);
    const before = await run.samples();
    const heals = struck.map(({ project, operation }) =>
      run.simulator.faults.add(fault, { operation, path: PROJECTS[project].id }),
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
    await vi.waitFor(async () => {
      run.pass(10 * MINUTE);
      await run.collector.discover();
      expect(run.collector.failingListings()).toEqual([]);
    }, WAIT);
  }
  await recovered(run);
});
