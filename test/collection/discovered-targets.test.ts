import { expect, onTestFinished, test } from 'vitest';
import { exporterBackend } from '../../src/commands/exporter-backend.ts';
import { DEFAULT_TOKEN } from '../../src/simulator/access/credentials.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { startTestSimulator } from '../simulator-kit/test-simulator.ts';
import { CrashingExporter } from './crashing-exporter.ts';
import { JOB, POOL, PROJECT, runExporter, SERVICE } from './running-exporter.ts';
import { temporaryFolder } from './temporary-folder.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const DISCOVERY = {
  services: { enabled: true, linger: '1h' },
  pools: { enabled: true, linger: '1h' },
};
const service = `project="prod",service_id="${SERVICE}",service_name="mnist"`;

async function discovering(project: Record<string, unknown> = { discovery: DISCOVERY }) {
  const running = await runExporter({ project }, { now: NOW });
  running.cloud.addService(PROJECT, { service_id: SERVICE, service_name: 'mnist', status: 'running' });
  running.cloud.addPool(PROJECT, { name: POOL, display_name: 'lab' });
  await running.exporter.collector.discover();
  return running;
}

test('what a listing tells is shown although the events can not be read', async () => {
  const { simulator, series, poll } = await discovering();
  simulator.faults.add({ kind: 'status', status: 403 }, { operation: 'service_events' });
  await poll();
  expect(series().get(`modelarts_service_status{${service},status="running"}`)).toBe(1);
  expect(series().get(`modelarts_service_events_total{${service},event_type="normal"}`)).toBeUndefined();
  expect(
    series().get(
      `modelarts_target_up{project="prod",kind="service",target="${SERVICE}",target_name="mnist"}`,
    ),
  ).toBe(0);
  expect(
    series().get(`modelarts_pool_status{project="prod",pool="${POOL}",pool_name="lab",status="running"}`),
  ).toBe(1);
});

test('a deleted target is not down: its last numbers linger, then they go', async () => {
  const { cloud, exporter, series, poll, now, setNow, self } = await discovering();
  await poll();
  expect((await self()).get('modelarts_discovered_targets{project="prod",kind="service"}')).toBe(1);
  cloud.removeService(SERVICE);
  await exporter.collector.discover();
  await poll();
  for (let minutes = 0; minutes < 10; minutes += 1) await poll(60_000);
  exporter.collector.moveWindows();
  expect(exporter.alerts()).toEqual([]);
  expect([...series().keys()].filter((name) => name.includes('target_up') && name.includes(SERVICE))).toEqual(
    [],
  );
  expect(series().get(`modelarts_service_events_total{${service},event_type="normal"}`)).toBe(0);
  expect((await self()).get('modelarts_discovered_targets{project="prod",kind="service"}')).toBe(0);
  setNow(now() + 3_600_000);
  await exporter.collector.discover();
  expect([...series().keys()].filter((name) => name.includes(SERVICE))).toEqual([]);
});

/** What pages show of the targets. */
function viewsOf({ exporter, now }: Awaited<ReturnType<typeof discovering>>) {
  const about = { version: '1.2.3', startedAt: NOW, clock: now, ending: new AbortController().signal };
  return exporterBackend(exporter, about, async () => ({ ok: true })).targets();
}

test('whatever is deleted between two listings is looked for at once and together, and is no failure', async () => {
  const running = await discovering();
  const { cloud, exporter, simulator, series, poll, log, self, now } = running;
  const ids = [SERVICE, 'second', 'third', 'fourth'];
  for (const id of ids.slice(1)) cloud.addService(PROJECT, { service_id: id, service_name: id });
  cloud.setServiceStatus(SERVICE, 'failed', now());
  await exporter.collector.discover();
  await poll();
  const firing = () => exporter.alerts().map(({ labels }) => labels['alertname']);
  expect(firing()).toEqual(['ModelArtsServiceFailed']);

  for (const id of ids) cloud.removeService(id);
  cloud.removePool(POOL);
  const listed = simulator.requests.count('list_services');
  for (let minutes = 0; minutes < 5; minutes += 1) await poll(60_000);
  // Whoever is answered "not found" while a listing is under way waits for the next one.
  expect(simulator.requests.count('list_services') - listed).toBeLessThanOrEqual(2);
  expect(firing()).toEqual([]);
  for (const view of viewsOf(running)) expect(view).toMatchObject({ deleted: true, error: undefined });
  expect([...series().keys()].filter((name) => name.includes('target_up'))).toEqual([]);
  expect(series().get(`modelarts_service_events_total{${service},event_type="normal"}`)).toBe(0);
  expect(log.filter(({ level }) => level !== 'info')).toEqual([]);
  const deletions = log.filter(({ message }) => message === 'target was deleted');
  expect(deletions.map(({ fields }) => fields['target']).sort()).toEqual([...ids, POOL].sort());
  const own = await self();
  for (const kind of ['service', 'pool']) {
    expect(
      own.get(`modelarts_refresh_errors_total{project="prod",kind="${kind}",reason="not_found"}`) ?? 0,
    ).toBe(0);
  }

  cloud.addService(PROJECT, { service_id: SERVICE, service_name: 'mnist', status: 'failed' });
  await exporter.collector.discover();
  await poll(300_000);
  expect(firing()).toEqual(['ModelArtsServiceFailed']);
  expect(viewsOf(running).find(({ id }) => id === SERVICE)).toMatchObject({ deleted: false, up: true });
});

test('what is not found is down while no listing tells that it was deleted', async () => {
  const running = await discovering();
  const { cloud, exporter, simulator, series, poll } = running;
  await poll();
  cloud.removeService(SERVICE);
  const heal = simulator.faults.add({ kind: 'status', status: 503 }, { operation: 'list_services' });
  for (let minutes = 0; minutes < 5; minutes += 1) await poll(60_000);
  const down = () =>
    exporter.alerts().filter(({ labels }) => labels['alertname'] === 'ModelArtsTargetDown').length;
  const shown = () => viewsOf(running).find(({ id }) => id === SERVICE);
  expect(down()).toBe(1);
  expect(shown()).toMatchObject({ deleted: false, up: false, error: { reason: 'not_found' } });
  heal();
  await exporter.collector.discover();
  expect(down()).toBe(0);
  expect([...series().keys()].filter((name) => name.includes('target_up') && name.includes(SERVICE))).toEqual(
    [],
  );
  expect(shown()).toMatchObject({ deleted: true, error: undefined });
});

test('what is listed but never found is looked for once, and is down', async () => {
  const { simulator, exporter, poll } = await discovering();
  await poll();
  simulator.faults.add({ kind: 'status', status: 404 }, { operation: 'service_events' });
  const listed = simulator.requests.count('list_services');
  for (let minutes = 0; minutes < 5; minutes += 1) await poll(60_000);
  expect(simulator.requests.count('list_services') - listed).toBe(1);
  expect(exporter.alerts().map(({ labels }) => labels['alertname'])).toEqual(['ModelArtsTargetDown']);
});

test('a deleted job that had ended is looked for by its id, and the other ended jobs are not listed for that', async () => {
  const running = await runExporter(
    { project: { discovery: { training_jobs: { enabled: true } } } },
    { now: NOW },
  );
  const { cloud, exporter, simulator, poll } = running;
  for (let n = 0; n < 200; n += 1) {
    const time = NOW - (n + 1) * 60_000;
    const times = { create_time: time, start_time: time, end_time: time + 30_000 };
    cloud.addJob(PROJECT, { id: `job-${n}`, phase: 'Completed', ...times });
  }
  await exporter.collector.discover();
  cloud.removeJob('job-150');
  const listed = simulator.requests.count('list_training_jobs');
  await poll();
  expect(
    viewsOf(running)
      .filter(({ deleted }) => deleted)
      .map(({ id }) => id),
  ).toEqual(['job-150']);
  expect(simulator.requests.count('list_training_jobs') - listed).toBeLessThanOrEqual(3);
});

test('a target that was deleted is told to be so once nothing but discovery knows of it', async () => {
  const listed = { discovery: DISCOVERY, services: [{ id: SERVICE }] };
  const { cloud, exporter, poll, reload } = await discovering(listed);
  await poll();
  cloud.removeService(SERVICE);
  for (let minutes = 0; minutes < 5; minutes += 1) await poll(60_000);
  await exporter.collector.discover();
  expect(exporter.alerts().map(({ labels }) => labels['alertname'])).toEqual(['ModelArtsTargetDown']);
  await reload({ project: { discovery: DISCOVERY } });
  expect(exporter.alerts()).toEqual([]);
});

/** A job that ended so many milliseconds ago, as a listing shows, and how often it is read in so many minutes. */
async function endedJob(ago: number, events = 0, settings: object = {}) {
  const { cloud, exporter, simulator, poll } = await runExporter(
    { ...settings, project: { discovery: { training_jobs: { enabled: true } } } },
    { now: NOW },
  );
  const end_time = NOW - ago;
  const start_time = end_time - 3_600_000;
  cloud.addJob(PROJECT, { id: JOB, phase: 'Failed', create_time: start_time, start_time, end_time });
  for (let n = 0; n < events; n += 1) {
    const time = start_time + n * 1_000;
    cloud.addJobEvent(JOB, { time, level: 'Info', source: 'Job', message: `event ${n}` });
  }
  await exporter.collector.discover();
  return {
    simulator,
    firing: () => exporter.alerts().map(({ labels }) => labels['alertname']),
    async reads(minutes: number): Promise<number> {
      const before = simulator.requests.count('training_job_events');
      for (let minute = 0; minute < minutes; minute += 1) await poll(60_000);
      return simulator.requests.count('training_job_events') - before;
    },
  };
}

test('a job that ended long before the exporter started is read once', async () => {
  const { reads, firing } = await endedJob(5 * 3_600_000, 20);
  expect(await reads(5 * 60)).toBe(1);
  expect(await reads(2)).toBe(1);
  expect(firing()).toEqual([]);
});

test('more history than one poll takes is read to its end before a job is left alone', async () => {
  const { reads } = await endedJob(5 * 3_600_000, 250, { limits: { events_per_poll: 100 } });
  expect(await reads(10)).toBeGreaterThan(2);
  await reads(60);
  expect(await reads(60)).toBeLessThan(2);
});

test('a job that has ended is read at every interval for an hour, then ever more rarely, and is not down for that', async () => {
  const { simulator, reads, firing } = await endedJob(60_000);
  const down = () => firing().includes('ModelArtsTargetDown');
  expect(await reads(30)).toBe(30);
  const heal = simulator.faults.add({ kind: 'status', status: 500 }, { operation: 'training_job_events' });
  await reads(10);
  expect(down()).toBe(true);
  heal();
  await reads(60);
  expect(down()).toBe(false);
  expect(await reads(360)).toBe(2);
  expect(down()).toBe(false);
});

test('a reload that changes the project does not end what lingers', async () => {
  const { cloud, exporter, series, poll, reload, now, setNow } = await discovering();
  await poll();
  cloud.removeService(SERVICE);
  setNow(now() + 60_000);
  await exporter.collector.discover();
  const isThere = () => [...series().keys()].some((name) => name.includes(SERVICE));
  for (const timeout of ['9s', '8s', '7s']) {
    await reload({ project: { discovery: DISCOVERY }, api: { timeout } });
    await exporter.collector.discover();
    expect(isThere()).toBe(true);
  }
  setNow(now() + 3_600_000);
  await exporter.collector.discover();
  expect(isThere()).toBe(false);
});

test('of a configured target nothing is claimed that a listing told, once no listing shows it any more', async () => {
  const configured = {
    services: [{ id: SERVICE }],
    training_jobs: [{ id: JOB }],
    pools: [{ name: POOL }, { name: 'told' }],
  };
  const discovery = { ...DISCOVERY, training_jobs: { enabled: true } };
  const { cloud, exporter, series, poll, reload } = await runExporter(
    { project: { ...configured, discovery } },
    { now: NOW },
  );
  cloud.addService(PROJECT, { service_id: SERVICE, service_name: 'mnist', status: 'failed' });
  cloud.addJob(PROJECT, { id: JOB, phase: 'Failed', create_time: NOW, start_time: NOW, end_time: NOW });
  cloud.addPool(PROJECT, { name: POOL, phase: 'Abnormal' });
  cloud.addPool(PROJECT, { name: 'told', phase: 'Abnormal' });
  cloud.addPoolEvent('told', {
    type: 'Warning',
    reason: 'PoolStatusChange',
    message: 'Pool status changed, from Running to Abnormal.',
    firstTimestamp: NOW,
    count: 1,
  });
  await exporter.collector.discover();
  await poll();
  const firing = () =>
    exporter.alerts().map(({ labels }) => `${labels['alertname']} ${labels['pool'] ?? ''}`);
  const claimed = () =>
    [...series()].filter(
      ([name, value]) => /(service|job|pool)_status\{|_nodes\{|_created_/.test(name) && value > 0,
    );
  expect(firing().sort()).toEqual([
    `ModelArtsPoolAbnormal ${POOL}`,
    'ModelArtsPoolAbnormal told',
    'ModelArtsServiceFailed ',
    'ModelArtsTrainingJobFailed ',
  ]);
  expect(claimed().length).toBeGreaterThan(5);

  await reload({ project: configured });
  // They were sent with the first read, and are told for a minute.
  await poll(60_000);
  // Without a listing it is known by its event.
  expect(firing()).toEqual(['ModelArtsPoolAbnormal told']);
  expect(claimed()).toEqual([['modelarts_pool_status{project="prod",pool="told",status="abnormal"}', 1]]);

  await reload({ project: { ...configured, discovery } });
  await exporter.collector.discover();
  expect(firing()).toHaveLength(4);
  for (const id of [POOL, 'told']) cloud.removePool(id);
  cloud.removeService(SERVICE);
  await exporter.collector.discover();
  expect(firing()).toHaveLength(4);
  await poll(3_600_000);
  await exporter.collector.discover();
  expect(firing().filter((name) => !/TargetDown|told/.test(name))).toEqual([]);
});

test('a restart takes no name from what discovery named', async () => {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  cloud.addPool(PROJECT, { name: POOL, display_name: 'lab' });
  const clock = () => NOW;
  const simulator = await startTestSimulator({ now: clock, cloud });
  const project = {
    name: 'prod',
    region: 'cn-north-4',
    project_id: PROJECT,
    endpoint: simulator.url,
    auth: { token: DEFAULT_TOKEN },
    pools: [{ name: POOL }],
    discovery: { pools: { enabled: true } },
  };
  const running = new CrashingExporter({
    folder: await temporaryFolder(),
    clock,
    settings: { projects: [project] },
  });
  onTestFinished(async () => {
    await running.end();
    await simulator.close();
  });
  const names = () => running.exporter.collector.targets().map(({ name }) => name);
  await running.start();
  await running.exporter.collector.discover();
  await running.exporter.collector.collect(Number.POSITIVE_INFINITY);
  expect(names()).toEqual(['lab']);
  running.crash();
  await running.start();
  expect(names()).toEqual(['lab']);
  expect([...running.totals().keys()][0]).toContain('pool_name="lab"');

  cloud.project(PROJECT).pools.clear();
  await running.exporter.collector.discover();
  expect(names()).toEqual([undefined]);
  await running.configure({ projects: [{ ...project, discovery: {} }] });
  expect(names()).toEqual([undefined]);
});

test('a restart while listings fail takes up what was discovered, with its alerts, until a listing works', async () => {
  let now = NOW;
  const clock = () => now;
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  for (const id of [SERVICE, 'deleted-meanwhile', 'excluded-meanwhile']) {
    cloud.addService(PROJECT, { service_id: id, service_name: `name of ${id}`, status: 'failed' });
  }
  const simulator = await startTestSimulator({ now: clock, cloud });
  const settingsWith = (services: object, timeout = '10s') => ({
    api: { retries: 0, timeout },
    projects: [
      {
        name: 'prod',
        region: 'cn-north-4',
        project_id: PROJECT,
        endpoint: simulator.url,
        auth: { token: DEFAULT_TOKEN },
        discovery: { services: { enabled: true, linger: '1h', ...services } },
      },
    ],
  });
  const running = new CrashingExporter({
    folder: await temporaryFolder(),
    clock,
    settings: settingsWith({}),
  });
  onTestFinished(async () => {
    await running.end();
    await simulator.close();
  });
  const ids = () => running.exporter.collector.targets().map(({ id }) => id);
  const firing = () =>
    running.exporter.alerts().map(({ labels }) => `${labels['alertname']} ${labels['service_id']}`);
  const poll = async () => {
    now += 60_000;
    await running.exporter.collector.collect(Number.POSITIVE_INFINITY);
  };
  await running.start();
  await running.exporter.collector.discover();
  await poll();
  expect(ids()).toEqual([SERVICE, 'deleted-meanwhile', 'excluded-meanwhile']);

  running.crash();
  cloud.removeService('deleted-meanwhile');
  const heal = simulator.faults.add({ kind: 'status', status: 503 }, { operation: 'list_services' });
  running.settings = settingsWith({ exclude: ['.*excluded.*'] });
  await running.start();
  await running.exporter.collector.discover();
  expect(ids()).toEqual([SERVICE, 'deleted-meanwhile']);
  expect(firing()).toEqual([SERVICE, 'deleted-meanwhile'].map((id) => `ModelArtsServiceFailed ${id}`));
  await running.configure(settingsWith({ exclude: ['.*excluded.*'] }, '9s'));
  expect(ids()).toEqual([SERVICE, 'deleted-meanwhile']);
  cloud.addServiceEvent(SERVICE, { event_type: 'normal', event_info: 'alive', occur_time: now });
  await poll();
  expect(
    [...running.totals()].filter(([series, count]) => count > 0 && series.includes(SERVICE)),
  ).toHaveLength(1);

  heal();
  await running.exporter.collector.discover();
  expect(ids()).toEqual([SERVICE]);
  expect(firing()).toEqual([`ModelArtsServiceFailed ${SERVICE}`]);
  await running.configure(settingsWith({ exclude: ['.*excluded.*'] }, '8s'));
  expect(ids()).toEqual([SERVICE]);
});

test('a reload that changes the project keeps what was discovered until it has looked itself', async () => {
  const { series, poll, reload, exporter } = await discovering();
  await poll();
  await reload({ project: { discovery: DISCOVERY }, api: { timeout: '9s' } });
  expect(series().get(`modelarts_service_status{${service},status="running"}`)).toBe(1);
  await exporter.collector.discover();
  expect(series().get(`modelarts_service_status{${service},status="running"}`)).toBe(1);
  await reload({ project: { services: [] } });
  expect([...series().keys()].filter((name) => name.includes(SERVICE))).toEqual([]);
});

test('the first refresh waits for the first listings, and reads what they find', async () => {
  const other = 'listed-service';
  const run = await runExporter(
    { project: { services: [{ id: other }], discovery: DISCOVERY } },
    { now: NOW },
  );
  const { cloud, exporter, simulator } = run;
  cloud.addService(PROJECT, { service_id: SERVICE });
  cloud.addService(PROJECT, { service_id: other });
  const { collector } = exporter;
  const upOf = (id: string) => collector.targets().find((target) => target.id === id)?.reads.health.up;
  simulator.faults.add({ kind: 'latency', ms: 150 }, { operation: 'list_services' });
  // Who tries the credential is not to be the slow one.
  await collector.collect(Number.POSITIVE_INFINITY, ({ id }) => id === other);
  run.setNow(NOW + 30_000);
  expect(collector.ready()).toBe(false);
  collector.startDiscovery();
  expect(await collector.collect(30)).toBe(false);
  expect([upOf(other), upOf(SERVICE), collector.ready()]).toEqual([true, undefined, false]);
  expect(await collector.collect(10_000)).toBe(true);
  expect([upOf(other), upOf(SERVICE), collector.ready()]).toEqual([true, true, true]);
  expect(simulator.requests.count('service_events')).toBe(3);
});

test('a first listing that fails keeps nobody waiting, and only a project that is opened anew lists anew', async () => {
  const run = await runExporter({ project: { discovery: DISCOVERY } }, { now: NOW });
  const { exporter, simulator, reload } = run;
  const { collector } = exporter;
  const recover = simulator.faults.add({ kind: 'status', status: 500 }, { operation: 'list_services' });
  collector.startDiscovery();
  expect(await collector.collect(Number.POSITIVE_INFINITY)).toBe(true);
  expect(collector.ready()).toBe(true);
  expect(collector.failingListings()).toEqual([{ project: 'prod', kind: 'service', reason: 'server' }]);
  recover();
  await reload({ project: { discovery: DISCOVERY }, collection: { window: '2h' } });
  expect(collector.ready()).toBe(true);
  await reload({ project: { discovery: DISCOVERY }, api: { timeout: '9s' } });
  expect(collector.ready()).toBe(false);
  expect(await collector.collect(Number.POSITIVE_INFINITY)).toBe(true);
  expect([collector.ready(), collector.failingListings()]).toEqual([true, []]);
});
