import { expect, onTestFinished, test } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { configOf, POOL, PROJECT, prodAt, SERVICE } from '../configuration.ts';
import { startTestSimulator } from '../simulator-kit/test-simulator.ts';
import { createTestExporter } from '../test-exporter.ts';

const START = Date.parse('2024-05-06T07:08:09.000Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** An exporter whose wall clock is wrong by `error` milliseconds; the cloud's is right. */
async function scene(first: number) {
  const time = { now: START, error: first };
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  cloud.addPool(PROJECT, { name: POOL });
  cloud.addService(PROJECT, { service_id: SERVICE });
  const simulator = await startTestSimulator({ now: () => time.now, cloud });
  onTestFinished(() => simulator.close());
  const targets = {
    pools: [{ name: POOL }],
    services: [{ id: SERVICE }],
    discovery: { pools: { enabled: true } },
  };
  const exporter = await createTestExporter(
    configOf({
      api: { retries: 0 },
      alerting: { alertmanagers: [{ url: 'http://127.0.0.1:9' }] },
      projects: [{ ...prodAt(simulator.url), ...targets }],
    }),
    {
      clock: () => time.now + time.error,
      steady: () => time.now,
    },
  );
  onTestFinished(() => exporter.stop());
  const change = (from: string, to: string) =>
    cloud.addPoolEvent(POOL, {
      type: to === 'Running' ? 'Normal' : 'Warning',
      reason: 'PoolStatusChange',
      message: `Pool status changed, from ${from} to ${to}.`,
      firstTimestamp: time.now,
    });
  const happen = () =>
    cloud.addServiceEvent(SERVICE, { event_type: 'normal', event_info: 'a', occur_time: time.now });
  const poll = async () => {
    time.now += MINUTE;
    await exporter.collector.collect(Number.POSITIVE_INFINITY);
  };
  const told = () => exporter.alerts().map(({ labels }) => labels['alertname']);
  const text = () => [...exporter.series.chunks('text')].join('');
  return { time, exporter, change, happen, poll, told, text };
}

test('a clock that steps ten minutes ahead calls nobody down', async () => {
  const { time, change, exporter, poll, told, text } = await scene(0);
  await exporter.collector.discover();
  await poll();
  time.error = 10 * MINUTE;
  expect(told()).toEqual([]);
  await poll();
  expect(told()).toEqual([]);
  change('Running', 'Abnormal');
  await poll();
  expect(told()).toEqual(['ModelArtsPoolAbnormal']);
  expect(text()).toMatch(/modelarts_pool_events_total\{.*type="warning",reason="PoolStatusChange"\} 1/);
});

test('a clock that was hours ahead when the exporter started freezes nothing once it is right', async () => {
  const { time, change, exporter, poll, told, text } = await scene(8 * HOUR);
  await exporter.collector.discover();
  await poll();
  time.error = 0;
  await poll();
  change('Running', 'Abnormal');
  await poll();
  expect(told()).toEqual(['ModelArtsPoolAbnormal']);
  expect(text()).toMatch(/modelarts_pool_events_total\{.*type="warning",reason="PoolStatusChange"\} 1/);
  expect(text()).toMatch(/modelarts_pool_status\{.*status="abnormal"\} 1/);
});

test('a clock that is set back by ten minutes for a while has no event counted again', async () => {
  const { time, happen, exporter, poll, text } = await scene(0);
  await exporter.collector.discover();
  await poll();
  happen();
  for (let minutes = 0; minutes < 6; minutes += 1) await poll();
  happen();
  await poll();
  await poll();
  time.error = -10 * MINUTE;
  await poll();
  time.error = 0;
  await poll();
  expect(text()).toMatch(/modelarts_service_events_total\{.*event_type="normal"\} 2/);
});
