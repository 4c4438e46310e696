import { expect, test } from 'vitest';
import { countEvents } from '../simulator-kit/ground-truth.ts';
import { JOB, POOL, PROJECT, runExporter, SERVICE } from './running-exporter.ts';

const NOW = Date.UTC(2026, 0, 10, 12);

test.each([
  { paging: 'continue' },
  { paging: 'offset', offset: 'record' },
  { paging: 'offset', offset: 'page' },
] as const)('pages that are too large are asked for again in smaller ones (%j)', async (poolEvents) => {
  const { cloud, poll, series, self } = await runExporter(
    {
      limits: { response_bytes: 65_536 },
      project: {
        pool_events: poolEvents.paging,
        discovery: {
          services: { enabled: true },
          training_jobs: { enabled: true },
          pools: { enabled: true },
        },
        services: [{ id: SERVICE }],
        training_jobs: [{ id: JOB }],
        pools: [{ name: POOL }],
      },
    },
    { now: NOW, dialect: { poolEvents } },
  );
  cloud.addService(PROJECT, { service_id: SERVICE });
  cloud.addJob(PROJECT, { id: JOB });
  cloud.addPool(PROJECT, { name: POOL });
  await poll();
  for (let n = 0; n < 300; n += 1) {
    const at = NOW + 1_000 * Math.ceil((n + 1) / 20);
    const text = `${n} ${'x'.repeat(1_000)}`;
    cloud.addServiceEvent(SERVICE, { event_type: 'normal', event_info: text, occur_time: at });
    cloud.addJobEvent(JOB, { time: at, level: 'Info', source: 'Job', message: text });
    cloud.addPoolEvent(POOL, { type: 'Normal', reason: 'R', message: text, firstTimestamp: at, count: 1 });
  }
  await poll(60_000);
  const counted = (kind: string) =>
    [...series()]
      .filter(([name]) => name.startsWith(`modelarts_${kind}_events_total`))
      .reduce((sum, [, value]) => sum + value, 0);
  for (const kind of ['service', 'training_job', 'pool']) expect([kind, counted(kind)]).toEqual([kind, 300]);
  expect(countEvents(cloud, NOW).reduce((sum, { count }) => sum + count, 0)).toBe(900);
  const own = await self();
  const wrong = [...own].filter(
    ([name, value]) => /refresh_errors_total|truncated_polls_total/.test(name) && value > 0,
  );
  expect(wrong).toEqual([]);
});

test('a listing of jobs that is too large is read in smaller pages, and so are those that are looked up', async () => {
  const { cloud, exporter } = await runExporter(
    {
      limits: { response_bytes: 8_192 },
      project: { discovery: { training_jobs: { enabled: true, created_within: '1d' } } },
    },
    { now: NOW },
  );
  const jobs = Array.from({ length: 120 }, (_, n) =>
    cloud.addJob(PROJECT, {
      id: `job-${n}`,
      name: 'x'.repeat(600),
      create_time: NOW - n * 60_000,
      phase: n < 60 ? 'Running' : 'Completed',
    }),
  );
  await exporter.collector.discover();
  expect(exporter.collector.targets()).toHaveLength(120);
  // Ended meanwhile, they are not among the living any more.
  for (const job of jobs.slice(30, 60)) job.phase = 'Failed';
  await exporter.collector.discover();
  expect(exporter.collector.failingListings()).toEqual([]);
  const failed = exporter
    .alerts()
    .filter(({ labels }) => labels['alertname'] === 'ModelArtsTrainingJobFailed');
  expect(failed).toHaveLength(30);
});

test('a listing that is too large is read in smaller pages', async () => {
  const { cloud, exporter } = await runExporter(
    { limits: { response_bytes: 65_536 }, project: { discovery: { services: { enabled: true } } } },
    { now: NOW },
  );
  for (let n = 0; n < 900; n += 1) {
    cloud.addService(PROJECT, { service_id: `service-${n}`, service_name: `name-${n}` });
  }
  await exporter.collector.discover();
  expect(exporter.collector.targets()).toHaveLength(900);
});
