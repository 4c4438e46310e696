import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test, vi } from 'vitest';
import { createRefreshBudget } from '../../src/collection/refresh-budget.ts';
import { WAIT } from '../patience.ts';
import {
  JOB,
  POOL,
  PROJECT,
  type RunningExporter,
  runExporter,
  SERVICE,
  type Settings,
} from './running-exporter.ts';

const NOW = Date.parse('2024-05-06T07:08:09.123Z');
const OTHER = 'service-b';
const SERVICES = { project: { services: [{ id: SERVICE }, { id: OTHER }] } };

async function runServices(settings: Settings = SERVICES, options = {}) {
  const run = await runExporter(settings, { now: NOW, ...options });
  run.cloud.addService(PROJECT, { service_id: SERVICE, service_name: 'fraud' });
  run.cloud.addService(PROJECT, { service_id: OTHER, service_name: 'other' });
  return run;
}

function addEvent(run: RunningExporter, id = SERVICE, late = 0): void {
  run.cloud.addServiceEvent(id, {
    event_type: 'abnormal',
    event_info: 'Failed to start service.',
    occur_time: run.now() - late,
  });
}

function abnormal(run: RunningExporter, name = 'fraud', id = SERVICE): number | undefined {
  const labels = `project="prod",service_id="${id}",service_name="${name}",event_type="abnormal"`;
  return run.series().get(`modelarts_service_events_total{${labels}}`);
}

function up(run: RunningExporter, id: string): number | undefined {
  for (const [name, value] of run.series()) {
    if (name.startsWith('modelarts_target_up') && name.includes(`target="${id}"`)) return value;
  }
  return undefined;
}

/** Ids of the services read, in the order of the requests. */
function readServices(run: RunningExporter): (string | undefined)[] {
  return run.simulator.requests.of('service_events').map(({ path }) => path.split('/')[4]);
}

/** What `node --expose-gc` has as a global. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

test('two who collect at once cause one read', async () => {
  const run = await runServices();
  run.simulator.faults.add({ kind: 'latency', ms: 30 });
  const { collector } = run.exporter;
  await Promise.all([1, 2, 3].map(() => collector.collect(Number.POSITIVE_INFINITY)));
  expect(run.simulator.requests.count('service_events')).toBe(2);
  await collector.collect(Number.POSITIVE_INFINITY);
  expect(run.simulator.requests.count('service_events')).toBe(2);
});

test('a target is read again after the interval, a tenth early at most', async () => {
  const run = await runServices();
  await run.poll(0);
  await run.poll(26_999);
  expect(readServices(run).length).toBe(2);
  await run.poll(1);
  expect(readServices(run).length).toBe(4);
});

test('the oldest is read first', async () => {
  const ids = ['a', 'b', 'c', 'd'];
  const run = await runExporter(
    { api: { concurrency: 1 }, project: { services: ids.map((id) => ({ id })) } },
    { now: NOW },
  );
  for (const service_id of ids) run.cloud.addService(PROJECT, { service_id });
  for (const id of ['c', 'a', 'd', 'b']) {
    await run.exporter.collector.collect(Number.POSITIVE_INFINITY, (key) => key.id === id);
    run.setNow(run.now() + 1000);
  }
  run.simulator.requests.clear();
  await run.poll();
  expect(readServices(run)).toEqual(['c', 'a', 'd', 'b']);
});

test('what the deadline cuts off goes on, and is there for the next', async () => {
  const run = await runServices();
  const { collector } = run.exporter;
  // The very first request tries the credential, and the others wait for it.
  await collector.collect(Number.POSITIVE_INFINITY, ({ id }) => id === OTHER);
  run.simulator.faults.add({ kind: 'latency', ms: 100 }, { path: SERVICE });
  run.setNow(NOW + 30_000);
  addEvent(run);
  run.simulator.requests.clear();
  expect(await collector.collect(50)).toBe(false);
  expect([up(run, SERVICE), up(run, OTHER)]).toEqual([undefined, 1]);
  expect(collector.ready()).toBe(false);
  expect(await collector.collect(10_000)).toBe(true);
  expect([up(run, SERVICE), up(run, OTHER)]).toEqual([1, 1]);
  expect(collector.ready()).toBe(true);
  expect(readServices(run).length).toBe(2);
});

test('a target that fails keeps its numbers, hides nobody, and is up with the first read that works', async () => {
  const run = await runServices();
  await run.poll(0);
  addEvent(run);
  await run.poll();
  expect(abnormal(run)).toBe(1);
  const recover = run.simulator.faults.add({ kind: 'status', status: 500 }, { path: SERVICE });
  run.simulator.requests.clear();
  addEvent(run);
  addEvent(run, OTHER);
  for (let round = 0; round < 20; round += 1) await run.poll();
  expect(abnormal(run)).toBe(1);
  expect([up(run, SERVICE), up(run, OTHER)]).toEqual([0, 1]);
  expect(abnormal(run, 'other', OTHER)).toBe(1);
  const reads = readServices(run);
  expect(reads.filter((id) => id === OTHER).length).toBe(20);
  expect(reads.filter((id) => id === SERVICE).length).toBe(20);
  const self = await run.self();
  expect(self.get('modelarts_refresh_errors_total{project="prod",kind="service",reason="server"}')).toBe(20);

  recover();
  await run.poll();
  expect(abnormal(run)).toBe(2);
  expect(up(run, SERVICE)).toBe(1);
  const lines = run.log.filter(({ fields }) => fields['target'] === SERVICE);
  expect(lines.map(({ message }) => message)).toEqual(['refresh failed', 'refresh works again']);
});

test('recent events leave their window while a target can not be read', async () => {
  const run = await runServices();
  await run.poll(0);
  addEvent(run);
  await run.poll();
  run.simulator.faults.add({ kind: 'reset' });
  const recent = () =>
    [...run.series()].filter(([name]) => name.includes('recent_events')).map(([, value]) => value);
  await run.poll(3_000_000);
  expect(recent()).toEqual([0, 1, 0, 0]);
  await run.poll(3_600_000);
  expect(recent()).toEqual([0, 0, 0, 0]);
});

test('a new configuration keeps what was counted, and what it leaves out disappears at once', async () => {
  const run = await runServices();
  await run.poll(0);
  addEvent(run);
  addEvent(run, OTHER);
  await run.poll();
  await run.reload({
    collection: { window: '2h' },
    project: { services: [{ id: SERVICE, name: 'renamed' }] },
  });
  expect(abnormal(run, 'renamed')).toBe(1);
  expect(run.seriesText()).not.toContain(OTHER);
  expect(run.seriesText()).not.toContain('fraud');
  await run.poll();
  expect(abnormal(run, 'renamed')).toBe(1);
});

test('a configuration that changes during a read disturbs neither', async () => {
  const run = await runServices();
  await run.poll(0);
  addEvent(run);
  addEvent(run, OTHER);
  run.simulator.faults.add({ kind: 'latency', ms: 60 });
  run.setNow(run.now() + 30_000);
  const reading = run.exporter.collector.collect(Number.POSITIVE_INFINITY);
  await until(() => run.simulator.requests.count('service_events') === 4);
  await run.reload({ api: { timeout: '7s' }, project: { services: [{ id: SERVICE }] } });
  expect(await reading).toBe(true);
  await run.poll();
  expect(abnormal(run)).toBe(1);
  expect(run.seriesText()).not.toContain(OTHER);
});

test('what a reload leaves behind ends with the exporter', async () => {
  const run = await runServices({ ...SERVICES, api: { timeout: '1h' } });
  run.simulator.faults.add({ kind: 'latency', ms: 600_000 });
  const reading = run.exporter.collector.collect(Number.POSITIVE_INFINITY);
  await until(() => run.simulator.requests.count() > 0);
  await run.reload({ ...SERVICES, api: { timeout: '30s' } });
  await run.exporter.stop();
  expect(await reading).toBe(true);
});

test('what the end cuts off is no failure, and what waits for its turn ends with it', async () => {
  const run = await runServices({ ...SERVICES, api: { timeout: '1h', concurrency: 1 } });
  await run.poll(0);
  const errors = async () =>
    [...(await run.self())].filter(([name]) => name.startsWith('modelarts_refresh_errors_total'));
  const before = await errors();
  run.simulator.faults.add({ kind: 'latency', ms: 600_000 });
  run.simulator.requests.clear();
  run.setNow(NOW + 30_000);
  const reading = run.exporter.collector.collect(Number.POSITIVE_INFINITY);
  await until(() => run.simulator.requests.count() === 1);
  await run.exporter.stop();
  expect(await reading).toBe(true);
  expect(run.log.filter(({ level }) => level === 'warn')).toEqual([]);
  expect(await errors()).toEqual(before);
  expect(run.exporter.alerts()).toEqual([]);
  const shown = run.exporter.collector.targets().map(({ reads }) => reads.health.up);
  expect(shown).toEqual([false, true]);
});

test('what the end cuts off changes no alert', async () => {
  const run = await runServices({ ...SERVICES, api: { timeout: '1h' } });
  await run.poll(0);
  const recover = run.simulator.faults.add({ kind: 'status', status: 500 }, { path: SERVICE });
  for (let round = 0; round < 5; round += 1) await run.poll();
  const before = run.exporter.alerts();
  expect(before.map(({ labels, annotations }) => [labels['alertname'], annotations['reason']])).toEqual([
    ['ModelArtsTargetDown', 'server'],
  ]);
  recover();
  run.simulator.faults.add({ kind: 'latency', ms: 600_000 });
  run.simulator.requests.clear();
  const reading = run.poll();
  await until(() => run.simulator.requests.count() === 2);
  await run.exporter.stop();
  await reading;
  expect(run.exporter.alerts().map(({ labels }) => labels)).toEqual(before.map(({ labels }) => labels));
});

test('a reload that changes how long an answer may be is heeded', async () => {
  const run = await runServices();
  await run.poll(0);
  const event_info = 'a long text '.repeat(100);
  run.cloud.addServiceEvent(SERVICE, { event_type: 'abnormal', event_info, occur_time: run.now() });
  await run.reload({ ...SERVICES, limits: { response_bytes: 1024 } });
  await run.poll();
  expect([up(run, SERVICE), up(run, OTHER)]).toEqual([0, 1]);
  await run.reload(SERVICES);
  await run.poll();
  expect(abnormal(run)).toBe(1);
});

test('reloads keep nothing of the configurations before', async () => {
  const settings = (timeout: string) => ({
    api: { timeout },
    project: { discovery: { services: { enabled: true } } },
  });
  const run = await runExporter(settings('1s'), { now: NOW });
  const { collector } = run.exporter;
  const past: WeakRef<object>[] = [];
  for (const timeout of ['2s', '3s', '4s']) {
    past.push(new WeakRef(collector.projects()[0] ?? {}));
    await run.reload(settings(timeout));
  }
  await collector.collect(Number.POSITIVE_INFINITY);
  await until(() => {
    collectGarbage();
    return past.every((project) => project.deref() === undefined);
  });
});

test('a change of language counts nothing twice', async () => {
  const settings = (language: string) => ({ api: { language }, project: { training_jobs: [{ id: JOB }] } });
  const run = await runExporter(settings('en-us'), { now: NOW });
  run.cloud.addJob(PROJECT, { id: JOB });
  const add = () =>
    run.cloud.addJobEvent(JOB, {
      time: run.now(),
      level: 'Error',
      source: 'Job',
      message: 'Training job failed.',
      message_zh: '训练作业失败。',
    });
  const total = () =>
    run
      .series()
      .get(
        `modelarts_training_job_events_total{project="prod",training_job_id="${JOB}",level="error",source="job"}`,
      );
  await run.poll(0);
  add();
  await run.poll();
  expect(total()).toBe(1);
  await run.reload(settings('zh-cn'));
  await run.poll();
  expect(total()).toBe(1);
  add();
  await run.poll();
  await run.poll();
  expect(total()).toBe(2);
});

test('names of 10 kB are bounded in labels', async () => {
  const run = await runExporter(
    { project: { services: [{ id: SERVICE }], pools: [{ name: POOL }] } },
    { now: NOW },
  );
  const long = 'n'.repeat(10_240);
  run.cloud.addService(PROJECT, { service_id: SERVICE, service_name: long });
  run.cloud.addPool(PROJECT, { name: POOL });
  await run.poll(0);
  for (const suffix of ['a', 'b']) {
    run.cloud.addPoolEvent(POOL, {
      type: 'Warning',
      reason: long + suffix,
      message: suffix,
      firstTimestamp: run.now() + 1000,
    });
  }
  await run.poll();
  const names = [...run.series().keys()];
  for (const name of names) expect(name.length).toBeLessThan(700);
  const [reason = ''] = names.filter((name) => name.includes('reason="nnn'));
  expect(run.series().get(reason)).toBe(2);
});

test('shards share the targets among them', async () => {
  const ids = Array.from({ length: 12 }, (_, n) => `service-${n}`);
  const read: string[] = [];
  for (const index of [0, 1, 2]) {
    const run = await runExporter(
      { project: { services: ids.map((id) => ({ id })) } },
      { now: NOW },
      { index, count: 3 },
    );
    for (const service_id of ids) run.cloud.addService(PROJECT, { service_id });
    await run.poll(0);
    for (const id of readServices(run)) read.push(id ?? '');
  }
  expect(read.toSorted()).toEqual(ids.toSorted());
});

test.each(['asc', 'desc'] as const)(
  'what happened within one second is taken in its order (%s)',
  async (order) => {
    const run = await runExporter(
      { project: { pools: [{ name: POOL }] } },
      { now: NOW, dialect: { poolEvents: { order } } },
    );
    run.cloud.addPool(PROJECT, { name: POOL });
    const change = (from: string, to: string, firstTimestamp: number) =>
      run.cloud.addPoolEvent(POOL, {
        type: 'Normal',
        reason: 'PoolStatusChange',
        message: `Pool status changed, from ${from} to ${to}, details: .`,
        firstTimestamp,
      });
    change('Creating', 'Running', NOW - 60_000);
    change('Running', 'Abnormal', NOW);
    change('Abnormal', 'Running', NOW);
    await run.poll(1000);
    expect(run.series().get(`modelarts_pool_status{project="prod",pool="${POOL}",status="running"}`)).toBe(1);
  },
);

test('who was read in one go at the start is read again within an interval, spread over its last ticks', async () => {
  const { simulator, exporter, cloud, now, setNow, poll } = await runExporter(
    { collection: { schedule: 'background' }, project: { discovery: { pools: { enabled: true } } } },
    { now: Date.UTC(2026, 0, 10, 12) },
  );
  for (let n = 0; n < 30; n += 1) cloud.addPool(PROJECT, { name: `pool-${n}` });
  await exporter.collector.discover();
  await poll();
  const began = now();
  const reads = [];
  const budget = createRefreshBudget(30_000);
  for (let at = 27_000; at <= 30_000; at += budget.tick) {
    setNow(began + at);
    const before = simulator.requests.count('pool_events');
    exporter.collector.begin(budget, budget.tick);
    await vi.waitFor(() => {
      expect(exporter.collector.loads().some(({ waiting }) => waiting > 0)).toBe(false);
      expect(exporter.collector.targets().some(({ reads }) => reads.isUnderWay)).toBe(false);
    }, WAIT);
    reads.push(simulator.requests.count('pool_events') - before);
  }
  expect(reads).toEqual([7, 8, 7, 8, 0]);
});
