import { expect, test } from 'vitest';
import { POOL, PROJECT, runExporter, SERVICE } from './running-exporter.ts';

const NOW = Date.UTC(2026, 0, 10, 12);

test('identical events are told as often as they happened; a pool event tells its number', async () => {
  const { cloud, exporter, poll, now } = await runExporter(
    { project: { services: [{ id: SERVICE }], pools: [{ name: POOL }] } },
    { now: NOW },
  );
  cloud.addService(PROJECT, { service_id: SERVICE });
  cloud.addPool(PROJECT, { name: POOL });
  await poll();
  const event = { event_type: 'abnormal', event_info: 'failed', occur_time: now() } as const;
  cloud.addServiceEvent(SERVICE, event);
  cloud.addServiceEvent(SERVICE, event);
  const second = Math.floor(now() / 1000) * 1000;
  const record = cloud.addPoolEvent(POOL, {
    type: 'Warning',
    reason: 'PoolStatusChange',
    message: 'Pool status changed, from Running to Abnormal.',
    firstTimestamp: second,
  });
  cloud.growPoolEvent(record, second, 2);
  await poll();
  const told = exporter.reporter.recent.list(() => true, 10);
  expect(told.filter(({ kind }) => kind === 'service').map(({ message }) => message)).toEqual([
    'failed',
    'failed',
  ]);
  expect(told.filter(({ kind }) => kind === 'pool').map(({ fields }) => fields['count'])).toEqual([2, 1]);
});
