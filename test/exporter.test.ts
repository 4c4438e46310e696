import { expect, test } from 'vitest';
import { KIND_NAMES, rowOf } from '../src/kind-table.ts';
import { Cloud } from '../src/simulator/cloud.ts';
import { PROJECT, type RunningExporter, runExporter } from './collection/running-exporter.ts';
import { DOCUMENTED_IDS, documentedScenario } from './simulator-kit/documented-scenario.ts';

const { service, updatedService, trainingJob, pool } = DOCUMENTED_IDS;
const TARGETS = {
  services: [{ id: service }, { id: updatedService }],
  training_jobs: [{ id: trainingJob, name: 'mnist-train' }],
  pools: [{ name: pool, display_name: 'pool-a' }],
};
/** A minute after the newest documented event, a pool's. */
const AFTER = Date.parse('2023-01-29T02:30:04Z');

async function runDocumented(now: number) {
  const cloud = new Cloud();
  return runExporter({ project: TARGETS }, { now, cloud, ...documentedScenario(cloud) });
}

/** Labels that name a target. */
const LABELS = KIND_NAMES.flatMap((kind) => Object.values(rowOf(kind).labels)).join('|');
const NAMES = new RegExp(`\\b(?:project|region|${LABELS})="[^"]*",?`, 'g');
const OF_KINDS = new RegExp(`^modelarts_(?:${KIND_NAMES.join('|')})_`);

/** Series of the kinds that are not zero, without the labels that name their target. */
function nonzero(run: RunningExporter): Record<string, number> {
  const shown: Record<string, number> = {};
  for (const [series, value] of run.series()) {
    if (!OF_KINDS.test(series) || value === 0) continue;
    const name = series.replace(NAMES, '').replace('modelarts_', '');
    expect(shown).not.toHaveProperty([name]);
    shown[name] = value;
  }
  return shown;
}

test('the documented examples give exactly these series', async () => {
  // The epoch is before the first of them, so that every event counts.
  const run = await runDocumented(Date.parse('2019-07-08T00:00:00Z'));
  run.setNow(AFTER);
  await run.poll(0);
  const model = 'model_id="0e07b41b-173e-42db-8c16-8e1b44cc0d44",model_name="minst",model_version="0.0.1"';
  expect(nonzero(run)).toEqual({
    'service_events_total{event_type="normal"}': 9,
    'service_last_event_timestamp_seconds{event_type="normal"}': 1562597332.582,
    'service_deployment_phase_duration_seconds{phase="image_building"}': 0.017,
    'service_deployment_phase_duration_seconds{phase="environment_preparation"}': 20.171,
    'service_deployment_phase_duration_seconds{phase="resource_scheduling"}': 0.006,
    'service_deployment_phase_duration_seconds{phase="image_pulling"}': 56.642,
    'service_last_update_result{result="success"}': 1,
    'service_last_update_timestamp_seconds{}': 1574770228.888,
    'service_updates_total{result="success"}': 1,
    [`service_model_instances{${model},specification="modelarts.vm.cpu.2u"}`]: 1,
    [`service_model_traffic_weight_ratio{${model}}`]: 1,
    'training_job_events_total{level="info",source="k8s"}': 4,
    'training_job_events_total{level="info",source="job"}': 1,
    'training_job_events_total{level="info",source="task"}': 4,
    'training_job_events_total{level="error",source="job"}': 1,
    'training_job_last_event_timestamp_seconds{level="info"}': 1669449796,
    'training_job_last_event_timestamp_seconds{level="error"}': 1669449821,
    'training_job_worker_exit_code{worker="worker-0"}': 1,
    'pool_events_total{type="normal",reason="PoolStatusChange"}': 1,
    'pool_events_total{type="normal",reason="PoolResourcesStatusChange"}': 1,
    'pool_events_total{type="warning",reason="PoolStatusChange"}': 1,
    'pool_events_total{type="warning",reason="PoolResourcesStatusChange"}': 2,
    'pool_recent_events{type="normal"}': 1,
    'pool_last_event_timestamp_seconds{type="warning"}': 1673852271,
    'pool_last_event_timestamp_seconds{type="normal"}': 1674959344,
    'pool_nodes{state="abnormal"}': 1,
    'pool_status{status="running"}': 1,
  });
  // What did not happen is there too, as zero: a counter is born before it counts.
  const zeros = [...run.series()].filter(([series, value]) => series.includes('_total{') && value === 0);
  expect(zeros).toHaveLength(12);
});

test('an exporter started after the documented events shows what they led to and counts none', async () => {
  const run = await runDocumented(AFTER);
  await run.poll(0);
  const series = [...run.series()];
  const counters = series.filter(([name]) => name.includes('_total{'));
  expect(counters.length).toBe(22);
  expect(counters.filter(([, value]) => value !== 0)).toEqual([]);
  const shown = (part: string) => series.filter(([name]) => name.includes(part)).map(([, value]) => value);
  expect(shown('phase_duration')).toEqual([0.017, 20.171, 0.006, 56.642]);
  expect(shown('pool_status{')).toContain(1);
  expect(shown('state="abnormal"')).toEqual([1]);
  expect(shown('last_update_timestamp')).toEqual([1574770228.888]);
  // Older than the lookback, so it is neither counted nor folded.
  expect(shown('worker_exit_code')).toEqual([]);
});

test('events are recent for an hour, and leave one by one without a poll', async () => {
  // All nine happened within 81 s; the newest is 18 s old.
  const run = await runDocumented(1562597350000);
  await run.poll(0);
  const recent = () =>
    run
      .series()
      .get(
        `modelarts_service_recent_events{project="prod",service_id="${service}",service_name="service-07085",event_type="normal"}`,
      );
  expect(recent()).toBe(9);
  run.setNow(1562597251764 + 3_600_000 - 1);
  expect(recent()).toBe(9);
  run.setNow(1562597251764 + 3_600_000);
  expect(recent()).toBe(8);
  run.setNow(1562597332570 + 3_600_000);
  expect(recent()).toBe(1);
  run.setNow(1562597332582 + 3_600_000);
  expect(recent()).toBe(0);
  expect(run.simulator.requests.count('service_events')).toBe(2);
});

test('a configuration that comes as the exporter ends changes nothing any more', async () => {
  // Wherever in the reload the end comes.
  for (let steps = 0; ; steps += 1) {
    const { exporter, reload } = await runDocumented(AFTER);
    const [before] = exporter.collector.projects();
    const reloading = reload({ project: TARGETS, api: { timeout: '9s' } });
    for (let step = 0; step < steps; step += 1) await Promise.resolve();
    const config = exporter.config();
    const isThrough = exporter.collector.projects()[0] !== before;
    await exporter.stop();
    await reloading;
    if (isThrough) break;
    expect(exporter.config()).toBe(config);
    expect(exporter.collector.projects()[0]).toBe(before);
  }
});

test('an event that comes to the documented service counts once, and costs its own requests only', async () => {
  const run = await runDocumented(1562597350000);
  await run.poll(0);
  run.simulator.requests.clear();
  run.setNow(1562597380000);
  run.cloud.addServiceEvent(service, {
    event_type: 'abnormal',
    event_info: 'Failed to start service service-07085.',
    occur_time: 1562597370000,
  });
  await run.poll(0);
  await run.poll(60_000);
  await run.poll(60_000);
  const counts = [...run.series()].filter(([name]) => name.startsWith('modelarts_service_events_total'));
  expect(counts.map(([, value]) => value)).toEqual([0, 0, 0, 1]);
  // Two services thrice, and the update logs of the one that had news.
  expect(run.simulator.requests.count('service_events')).toBe(6);
  expect(run.simulator.requests.count('service_update_logs')).toBe(1);
});

test('a project that watches nothing is told of at start and at reload, with what is to be done', async () => {
  const run = await runExporter({}, { now: AFTER });
  const warnings = () => run.log.filter(({ level }) => level === 'warn');
  const warning = {
    level: 'warn',
    message: expect.stringMatching(/services, training_jobs or pools.*discovery/),
    fields: { project: 'prod' },
  };
  expect(warnings()).toEqual([warning]);
  await run.reload({ project: { discovery: { pools: { enabled: true } } } });
  expect(warnings()).toHaveLength(1);
  await run.reload({});
  expect(warnings()).toEqual([warning, warning]);
});

test('firing alerts are in the metrics, whoever asks for them', async () => {
  const run = await runExporter({ project: { services: [{ id: service }] } }, { now: AFTER });
  run.cloud.addService(PROJECT, { service_id: service });
  const trouble = { event_type: 'abnormal', event_info: 'no such image', occur_time: AFTER - 60_000 };
  run.cloud.addServiceEvent(service, trouble);
  await run.poll(0);
  expect((await run.self()).get('modelarts_active_alerts{severity="warning"}')).toBe(1);
  expect((await run.self()).get('modelarts_active_alerts{severity="critical"}')).toBe(0);
  const labels = 'project="prod",alertname="ModelArtsServiceAbnormalEvent",severity="warning"';
  expect((await run.self()).get(`modelarts_project_active_alerts{${labels}}`)).toBe(1);
  await run.reload({});
  await run.poll(0);
  expect([...(await run.self()).keys()].filter((name) => name.includes('project_active_alerts'))).toEqual([]);
});
