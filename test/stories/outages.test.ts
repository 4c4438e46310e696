import { expect, onTestFinished, test } from 'vitest';
import { DEFAULT_TOKEN } from '../../src/simulator/access/credentials.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { CrashingExporter } from '../collection/crashing-exporter.ts';
import { temporaryFolder } from '../collection/temporary-folder.ts';
import { POOL, PROJECT } from '../configuration.ts';
import { startTestSimulator } from '../simulator-kit/test-simulator.ts';

const START = Date.UTC(2026, 0, 10, 12);
const MINUTE = 60_000;

/** A durable exporter that sends alerts to nobody, and an abnormal pool that it has read. */
async function abnormalPool() {
  const time = { now: START };
  const clock = () => time.now;
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  cloud.addPool(PROJECT, { name: POOL });
  cloud.addPoolEvent(POOL, {
    type: 'Warning',
    reason: 'PoolStatusChange',
    message: 'Pool status changed, from Running to Abnormal.',
    firstTimestamp: START - 5 * MINUTE,
  });
  const simulator = await startTestSimulator({ now: clock, cloud });
  const settings = {
    api: { retries: 0 },
    alerting: { alertmanagers: [{ url: 'http://127.0.0.1:9' }] },
    projects: [
      {
        name: 'prod',
        region: 'cn-north-4',
        project_id: PROJECT,
        endpoint: simulator.url,
        auth: { token: DEFAULT_TOKEN },
        pools: [{ name: POOL }],
      },
    ],
  };
  const running = new CrashingExporter({ folder: await temporaryFolder(), clock, settings });
  onTestFinished(async () => {
    await running.end();
    await simulator.close();
  });
  await running.start();
  const poll = async () => {
    time.now += MINUTE;
    await running.exporter.collector.collect(Number.POSITIVE_INFINITY);
    await running.exporter.collector.flush();
  };
  await poll();
  return {
    running,
    poll,
    reject: () => simulator.faults.add({ kind: 'status', status: 401 }),
    told: () => running.exporter.alerts().map(({ labels, startsAt }) => [labels['alertname'], startsAt]),
  };
}

test('what a rejected credential hides stays unsaid over a crash, under one alert with its old start', async () => {
  const { running, poll, reject, told } = await abnormalPool();
  const lastSeen = START + MINUTE;
  expect(told()).toEqual([['ModelArtsPoolAbnormal', START - 5 * MINUTE]]);
  const accept = reject();
  // The breaker lets few attempts through.
  for (let minute = 0; minute < 4; minute += 1) await poll();
  expect(told()).toEqual([['ModelArtsProjectDown', lastSeen]]);
  running.crash();
  await running.start();
  expect(told()).toEqual([['ModelArtsProjectDown', lastSeen]]);
  await poll();
  expect(told()).toEqual([['ModelArtsProjectDown', lastSeen]]);
  accept();
  for (let minute = 0; minute < 10 && told()[0]?.[0] === 'ModelArtsProjectDown'; minute += 1) await poll();
  expect(told()).toEqual([['ModelArtsPoolAbnormal', START - 5 * MINUTE]]);
});
