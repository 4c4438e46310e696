import { expect, test } from 'vitest';
import { PROJECT, runExporter } from './running-exporter.ts';

const NOW = Date.parse('2024-05-06T07:00:00Z');
const SERVICES = 1_200;

test('of a large fleet some are brought up to date at each listing, all in turn, and at once what has changed', async () => {
  const run = await runExporter({ project: { discovery: { services: { enabled: true } } } }, { now: NOW });
  for (let index = 0; index < SERVICES; index += 1)
    run.cloud.addService(PROJECT, { service_id: `service-${index}`, publish_at: NOW - 1 - index });
  const { collector } = run.exporter;
  const list = async (second: number) => {
    run.setNow(NOW + second * 1_000);
    await collector.discover();
  };
  /** How many services are shown to have been good for how many seconds. */
  const shown = () => {
    const counts = new Map<number, number>();
    for (const [name, value] of run.series())
      if (/availability_seconds_total.*state="good"/.test(name))
        counts.set(value, (counts.get(value) ?? 0) + 1);
    return Object.fromEntries(counts);
  };
  await list(0);
  await list(30);
  expect(shown()).toEqual({ 0: 700, 30: 500 });
  await list(60);
  expect(shown()).toEqual({ 0: 200, 30: 500, 60: 500 });
  await list(90);
  expect(shown()).toEqual({ 30: 200, 60: 500, 90: 500 });
  run.cloud.setServiceStatus('service-7', 'failed', NOW + 100_000);
  await list(120);
  const series = [...run.series()].filter(([name]) => name.includes('service_id="service-7"'));
  expect(series.find(([name]) => /availability.*state="bad"/.test(name))?.[1]).toBe(20);
  expect(series.find(([name]) => /availability.*state="good"/.test(name))?.[1]).toBe(100);
});
