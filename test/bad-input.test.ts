import { expect, test } from 'vitest';
import type { Operation } from '../src/modelarts/api.ts';
import {
  JOB,
  POOL,
  PROJECT,
  type RunningExporter,
  runExporter,
  SERVICE,
} from './collection/running-exporter.ts';
import { BAD_ITEMS } from './simulator-kit/faults/bad-item.ts';
import type { Fault } from './simulator-kit/faults/fault.ts';
import { HOSTILE_TEXTS } from './simulator-kit/hostile-text.ts';

const NOW = Date.parse('2024-05-06T07:08:09.123Z');
const TARGETS = {
  services: [{ id: SERVICE, name: 's' }],
  training_jobs: [{ id: JOB, name: 'j' }],
  pools: [{ name: POOL, display_name: 'p' }],
};
const EVENT_OPERATIONS = {
  service: 'service_events',
  training_job: 'training_job_events',
  pool: 'pool_events',
} as const;
const KINDS = ['service', 'training_job', 'pool'] as const;

async function runAll(settings = {}): Promise<RunningExporter> {
  const run = await runExporter({ ...settings, project: TARGETS }, { now: NOW });
  run.cloud.addService(PROJECT, { service_id: SERVICE });
  run.cloud.addJob(PROJECT, { id: JOB });
  run.cloud.addPool(PROJECT, { name: POOL });
  return run;
}

/** One event of each kind, at the present second. */
function happen({ cloud, now }: RunningExporter, text = `event at ${now()}`): void {
  cloud.addServiceEvent(SERVICE, { event_type: 'abnormal', event_info: text, occur_time: now() });
  cloud.addJobEvent(JOB, { time: now() + 1000, level: 'Error', source: 'Job', message: text });
  cloud.addPoolEvent(POOL, {
    type: 'Warning',
    reason: 'PoolStatusChange',
    message: text,
    firstTimestamp: now() + 1000,
  });
}

/** Events of each kind's problem class. */
function totals(run: RunningExporter): Record<string, number> {
  const series = run.series();
  const sum = (family: string, label: string) =>
    [...series]
      .filter(([name]) => name.startsWith(family) && name.includes(label))
      .reduce((total, [, value]) => total + value, 0);
  return {
    service: sum('modelarts_service_events_total', 'event_type="abnormal"'),
    training_job: sum('modelarts_training_job_events_total', 'level="error"'),
    pool: sum('modelarts_pool_events_total', 'type="warning"'),
  };
}

async function errors(run: RunningExporter): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [name, value] of await run.self()) {
    const [, kind, reason] = /^modelarts_refresh_errors_total.*kind="(\w+)",reason="(\w+)"/.exec(name) ?? [];
    if (reason !== undefined && value > 0) found[`${kind} ${reason}`] = value;
  }
  return found;
}

async function malformed(run: RunningExporter, kind: string): Promise<number | undefined> {
  return (await run.self()).get(`modelarts_malformed_events_total{project="prod",kind="${kind}"}`);
}

const SHAPES = [
  'list_is_object',
  'list_is_missing',
  'list_is_string',
  'top_is_null',
  'top_is_array',
  'top_is_string',
] as const;

const BAD_ANSWERS: readonly (readonly [fault: Fault, reason: string])[] = [
  [{ kind: 'not_json' }, 'malformed'],
  [{ kind: 'truncated_json' }, 'malformed'],
  ...SHAPES.map((shape): [Fault, string] => [{ kind: 'wrong_shape', shape }, 'malformed']),
  [{ kind: 'huge', bytes: 2_000_000 }, 'malformed'],
  [{ kind: 'gzip_bomb', bytes: 2_000_000 }, 'malformed'],
  [{ kind: 'cut' }, 'network'],
  [{ kind: 'reset' }, 'network'],
  [{ kind: 'status', status: 200, body: '' }, 'malformed'],
  [{ kind: 'status', status: 200, body: 'null' }, 'malformed'],
  [{ kind: 'status', status: 204, body: '' }, 'malformed'],
  [{ kind: 'status', status: 302, body: 'elsewhere' }, 'other'],
  [{ kind: 'status', status: 400 }, 'other'],
  [{ kind: 'status', status: 403 }, 'forbidden'],
  [{ kind: 'status', status: 404 }, 'not_found'],
  [{ kind: 'status', status: 408 }, 'timeout'],
  [{ kind: 'status', status: 500, body: '<html>' }, 'server'],
  [{ kind: 'status', status: 504 }, 'timeout'],
];

/** Pool events tell no total, so that a list that is missing is an empty one. */
const isEmptyList = (fault: Fault, kind: string) =>
  kind === 'pool' && fault.kind === 'wrong_shape' && fault.shape === 'list_is_missing';

test.each(
  BAD_ANSWERS.flatMap(([fault, reason]) =>
    KINDS.filter((kind) => !isEmptyList(fault, kind)).map((kind) => ({
      fault,
      reason,
      kind,
      name: JSON.stringify(fault),
    })),
  ),
)('$kind: $name is $reason; all else stays exact', async ({ fault, reason, kind }) => {
  const run = await runAll({ limits: { response_bytes: 1_000_000 } });
  await run.poll(0);
  happen(run);
  await run.poll();
  expect(totals(run)).toEqual({ service: 1, training_job: 1, pool: 1 });
  const recover = run.simulator.faults.add(fault, { operation: EVENT_OPERATIONS[kind] });
  happen(run);
  await run.poll();
  await run.poll();
  const expected = { service: 2, training_job: 2, pool: 2, [kind]: 1 };
  expect(totals(run)).toEqual(expected);
  expect(await errors(run)).toEqual({ [`${kind} ${reason}`]: 2 });
  recover();
  await run.poll(60_000);
  expect(totals(run)).toEqual({ service: 2, training_job: 2, pool: 2 });
  // However often it fails, one line tells that it does, and one that it no longer does.
  expect(run.log.map(({ message }) => message)).toEqual(['refresh failed', 'refresh works again']);
});

test('update logs that may not be read hide no event, from the first read on', async () => {
  const run = await runAll();
  run.simulator.faults.add({ kind: 'status', status: 403 }, { operation: 'service_update_logs' });
  await run.poll(0);
  happen(run);
  await run.poll();
  expect(totals(run)).toEqual({ service: 1, training_job: 1, pool: 1 });
  expect(await errors(run)).toEqual({ 'service forbidden': 2 });
  expect(
    run
      .series()
      .get(`modelarts_target_up{project="prod",kind="service",target="${SERVICE}",target_name="s"}`),
  ).toBe(0);
});

test('an answer that never comes is a timeout', async () => {
  const run = await runAll({ api: { timeout: '200ms' } });
  await run.poll(0);
  run.simulator.faults.add({ kind: 'hang' }, { operation: 'pool_events' });
  happen(run);
  await run.poll();
  expect(totals(run)).toEqual({ service: 1, training_job: 1, pool: 0 });
  expect(await errors(run)).toEqual({ 'pool timeout': 1 });
});

test('a changed reason is a new line', async () => {
  const run = await runAll();
  await run.poll(0);
  const status = (code: number) =>
    run.simulator.faults.add({ kind: 'status', status: code }, { operation: 'pool_events' });
  const recover = status(500);
  await run.poll();
  recover();
  status(403);
  await run.poll(60_000);
  await run.poll(60_000);
  const reasons = run.log.map(({ fields }) => fields['reason']);
  expect(reasons).toEqual(['server', 'forbidden']);
});

test.each(BAD_ITEMS.flatMap((item) => KINDS.map((kind) => ({ item, kind }))))(
  '$kind: an item that is $item costs itself alone',
  async ({ item, kind }) => {
    const run = await runAll();
    await run.poll(0);
    happen(run);
    const operation: Operation = EVENT_OPERATIONS[kind];
    run.simulator.faults.add({ kind: 'bad_item', item }, { operation, times: 1 });
    await run.poll();
    await run.poll();
    expect(totals(run)).toEqual({ service: 1, training_job: 1, pool: 1 });
    expect(await malformed(run, kind)).toBe(1);
    expect(await errors(run)).toEqual({});
    expect(run.log.map(({ message }) => message)).toEqual(['events could not be read and were skipped']);
  },
);

test('an item that stays unreadable is counted and told once', async () => {
  const run = await runAll();
  run.cloud.addServiceEvent(SERVICE, {
    event_type: 'abnormal',
    event_info: 'future',
    occur_time: NOW + 1e10,
  });
  run.cloud.addServiceEvent(SERVICE, { event_type: 'abnormal', event_info: 'now', occur_time: NOW });
  for (let round = 0; round < 10; round += 1) await run.poll();
  expect(await malformed(run, 'service')).toBe(1);
  expect(totals(run)['service']).toBe(1);
  expect(run.log.length).toBe(1);
});

test('a bad update record costs itself alone', async () => {
  const run = await runAll();
  run.simulator.faults.add({ kind: 'bad_item', item: 'no_time' }, { operation: 'service_update_logs' });
  run.cloud.addUpdateRecord(SERVICE, { result: 'SUCCESS', update_time: NOW, config: [] });
  await run.poll(0);
  expect(await malformed(run, 'service')).toBe(1);
  expect(
    run
      .series()
      .get(
        `modelarts_service_updates_total{project="prod",service_id="${SERVICE}",service_name="s",result="success"}`,
      ),
  ).toBe(1);
});

test.each(Object.keys(HOSTILE_TEXTS))('a text that is hostile (%s) counts like any other', async (name) => {
  const text = HOSTILE_TEXTS[name] ?? '';
  const run = await runExporter(
    { project: { services: [{ id: SERVICE }], training_jobs: [{ id: JOB }], pools: [{ name: POOL }] } },
    { now: NOW },
  );
  run.cloud.addService(PROJECT, { service_id: SERVICE, service_name: text });
  run.cloud.addJob(PROJECT, { id: JOB });
  run.cloud.addPool(PROJECT, { name: POOL });
  run.cloud.addUpdateRecord(SERVICE, {
    result: text,
    update_time: NOW,
    config: [
      { model_id: text, model_name: text, model_version: text, specification: text, instance_count: 1 },
    ],
  });
  await run.poll(0);
  happen(run, text);
  run.cloud.addPoolEvent(POOL, {
    type: 'Warning',
    reason: text,
    message: text,
    firstTimestamp: run.now() + 1000,
  });
  await run.poll();
  await run.poll();
  expect(totals(run)).toEqual({ service: 1, training_job: 1, pool: 2 });
  expect(await errors(run)).toEqual({});
  for (const line of run.seriesText().split('\n')) {
    if (line === '' || line.startsWith('# ')) continue;
    expect(line).toMatch(
      /^modelarts_\w+\{[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\[\\"n])*")*\} \S+$/,
    );
  }
});

test('classes outside the documents are counted as other', async () => {
  const run = await runAll();
  await run.poll(0);
  run.cloud.addServiceEvent(SERVICE, { event_type: 'weird', event_info: 'x', occur_time: run.now() });
  run.cloud.addJobEvent(JOB, { time: run.now() + 1000, level: 'Fatal', source: 'Volcano', message: 'x' });
  run.cloud.addPoolEvent(POOL, {
    type: 'Alarm',
    reason: 'New',
    message: 'x',
    firstTimestamp: run.now() + 1000,
  });
  await run.poll();
  const others = [...run.series()].filter(([name, value]) => name.includes('_total{') && value > 0);
  expect(others.map(([name]) => name.replace(/.*_name="\w"/, ''))).toEqual([
    ',event_type="other"}',
    ',level="other",source="other"}',
    ',type="other",reason="New"}',
  ]);
});

test('a pool that is always truncated says so once', async () => {
  const run = await runAll({ limits: { events_per_poll: 10 } });
  run.simulator.changeDialect({ poolEvents: { since: 'ignored' } });
  for (let n = 0; n < 50; n += 1) {
    run.cloud.addPoolEvent(POOL, {
      type: 'Normal',
      reason: 'R',
      message: `${n}`,
      firstTimestamp: NOW + 1000,
    });
  }
  for (let round = 0; round < 5; round += 1) await run.poll();
  const self = await run.self();
  expect(self.get('modelarts_truncated_polls_total{project="prod",kind="pool"}')).toBe(5);
  expect(run.log.map(({ message }) => message)).toEqual(['polls may have missed events']);
});
