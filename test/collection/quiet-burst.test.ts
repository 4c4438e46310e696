import { expect, test } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { JOB, PROJECT, runExporter } from './running-exporter.ts';

const START = Date.parse('2026-03-01T00:00:00Z');

test('a burst of 3,000 events in the newest second of a quiet job costs one request per refresh', async () => {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  cloud.addJob(PROJECT, { id: JOB });
  const run = await runExporter(
    { project: { services: [], training_jobs: [{ id: JOB }], pools: [] } },
    { now: START, cloud },
  );
  await run.poll();
  for (let worker = 0; worker < 250; worker += 1) {
    for (let line = 0; line < 12; line += 1) {
      cloud.addJobEvent(JOB, {
        time: run.now(),
        level: 'Warning',
        source: 'Task',
        message: `[worker-${worker}] line ${line}`,
      });
    }
  }
  const total = () =>
    [...run.series()]
      .filter(
        ([name]) => name.startsWith('modelarts_training_job_events_total') && name.includes('"warning"'),
      )
      .reduce((sum, [, value]) => sum + value, 0);
  await run.poll();
  expect(total()).toBe(3_000);
  const { requests } = run.simulator;
  requests.clear();
  await run.poll();
  expect(requests.count('training_job_events')).toBe(1);
  cloud.addJobEvent(JOB, { time: run.now(), level: 'Warning', source: 'Job', message: 'one more' });
  await run.poll();
  expect(total()).toBe(3_001);
});
