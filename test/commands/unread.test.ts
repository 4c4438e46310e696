import { expect, test } from 'vitest';
import { unreadWords } from '../../src/commands/unread.ts';
import { PROJECT, runExporter, SERVICE } from '../collection/running-exporter.ts';

test('the name of a service that could not be read cannot change the terminal', async () => {
  const run = await runExporter(
    { project: { discovery: { services: { enabled: true } } } },
    { now: Date.UTC(2026, 0, 5) },
  );
  run.cloud.addService(PROJECT, { service_id: SERVICE, service_name: 'fraud\u009b2J\u202e' });
  run.simulator.faults.add({ kind: 'status', status: 403 }, { path: SERVICE });
  await run.exporter.collector.discover();
  await run.exporter.collector.collect(Number.POSITIVE_INFINITY);
  expect(unreadWords(run.exporter.collector)).toBe(
    'NOT COMPLETE, could not be read: fraud\\u009b2J\\u202e in prod (forbidden)',
  );
});
