import { expect, test, vi } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { WAIT } from '../patience.ts';
import { PROJECT, runExporter, SERVICE } from './running-exporter.ts';

const START = Date.parse('2026-03-01T00:00:00Z');

test('what a listing shows changed has its events read at once, and nothing else', async () => {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  for (const id of [SERVICE, 'quiet']) cloud.addService(PROJECT, { service_id: id, publish_at: START - 1 });
  const run = await runExporter(
    { project: { services: [], training_jobs: [], pools: [], discovery: { services: { enabled: true } } } },
    { now: START, cloud },
  );
  const { collector } = run.exporter;
  await collector.discover();
  await run.poll();
  const reads = () => run.simulator.requests.of('service_events').map(({ path }) => path.split('/').at(-2));
  const before = reads().length;
  await collector.discover();
  expect(reads()).toHaveLength(before);

  run.setNow(run.now() + 1_000);
  cloud.setServiceStatus(SERVICE, 'failed', run.now());
  cloud.addServiceEvent(SERVICE, { event_type: 'abnormal', event_info: 'it broke', occur_time: run.now() });
  await collector.discover();
  await vi.waitFor(() => {
    const counted = [...run.series()].find(
      ([name]) => name.includes('_events_total') && name.includes(SERVICE) && name.includes('"abnormal"'),
    );
    expect(counted?.[1]).toBe(1);
  }, WAIT);
  expect(reads().slice(before)).toEqual([SERVICE]);
});
