import { expect, onTestFinished, test } from 'vitest';
import { Throttle } from '../../src/simulator/access/throttle.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { PROJECT } from '../configuration.ts';
import { createVirtualExporter } from '../simulator-kit/virtual-exporter.ts';
import { createVirtualTime } from '../simulator-kit/virtual-time.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SERVICES = 40;
const LIMIT = 60;
/** In which both have learnt the quota. */
const START = 1.5 * HOUR;
const HOURS = 2.5;

/** What one of the two was answered after the start. */
interface Share {
  readonly read: Set<string>;
  answered: number;
  refused: number;
}

test('two exporters of one user, who do not know of each other, each learn what the other leaves', async () => {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  for (let n = 0; n < SERVICES; n += 1) cloud.addService(PROJECT, { service_id: `service-${n}` });
  const time = createVirtualTime(NOW);
  const throttle = new Throttle({ limit: LIMIT, period: 5 * MINUTE });
  const told = new Set<string>();
  const shares = [0, 1].map((): Share => ({ read: new Set(), answered: 0, refused: 0 }));
  const pair = await Promise.all(
    shares.map((share) =>
      createVirtualExporter({
        time,
        cloud,
        throttle,
        latency: 150,
        onPost: (alerts) => {
          if (time.clock() < NOW + START) return;
          for (const { labels } of alerts) told.add(labels['alertname'] ?? '');
        },
        onAnswer: (operation, status, path) => {
          if (time.clock() < NOW + START) return;
          if (status === 429) share.refused += 1;
          else share.answered += 1;
          if (operation === 'service_events' && status === 200) share.read.add(path.split('/')[4] ?? '');
        },
      }),
    ),
  );
  onTestFinished(async () => {
    const stopped = pair.map((exporter) => exporter.stop());
    await time.pass(MINUTE);
    await Promise.all(stopped);
  });
  for (const exporter of pair) {
    exporter.start();
    await time.pass(40_000);
  }
  while (time.clock() < NOW + START + HOURS * HOUR) {
    for (const { collector } of pair) void collector.collect(9_500);
    await time.pass(30_000);
  }

  const granted = LIMIT * 12 * HOURS;
  for (const { read, answered, refused } of shares) {
    expect(refused / HOURS).toBeLessThanOrEqual(2);
    expect(answered).toBeGreaterThan(0.25 * granted);
    expect(read.size).toBe(SERVICES);
  }
  expect(shares.reduce((sum, { answered }) => sum + answered, 0)).toBeGreaterThan(0.8 * granted);
  // The two hold each other up, and that is nobody's outage.
  expect([...told]).toEqual([]);
}, 120_000);
