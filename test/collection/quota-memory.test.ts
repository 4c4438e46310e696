import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { configOf, PROJECT, prodAt, SERVICE } from '../configuration.ts';
import { startTestSimulator } from '../simulator-kit/test-simulator.ts';
import { createTestExporter } from '../test-exporter.ts';
import { temporaryFolder } from './temporary-folder.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z');

test('a quota that was learnt is kept over a restart, until a reload removes its project', async () => {
  const clock = () => NOW;
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  cloud.addService(PROJECT, { service_id: SERVICE });
  const simulator = await startTestSimulator({ now: clock, cloud });
  onTestFinished(() => simulator.close());
  const file = join(await temporaryFolder(), 'state');
  const configWith = (name: string) =>
    configOf({
      state: { file },
      api: { retries: 0 },
      projects: [
        { ...prodAt(simulator.url), name, services: [{ id: SERVICE }], training_jobs: [], pools: [] },
      ],
    });
  const config = configWith('prod');
  const rate = async ({ metrics }: Awaited<ReturnType<typeof createTestExporter>>) =>
    Number(/^modelarts_api_rate_limit\{project="prod"\} (\S+)$/m.exec(await metrics.text('text'))?.[1]);

  const first = await createTestExporter(config, { clock, durable: true });
  expect(await rate(first)).toBe(20);
  expect(first.collector.ready()).toBe(false);
  const message = 'policy user over ratelimit,limit:200,time:5 minute';
  simulator.faults.add({ kind: 'throttled', message }, { times: 1 });
  await first.collector.collect(Number.POSITIVE_INFINITY);
  expect(await rate(first)).toBeCloseTo(200 / 300);
  await first.stop();

  const second = await createTestExporter(config, { clock, durable: true });
  expect(await rate(second)).toBeCloseTo(200 / 300);
  expect(second.collector.ready()).toBe(false);
  await second.collector.collect(Number.POSITIVE_INFINITY);
  expect(second.collector.ready()).toBe(true);

  await second.configure(configWith('other'));
  await second.stop();
  const third = await createTestExporter(config, { clock, durable: true });
  onTestFinished(() => third.stop());
  expect(await rate(third)).toBe(20);
});
