import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { runs } from '../laws.ts';
import { createVirtualExporter } from '../simulator-kit/virtual-exporter.ts';
import { createVirtualTime } from '../simulator-kit/virtual-time.ts';
import { JOB, PROJECT, runExporter, SERVICE } from './running-exporter.ts';

const START = Date.parse('2026-03-01T00:00:00Z');

test('a burst of 3,000 events in the newest second of a quiet job costs one request per refresh', async () => {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  cloud.addJob(PROJECT, { id: JOB });
  const run = await runExporter(
    { project: { services: [], training_jobs: [{ id: JOB }], pools: [] } },
    { now: START, cloud },
  );
  await run.poll();
  for (let worker = 0; worker < 250; worker += 1) {
    for (let line = 0; line < 12; line += 1) {
      cloud.addJobEvent(JOB, {
        time: run.now(),
        level: 'Warning',
        source: 'Task',
        message: `[worker-${worker}] line ${line}`,
      });
    }
  }
  const total = () =>
    [...run.series()]
      .filter(
        ([name]) => name.startsWith('modelarts_training_job_events_total') && name.includes('"warning"'),
      )
      .reduce((sum, [, value]) => sum + value, 0);
  await run.poll();
  expect(total()).toBe(3_000);
  const { requests } = run.simulator;
  requests.clear();
  await run.poll();
  expect(requests.count('training_job_events')).toBe(1);
  cloud.addJobEvent(JOB, { time: run.now(), level: 'Warning', source: 'Job', message: 'one more' });
  await run.poll();
  expect(total()).toBe(3_001);
});

test('whatever the burst at the newest instant, an hour afterwards costs one request per refresh', async () => {
  const bursts = fc.record({
    workers: fc.integer({ min: 1, max: 250 }),
    lines: fc.integer({ min: 1, max: 12 }),
    seconds: fc.integer({ min: 1, max: 3 }),
    isIdentical: fc.boolean(),
    kind: fc.constantFrom('training_job_events', 'service_events'),
  });
  await fc.assert(
    fc.asyncProperty(bursts, async ({ workers, lines, seconds, isIdentical, kind }) => {
      const time = createVirtualTime(START);
      const cloud = new Cloud();
      cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
      cloud.addJob(PROJECT, { id: JOB });
      cloud.addService(PROJECT, { service_id: SERVICE });
      let requests = 0;
      const exporter = await createVirtualExporter({
        time,
        cloud,
        throttle: undefined,
        latency: 10,
        projects: [{ training_jobs: [{ id: JOB }], services: [{ id: SERVICE }] }],
        onAnswer: (operation) => {
          if (operation === kind) requests += 1;
        },
      });
      const refresh = async (times: number) => {
        for (let n = 0; n < times; n += 1) {
          void exporter.collector.collect(Number.POSITIVE_INFINITY);
          await time.pass(30_000);
        }
      };
      await refresh(2);
      const at = time.clock();
      for (let n = 0; n < workers * lines; n += 1) {
        const instant = at + 1_000 * (n % seconds);
        const text = isIdentical ? 'line' : `[worker-${n % workers}] line ${n}`;
        if (kind === 'training_job_events')
          cloud.addJobEvent(JOB, { time: instant, level: 'Warning', source: 'Task', message: text });
        else
          cloud.addServiceEvent(SERVICE, { event_type: 'abnormal', event_info: text, occur_time: instant });
      }
      await refresh(3);
      const counted = exporter.collector.targets().flatMap(({ counting }) => counting.tally.totals());
      expect(counted.reduce((sum, [, count]) => sum + count, 0)).toBe(workers * lines);
      requests = 0;
      await refresh(120);
      // As often as it is read, and once where the burst leaves the overlap.
      expect(requests).toBeLessThanOrEqual(122);
      await exporter.stop();
    }),
    runs(6),
  );
}, 120_000);
