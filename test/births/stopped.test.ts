import { expect, test } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { PROJECT } from '../configuration.ts';
import { Life } from '../simulation/life.ts';
import { createVirtualExporter } from '../simulator-kit/virtual-exporter.ts';
import { createVirtualTime } from '../simulator-kit/virtual-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

test('a process that is asked to end when it was stopped for long still knows who scraped it before', async () => {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  const time = createVirtualTime(Date.parse('2026-01-10T12:00:00Z'));
  const life = new Life();
  const exporter = await createVirtualExporter({
    time: { ...time, timers: life.timers(time.timers) },
    cloud,
    throttle: undefined,
    latency: 0,
    projects: [{}],
  });
  exporter.start();
  const connection = { destroyed: false };
  for (let scrape = 0; scrape < 3; scrape += 1) {
    exporter.scrapers.arrive({ name: 'slow', connection, timeout: 10 * SECOND }, 'everything');
    await time.pass(MINUTE);
  }

  life.hang();
  await time.pass(30 * MINUTE);
  expect(exporter.scrapers.state()).toMatchObject([{ name: 'slow', interval: 60 }]);
  life.goOn();
  const stopped = exporter.stop();
  await time.pass(MINUTE);
  await stopped;
});
