import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { throttled } from '../../src/simulator/access/throttle.ts';
import { modelArtsError } from '../../src/simulator/answer.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { DOCUMENTED_DIALECT } from '../../src/simulator/dialect.ts';
import { JOB, PROJECT, SERVICE } from '../configuration.ts';
import { runs } from '../laws.ts';
import { createVirtualExporter } from '../simulator-kit/virtual-exporter.ts';
import { createVirtualTime } from '../simulator-kit/virtual-time.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z');
const HOUR = 3_600_000;

function cloudWithBurst(events: number, seconds: number): Cloud {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  cloud.addJob(PROJECT, { id: JOB });
  for (let index = 0; index < events; index += 1) {
    const time = NOW - HOUR + 1_000 * (index % seconds);
    cloud.addJobEvent(JOB, { time, level: 'Warning', source: 'Task', message: `line ${index}` });
  }
  return cloud;
}

const refusal = (policy = 'limit:200,time:5 minute') =>
  throttled(policy, 'id', DOCUMENTED_DIALECT, { form: 'seconds', until: NOW, now: NOW });

test.each([
  ['that fails', () => modelArtsError(503, '0001', 'busy')],
  ['that is refused', () => refusal('limit:40,time:20 second')],
])('a read %s in its middle goes on where it was', async (_, answer) => {
  const time = createVirtualTime(NOW);
  let requests = 0;
  const exporter = await createVirtualExporter({
    time,
    cloud: cloudWithBurst(3_000, 1),
    throttle: undefined,
    latency: 10,
    projects: [{ training_jobs: [{ id: JOB }] }],
    settings: { api: { retries: 0 }, collection: { lookback: '1d' } },
    instead: () => {
      requests += 1;
      return requests % 10 === 0 ? answer() : undefined;
    },
  });
  onTestFinished(() => exporter.stop());
  const { collector } = exporter;
  for (let poll = 0; poll < 20; poll += 1) {
    void collector.collect(Number.POSITIVE_INFINITY);
    await time.pass(30_000);
  }
  // 30 pages by either meaning of the offset, and what leads to them; not as much again at each attempt.
  expect(requests).toBeLessThan(110);
  const { news } = collector.targets()[0] ?? expect.fail();
  expect(news.ledger.countSince(0)).toBe(3_000);
});

test('a target with a long backlog leaves turns to the others', async () => {
  const cloud = cloudWithBurst(3_000, 1);
  const others = Array.from({ length: 40 }, (_, index) => ({ id: `${SERVICE}-${index}` }));
  for (const { id } of others) cloud.addService(PROJECT, { service_id: id });
  const time = createVirtualTime(NOW);
  const paths: string[] = [];
  let isLearnt = false;
  const exporter = await createVirtualExporter({
    time,
    cloud,
    throttle: undefined,
    latency: 10,
    projects: [{ training_jobs: [{ id: JOB }], services: others }],
    onAnswer: (_operation, status, path) => status === 200 && paths.push(path),
    instead: () => {
      if (isLearnt) return undefined;
      isLearnt = true;
      return throttled('limit:50,time:5 minute', 'id', DOCUMENTED_DIALECT, {});
    },
  });
  onTestFinished(() => exporter.stop());
  for (let poll = 0; poll < 240; poll += 1) {
    void exporter.collector.collect(9_500);
    await time.pass(30_000);
  }
  const isOfJob = paths.map((path) => path.includes(JOB));
  let run = 0;
  let longest = 0;
  for (const each of isOfJob) {
    run = each ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  expect(longest).toBeLessThanOrEqual(10);
  const job = exporter.collector.targets().find(({ id }) => id === JOB) ?? expect.fail();
  expect(job.news.ledger.countSince(0)).toBe(3_000);
  expect(exporter.collector.targets().every(({ reads }) => reads.hasSucceeded)).toBe(true);
});

test('whatever fails between, every event counts once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1_500 }),
      fc.integer({ min: 1, max: 4 }),
      fc.infiniteStream(fc.constantFrom('fine', 'fine', 'fine', 'refused', 'failed')),
      async (events, seconds, fates) => {
        const time = createVirtualTime(NOW - 2 * HOUR);
        const cloud = new Cloud();
        cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
        cloud.addJob(PROJECT, { id: JOB });
        let isOver = false;
        const exporter = await createVirtualExporter({
          time,
          cloud,
          throttle: undefined,
          latency: 10,
          projects: [{ training_jobs: [{ id: JOB }] }],
          settings: { api: { retries: 0 } },
          instead: () => {
            const fate = isOver ? 'fine' : fates.next().value;
            if (fate === 'failed') return modelArtsError(503, '0001', 'busy');
            return fate === 'refused' ? refusal() : undefined;
          },
        });
        const poll = async (times: number) => {
          for (let round = 0; round < times; round += 1) {
            void exporter.collector.collect(Number.POSITIVE_INFINITY);
            await time.pass(30_000);
          }
        };
        await poll(2);
        const begun = time.clock();
        for (let index = 0; index < events; index += 1) {
          const at = begun + 1_000 * (index % seconds);
          cloud.addJobEvent(JOB, { time: at, level: 'Warning', source: 'Task', message: `line ${index}` });
          // It goes on while it is read.
          if (index % 200 === 0) await poll(1);
        }
        await poll(4);
        isOver = true;
        const [job = expect.fail()] = exporter.collector.targets();
        const counted = () => job.counting.tally.totals().reduce((sum, [, count]) => sum + count, 0);
        for (let rest = 0; rest < 60 && counted() < events; rest += 1) await poll(1);
        await poll(20);
        expect(counted()).toBe(events);
        await exporter.stop();
      },
    ),
    runs(15),
  );
});
