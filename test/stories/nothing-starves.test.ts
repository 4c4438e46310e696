import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Throttle } from '../../src/simulator/access/throttle.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { PROJECT } from '../configuration.ts';
import { runs } from '../laws.ts';
import { createVirtualExporter } from '../simulator-kit/virtual-exporter.ts';
import { createVirtualTime } from '../simulator-kit/virtual-time.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const LATENCY = 150;

/**
 * Everybody waits at most eight times longer than those who change all the time, who take a round and five minutes; see
 * `attention.ts`. A pause for a refusal comes on top.
 */
function longestWait(targets: number, limit: number): number {
  const perRound = targets * 2;
  const round = (perRound / (limit * 0.7)) * 5 * MINUTE;
  return 9 * (round + 5 * MINUTE) + 10 * MINUTE;
}

test('whatever listings show and however small the quota, every target is read again and again', async () => {
  const worlds = fc.record({
    services: fc.integer({ min: 10, max: 14 }),
    jobs: fc.integer({ min: 1, max: 3 }),
    limit: fc.integer({ min: 30, max: 50 }),
    /** The part of the services that change all the time, which is more than can be read; how; and how often. */
    restless: fc.double({ min: 0.5, max: 0.9, noNaN: true }),
    statuses: fc.constantFrom(['failed', 'running'], ['deploying', 'running'], ['stopped', 'concerning']),
    every: fc.constantFrom(10 * SECOND, 30 * SECOND),
  });
  await fc.assert(
    fc.asyncProperty(worlds, async ({ services, jobs, limit, restless, statuses, every }) => {
      const cloud = new Cloud();
      cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
      const ids = Array.from({ length: services }, (_, n) => `service-${n}`);
      for (const service_id of ids) cloud.addService(PROJECT, { service_id });
      for (let n = 0; n < jobs; n += 1) {
        cloud.addJob(PROJECT, { id: `job-${n}` });
        ids.push(`job-${n}`);
      }
      const time = createVirtualTime(NOW);
      const lastRead = new Map(ids.map((id) => [id, NOW]));
      const exporter = await createVirtualExporter({
        time,
        cloud,
        throttle: new Throttle({ limit, period: 5 * MINUTE }),
        latency: LATENCY,
        projects: [
          {
            training_jobs: Array.from({ length: jobs }, (_, n) => ({ id: `job-${n}` })),
            discovery: { services: { enabled: true } },
          },
        ],
        onAnswer: (operation, status, path) => {
          if (status === 200 && operation.endsWith('_events'))
            lastRead.set(path.split('/')[4] ?? '', time.clock());
        },
      });
      exporter.start();
      const bound = longestWait(ids.length, limit);
      for (let passed = 0; passed < 1.5 * bound; passed += 10 * SECOND) {
        if (passed % (30 * SECOND) === 0) void exporter.collector.collect(9_500);
        if (passed % every === 0) {
          const status = statuses[(passed / every) % 2] ?? 'running';
          for (const id of ids.slice(0, Math.floor(services * restless)))
            cloud.setServiceStatus(id, status, time.clock());
        }
        await time.pass(10 * SECOND);
        const now = time.clock();
        expect([...lastRead].filter(([, at]) => now - at > bound)).toEqual([]);
      }
      const stopped = exporter.stop();
      await time.pass(MINUTE);
      await stopped;
    }),
    runs(3),
  );
}, 120_000);
