import { expect, onTestFinished, test } from 'vitest';
import { DEFAULT_TOKEN } from '../../src/simulator/access/credentials.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { JOB, PROJECT } from '../configuration.ts';
import { startTestSimulator } from '../simulator-kit/test-simulator.ts';
import { CrashingExporter } from './crashing-exporter.ts';
import { temporaryFolder } from './temporary-folder.ts';

const START = Date.parse('2024-05-06T07:08:09.000Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A durable exporter that has read a job, and the time. */
async function scene() {
  const time = { now: START };
  const clock = () => time.now;
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  cloud.addJob(PROJECT, { id: JOB });
  const simulator = await startTestSimulator({ now: clock, cloud });
  const settings = {
    api: { retries: 0 },
    projects: [
      {
        name: 'prod',
        region: 'cn-north-4',
        project_id: PROJECT,
        endpoint: simulator.url,
        auth: { token: DEFAULT_TOKEN },
        training_jobs: [{ id: JOB }],
      },
    ],
  };
  const folder = await temporaryFolder();
  const running = new CrashingExporter({ folder, clock, settings });
  onTestFinished(async () => {
    await running.end();
    await simulator.close();
  });
  await running.start();
  const poll = async () => {
    time.now += MINUTE;
    await running.exporter.collector.collect(Number.POSITIVE_INFINITY);
  };
  await poll();
  return {
    time,
    poll,
    fail: () =>
      cloud.addJobEvent(JOB, { time: time.now, level: 'Error', source: 'Job', message: 'out of memory' }),
    outage: (times: number) =>
      simulator.faults.add({ kind: 'status', status: 503 }, { operation: 'training_job_events', times }),
    async restart() {
      running.crash();
      await running.start();
    },
    told: () =>
      running.exporter
        .alerts()
        .map(({ labels, annotations }) => `${labels['alertname']}: ${annotations['description']}`),
  };
}

const ERROR = 'ModelArtsTrainingJobError: out of memory';

test('what happened in an outage longer than the quiet time is told when sight comes back', async () => {
  const { time, poll, fail, outage, told } = await scene();
  outage(2);
  await poll();
  fail();
  time.now += 2 * HOUR;
  await poll();
  expect(told()).not.toContain(ERROR);
  await poll();
  expect(told()).toEqual([ERROR]);
  time.now += 28 * MINUTE;
  await poll();
  expect(told()).toEqual([ERROR]);
  await poll();
  expect(told()).toEqual([]);
});

test('what happened while no exporter saw is told, also over two restarts of which the first saw nothing', async () => {
  const { time, poll, fail, outage, restart, told } = await scene();
  fail();
  time.now += HOUR;
  outage(1);
  await restart();
  await poll();
  time.now += HOUR;
  await restart();
  await poll();
  expect(told()).toEqual([ERROR]);
});

test('what is read in time ends by its own time, as in every other replica', async () => {
  const { time, poll, fail, told } = await scene();
  fail();
  await poll();
  time.now += 27 * MINUTE;
  await poll();
  expect(told()).toEqual([ERROR]);
  await poll();
  expect(told()).toEqual([]);
});
