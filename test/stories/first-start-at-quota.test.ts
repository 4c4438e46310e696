import { expect, test } from 'vitest';
import { Throttle } from '../../src/simulator/access/throttle.ts';
import { gatewayError } from '../../src/simulator/answer.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { PROJECT } from '../configuration.ts';
import { startVirtually } from './virtual-exporter.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What is new in a listing is not what these stories are about. */
const DISCOVERY = { enabled: true, refresh: '2m' };
const PROJECTS = [{ discovery: { services: DISCOVERY, training_jobs: DISCOVERY, pools: DISCOVERY } }];

/** 150 services of which 10 have failed, 60 jobs that run, 60 that ended days ago, 20 pools. */
function project(): Cloud {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  for (let n = 0; n < 150; n += 1) {
    const id = `service-${n}`;
    const isFailed = n % 15 === 14;
    cloud.addService(PROJECT, {
      service_id: id,
      status: isFailed ? 'failed' : 'running',
      publish_at: NOW - 90 * 24 * HOUR,
      transition_at: NOW - HOUR,
    });
    const [event_type, event_info] = isFailed ? ['abnormal', 'it broke'] : ['normal', 'Service started.'];
    cloud.addServiceEvent(id, { event_type, event_info, occur_time: NOW - HOUR });
  }
  for (let n = 0; n < 60; n += 1) cloud.addJob(PROJECT, { id: `job-${n}`, create_time: NOW - n * HOUR });
  for (let n = 0; n < 60; n += 1) {
    cloud.addJob(PROJECT, {
      id: `ended-${n}`,
      phase: 'Completed',
      create_time: NOW - 5 * 24 * HOUR,
      end_time: NOW - 3 * 24 * HOUR,
    });
  }
  for (let n = 0; n < 20; n += 1) cloud.addPool(PROJECT, { name: `pool-${n}` });
  return cloud;
}

test('a first start at 200 requests in five minutes shows the newest state first and calls nobody down', async () => {
  const answered: { readonly operation: string; readonly id: string; readonly at: number }[] = [];
  let refusals = 0;
  const told = new Set<string>();
  const { exporter, pass, clock } = await startVirtually(NOW, {
    cloud: project(),
    projects: PROJECTS,
    throttle: new Throttle({ limit: 200, period: 5 * MINUTE }),
    onAnswer(operation, status, path) {
      if (status === 429) refusals += 1;
      else answered.push({ operation, id: path.split('/')[4] ?? '', at: clock() - NOW });
    },
    onPost(alerts) {
      for (const { labels } of alerts) told.add(`${labels['alertname']} ${labels['target']}`);
    },
  });
  const { collector } = exporter;

  let scraped: number | undefined;
  void collector.collect(9_500).then(() => {
    scraped = clock() - NOW;
  });
  let ready: number | undefined;
  let allRead: number | undefined;
  while (clock() < NOW + 3 * HOUR && allRead === undefined) {
    await pass(clock() < NOW + 30_000 ? 1_000 : 30_000);
    if (collector.ready()) ready ??= clock() - NOW;
    const targets = collector.targets();
    if (targets.length === 290 && targets.every(({ reads }) => reads.hasSucceeded)) allRead = clock() - NOW;
    if ((clock() - NOW) % 30_000 === 0) void collector.collect(9_500);
  }

  expect(scraped).toBeLessThanOrEqual(10_000);
  expect(ready).toBeLessThanOrEqual(10_000);
  expect(allRead).toBeGreaterThan(10 * MINUTE);
  expect(allRead).toBeLessThan(3 * HOUR);
  expect(refusals).toBeLessThanOrEqual(8);

  const first = answered.findIndex(({ operation }) => !operation.startsWith('list_'));
  expect(new Set(answered.slice(0, first).map(({ operation }) => operation)).size).toBe(4);
  const firstRead = new Map<string, number>();
  for (const [index, { operation, id }] of answered.entries())
    if (!operation.startsWith('list_') && !firstRead.has(id)) firstRead.set(id, index);
  const of = (test: RegExp) => [...firstRead].filter(([id]) => test.test(id)).map(([, index]) => index);
  const failed = Array.from({ length: 10 }, (_, n) => firstRead.get(`service-${15 * n + 14}`) ?? Infinity);
  expect(Math.max(...failed)).toBeLessThan(60);
  expect(Math.min(...of(/^ended-/))).toBeGreaterThan(Math.max(...of(/^(service|job)-/)));

  const down = [...told].filter((name) => name.includes('Down'));
  expect(down).toEqual([]);
  expect([...told].filter((name) => name.startsWith('ModelArtsServiceFailed'))).toHaveLength(10);
});

test('a quota that nobody names costs one pause to find out, and no burst is sent against it again', async () => {
  const throttle = new Throttle({ limit: 200, period: 5 * MINUTE });
  const refusedAt: number[] = [];
  let answered = 0;
  const told = new Set<string>();
  const { exporter, pass, clock } = await startVirtually(NOW, {
    cloud: project(),
    projects: PROJECTS,
    throttle: {
      check(project, now, id, dialect) {
        const refusal = throttle.check(project, now, id, dialect);
        return refusal && gatewayError(429, '0308', 'Too many requests.', id, dialect);
      },
    },
    onAnswer(_operation, status) {
      if (status === 429) refusedAt.push(clock() - NOW);
      else answered += 1;
    },
    onPost(alerts) {
      for (const { labels } of alerts) told.add(`${labels['alertname']}`);
    },
  });
  for (let scrape = 0; scrape < 100; scrape += 1) {
    void exporter.collector.collect(9_500);
    await pass(30_000);
  }
  const [first = expect.fail()] = refusedAt;
  // Those on their way together, and then one at a time.
  const burst = refusedAt.filter((at) => at < first + 1_000);
  expect(burst.length).toBeLessThanOrEqual(16);
  expect(refusedAt.filter((at) => at < 5 * MINUTE).length - burst.length).toBeLessThanOrEqual(10);
  expect(refusedAt.filter((at) => at > 6 * MINUTE).length).toBeLessThanOrEqual(12);
  expect(answered).toBeGreaterThan(0.75 * 10 * 200);
  expect([...told].filter((name) => name.includes('Down'))).toEqual([]);
});
