import { expect, onTestFinished, test, vi } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { systemTimers } from '../../src/timers.ts';
import { configOf, JOB, POOL, PROJECT, prodAt, SERVICE } from '../configuration.ts';
import { WAIT } from '../patience.ts';
import { startTestSimulator } from '../simulator-kit/test-simulator.ts';
import { createTestExporter } from '../test-exporter.ts';

test('a reload that changes a project ends no pause, and fails no target that waits for its end', async () => {
  const clock = () => Date.now();
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  cloud.addService(PROJECT, { service_id: SERVICE });
  cloud.addJob(PROJECT, { id: JOB });
  cloud.addPool(PROJECT, { name: POOL });
  const simulator = await startTestSimulator({ now: clock, cloud });
  onTestFinished(() => simulator.close());
  const targets = { services: [{ id: SERVICE }], training_jobs: [{ id: JOB }], pools: [{ name: POOL }] };
  const config = (concurrency: number) =>
    configOf({
      api: { retries: 0, timeout: '1s', concurrency },
      projects: [{ ...prodAt(simulator.url), ...targets }],
    });
  const warn = vi.fn();
  const ignore = () => {};
  const log = { debug: ignore, info: ignore, warn, error: ignore };
  const exporter = await createTestExporter(config(1), { clock, log, timers: systemTimers });
  onTestFinished(() => exporter.stop());
  simulator.faults.add({ kind: 'throttled', retryAfter: 2 }, { times: 1 });
  const collected = exporter.collector.collect(Number.POSITIVE_INFINITY);
  await vi.waitFor(() => expect(simulator.faults.struck).toBe(1), WAIT);
  const [throttled, ...rest] = simulator.requests.entries;
  expect(rest).toEqual([]);
  await vi.waitFor(() => expect(warn).toHaveBeenCalledWith('refresh failed', expect.anything()), WAIT);
  await exporter.configure(config(2));
  await collected;
  const late = simulator.requests.entries.slice(1);
  // The server does not let anybody in for two seconds, whoever asks.
  expect(late.filter(({ at }) => at < (throttled?.at ?? 0) + 1_900)).toEqual([]);
  expect(late.length).toBeGreaterThan(1);
  expect(warn.mock.calls.filter(([message]) => message === 'refresh failed')).toHaveLength(1);
  expect(exporter.collector.targets().filter(({ reads }) => reads.health.up)).toHaveLength(2);
});
