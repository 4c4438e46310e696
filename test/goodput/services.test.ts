import { expect, test } from 'vitest';
import { addStatusTime } from '../../src/kinds/status-time.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { PROJECT, runExporter, SERVICE } from '../collection/running-exporter.ts';

const NOW = Date.parse('2024-05-06T07:00:00Z');
const SECOND = 1_000;

async function serviceScene() {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  cloud.addService(PROJECT, {
    service_id: SERVICE,
    owner: 'ann',
    publish_at: NOW - 1,
    transition_at: NOW - 1,
  });
  const run = await runExporter(
    { project: { discovery: { services: { enabled: true } } } },
    { now: NOW, cloud },
  );
  const { collector } = run.exporter;
  /** Reads and lists so many seconds after the beginning. */
  const look = async (at: number) => {
    run.setNow(NOW + at * SECOND);
    await collector.discover();
    await collector.collect(Number.POSITIVE_INFINITY);
  };
  const say = (at: number, event_type: string, event_info: string) =>
    cloud.addServiceEvent(SERVICE, { event_type, event_info, occur_time: NOW + at * SECOND });
  const become = (at: number, status: string) => cloud.setServiceStatus(SERVICE, status, NOW + at * SECOND);
  const begin = (at: number) => {
    become(at, 'deploying');
    say(at, 'normal', 'start to deploy service');
    return cloud.addUpdateRecord(SERVICE, {
      result: 'RUNNING',
      update_time: NOW + at * SECOND,
      config: [{ model_id: 'm', model_name: 'm', model_version: '1', cluster_id: 'pool-a' }],
    });
  };
  const shown = async (name: string) =>
    Object.fromEntries(
      [...run.series(), ...(await run.self())]
        .filter(([series, value]) => series.startsWith(`modelarts_${name}`) && value !== 0)
        .map(([series, value]) => [
          series.replace(/,?(project|service_id|service_name)="[^"]*",?/g, ''),
          value,
        ]),
    );
  return { look, say, become, begin, shown };
}

test('a deployment counts with its result, the phase in which it failed and how long it took', async () => {
  const { look, say, become, begin, shown } = await serviceScene();
  await look(0);
  const record = begin(100);
  say(110, 'normal', '[m 1] pulling model image');
  await look(120);
  expect(await shown('service_deployment_phase_start')).toEqual({
    'modelarts_service_deployment_phase_start_timestamp_seconds{phase="image_pulling"}': NOW / SECOND + 110,
  });
  expect(await shown('service_info')).toEqual({
    'modelarts_service_info{infer_type="real-time",owner="ann",pool="pool-a"}': 1,
  });
  say(200, 'abnormal', 'failed to pull image, retry later');
  record.result = 'FAIL';
  become(220, 'running');
  await look(300);
  await look(330);
  expect(await shown('service_deployments_total')).toEqual({
    'modelarts_service_deployments_total{result="fail",phase="image_pulling"}': 1,
  });
  expect(await shown('service_deployment_seconds_sum')).toEqual({
    'modelarts_service_deployment_seconds_sum{result="fail"}': 120,
  });
  expect(await shown('service_update_duration')).toEqual({
    'modelarts_service_update_duration_seconds{}': 120,
  });
  expect(await shown('service_deployment_phase_start')).toEqual({});
});

test('how long a service was in a good and in a bad status follows its listing', async () => {
  const { look, become, shown } = await serviceScene();
  await look(0);
  become(100, 'failed');
  await look(150);
  become(400, 'running');
  await look(600);
  expect(await shown('service_availability')).toEqual({
    'modelarts_service_availability_seconds_total{state="good"}': 300,
    'modelarts_service_availability_seconds_total{state="bad"}': 300,
  });
  become(700, 'stopped');
  await look(800);
  await look(900);
  expect(await shown('service_availability')).toMatchObject({
    'modelarts_service_availability_seconds_total{state="good"}': 400,
  });
});

test('a change of which nobody tells when it was is taken to be of the later look', () => {
  const start = addStatusTime(undefined, { condition: 'good', at: 0 });
  expect(addStatusTime(start, { condition: 'bad', at: 10 })).toMatchObject({ good: 10, bad: 0 });
  expect(addStatusTime(start, { condition: 'bad', at: 10, changedAt: 4 })).toMatchObject({ good: 4, bad: 6 });
  expect(addStatusTime(start, { condition: 'bad', at: 10, changedAt: -5 })).toMatchObject({
    good: 0,
    bad: 10,
  });
});
