import { expect, test } from 'vitest';
import { PROJECT, type RunningExporter, runExporter } from '../collection/running-exporter.ts';

const NOW = Date.parse('2026-05-06T07:08:09.123Z');
const BOTH = {
  project: { discovery: { services: { enabled: true }, inference_services: { enabled: true, pods: true } } },
};

function targets({ exporter }: RunningExporter): string[] {
  return exporter.collector
    .targets()
    .map(({ key: { kind, id } }) => `${kind} ${id}`)
    .sort();
}

async function read(run: RunningExporter): Promise<void> {
  await run.exporter.collector.discover();
  await run.poll();
}

function value(run: RunningExporter, ...parts: readonly string[]): number | undefined {
  return [...run.series()].find(([series]) => parts.every((part) => series.includes(part)))?.[1];
}

test('both generations are discovered in one project, each with its own metrics, pods included', async () => {
  const run = await runExporter(BOTH, { now: NOW });
  run.cloud.addService(PROJECT, { service_id: 'old' });
  run.cloud.addInferenceService(PROJECT, { id: 'new', deployments: [{ name: 'main' }] });
  await read(run);
  run.cloud.addServiceEvent('old', { event_type: 'abnormal', event_info: 'x', occur_time: run.now() });
  const event = run.cloud.addInferenceEvent('new', { event_type: 'WARNING', event_info: 'y', at: run.now() });
  const at = run.now();
  run.cloud.addInferencePodEvent('new', 'main', { type: 'Warning', reason: 'BackOff', message: 'z', at });
  await read(run);
  run.cloud.repeatInferenceEvent(event, run.now(), 2);
  await read(run);
  expect(targets(run)).toEqual(['inference_service new', 'service old']);
  expect(value(run, 'modelarts_service_events_total', 'abnormal')).toBe(1);
  expect(value(run, 'modelarts_inference_service_events_total', 'warning')).toBe(3);
  expect(value(run, 'modelarts_inference_service_pod_events_total', 'BackOff')).toBe(1);
  const lines = (await run.events()).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map(({ kind, reason, count }) => [kind, reason, count])).toContainEqual([
    'inference_service',
    'BackOff',
    1,
  ]);
});

test('what both APIs list under one id is collected once, as of the new generation', async () => {
  const run = await runExporter(BOTH, { now: NOW });
  run.cloud.addService(PROJECT, { service_id: 'same' });
  run.cloud.addService(PROJECT, { service_id: 'old' });
  await read(run);
  expect(targets(run)).toEqual(['service old', 'service same']);
  run.cloud.addInferenceService(PROJECT, { id: 'same' });
  await read(run);
  expect(targets(run)).toEqual(['inference_service same', 'service old']);
});

test('a region without the new generation has none, which is no failure and asked for rarely', async () => {
  const run = await runExporter(BOTH, { now: NOW, dialect: { inference: { isPublished: false } } });
  run.cloud.addService(PROJECT, { service_id: 'old' });
  await read(run);
  expect(targets(run)).toEqual(['service old']);
  expect(run.exporter.collector.failingListings()).toEqual([]);
  const self = await run.self();
  expect(self.get('modelarts_discovered_targets{project="prod",kind="inference_service"}')).toBe(0);
});

test.each([400, 403, 404] as const)(
  'a deleted service that is answered with %i is not down',
  async (missing) => {
    const run = await runExporter(BOTH, { now: NOW, dialect: { inference: { missing } } });
    run.cloud.addInferenceService(PROJECT, { id: 'new' });
    run.cloud.addInferenceService(PROJECT, { id: 'other' });
    await read(run);
    run.cloud.removeInferenceService('new');
    await run.poll();
    await read(run);
    const [deleted] = run.exporter.collector.targets().filter(({ key }) => key.id === 'new');
    expect(deleted?.isDeleted).toBe(true);
    expect(value(run, 'modelarts_target_up', '"other"')).toBe(1);
  },
);
