import { expect, test } from 'vitest';
import type { UpdateRecord } from '../../src/simulator/model.ts';
import { PROJECT, runExporter, SERVICE } from '../collection/running-exporter.ts';

const NOW = Date.UTC(2026, 0, 10, 12);

/** A service of which the exporter has seen that it is being updated. */
async function updating() {
  const running = await runExporter({ project: { services: [{ id: SERVICE }] } }, { now: NOW - 60_000 });
  const { cloud, exporter, poll } = running;
  cloud.addService(PROJECT, { service_id: SERVICE });
  await poll();
  const record = { update_time: NOW - 20_000, config: [] };
  const update: { -readonly [K in keyof UpdateRecord]: UpdateRecord[K] } = { ...record, result: 'RUNNING' };
  cloud.addUpdateRecord(SERVICE, update);
  cloud.addServiceEvent(SERVICE, {
    event_type: 'normal',
    event_info: 'start to deploy service',
    occur_time: NOW - 20_000,
  });
  await poll();
  const happen = (event_type: string, event_info: string, seconds: number) =>
    cloud.addServiceEvent(SERVICE, { event_type, event_info, occur_time: NOW + seconds * 1000 });
  return {
    poll,
    happen,
    fail: (seconds: number) => happen('abnormal', 'failed to pull image, retry later', seconds),
    succeed: () => {
      update.result = 'SUCCESS';
    },
    told: () => exporter.alerts().map(({ labels }) => labels['alertname']),
  };
}

test('an abnormal event just before the success of an update ends with that success', async () => {
  const { poll, fail, succeed, told } = await updating();
  fail(5);
  succeed();
  await poll();
  // For a minute, or nobody would hear of it.
  expect(told()).toEqual(['ModelArtsServiceAbnormalEvent']);
  await poll(61_000);
  expect(told()).toEqual([]);
});

test('an abnormal event that was told ends with a success that the next look shows', async () => {
  const { poll, fail, succeed, told } = await updating();
  fail(5);
  await poll();
  expect(told()).toEqual(['ModelArtsServiceAbnormalEvent']);
  succeed();
  await poll(61_000);
  expect(told()).toEqual([]);
});

test('an abnormal event after the service has started stays, though the update succeeded', async () => {
  const { poll, happen, fail, succeed, told } = await updating();
  happen('normal', `Service ${SERVICE} started.`, 5);
  fail(10);
  succeed();
  await poll();
  await poll(61_000);
  expect(told()).toEqual(['ModelArtsServiceAbnormalEvent']);
});
