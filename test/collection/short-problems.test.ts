import { expect, test } from 'vitest';
import { POOL, PROJECT, runExporter, SERVICE } from './running-exporter.ts';

const NOW = Date.parse('2024-05-06T07:08:09.000Z');

async function scene() {
  const running = await runExporter(
    { project: { services: [{ id: SERVICE }], pools: [{ name: POOL }] } },
    { now: NOW },
  );
  running.cloud.addService(PROJECT, { service_id: SERVICE });
  running.cloud.addPool(PROJECT, { name: POOL });
  await running.poll(0);
  const told = () =>
    running.exporter
      .alerts()
      .map(({ labels, annotations }) => [labels['alertname'], annotations['recovered_at'] !== undefined]);
  return { ...running, told };
}

const status = (from: string, to: string, at: number) => ({
  type: to === 'Running' ? 'Normal' : 'Warning',
  reason: 'PoolStatusChange',
  message: `Pool status changed, from ${from} to ${to}.`,
  firstTimestamp: at,
});

test('a pool that was abnormal for ten seconds between two reads is told of for a minute', async () => {
  const { cloud, poll, told } = await scene();
  cloud.addPoolEvent(POOL, status('Running', 'Abnormal', NOW + 5_000));
  cloud.addPoolEvent(POOL, status('Abnormal', 'Running', NOW + 15_000));
  await poll();
  expect(told()).toEqual([['ModelArtsPoolAbnormal', true]]);
  await poll();
  expect(told()).toEqual([['ModelArtsPoolAbnormal', true]]);
  await poll();
  expect(told()).toEqual([]);
});

test('an update that failed and was made good between two reads is told of for a minute', async () => {
  const { cloud, poll, told } = await scene();
  cloud.addUpdateRecord(SERVICE, { result: 'FAIL', update_time: NOW + 5_000, config: [] });
  cloud.addServiceEvent(SERVICE, {
    event_type: 'abnormal',
    event_info: 'it failed',
    occur_time: NOW + 5_500,
  });
  cloud.addUpdateRecord(SERVICE, { result: 'SUCCESS', update_time: NOW + 15_000, config: [] });
  await poll();
  expect(told().sort()).toEqual([
    ['ModelArtsServiceAbnormalEvent', true],
    ['ModelArtsServiceUpdateFailed', true],
  ]);
  await poll(61_000);
  expect(told()).toEqual([]);
});

test('what came and went before the first read is history', async () => {
  const { cloud, exporter, poll, told, reload } = await scene();
  await reload({ project: {} });
  cloud.addPoolEvent(POOL, status('Running', 'Abnormal', NOW + 5_000));
  cloud.addPoolEvent(POOL, status('Abnormal', 'Running', NOW + 15_000));
  await poll();
  expect(exporter.collector.targets()).toEqual([]);
  const other = await runExporter({ project: { pools: [{ name: POOL }] } }, { now: NOW + 60_000, cloud });
  await other.poll(0);
  expect(other.exporter.alerts()).toEqual([]);
  expect(told()).toEqual([]);
});
