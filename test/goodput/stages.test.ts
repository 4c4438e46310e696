import { expect, test } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { JOB, PROJECT, runExporter } from '../collection/running-exporter.ts';

const NOW = Date.parse('2024-05-06T07:00:00Z');
const SECOND = NOW / 1000;

async function runningJob() {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  const job = cloud.addJob(PROJECT, {
    id: JOB,
    create_time: NOW,
    start_time: NOW + 90_000,
    running_records: [{ start_at: SECOND + 90, start_type: 'init_or_rescheduled', recover_records: [] }],
  });
  const discovery = { training_jobs: { enabled: true } };
  const run = await runExporter({ project: { discovery } }, { now: NOW, cloud });
  const look = async (at: number) => {
    run.setNow(NOW + at * 1000);
    await run.exporter.collector.discover();
    await run.exporter.collector.collect(Number.POSITIVE_INFINITY);
  };
  const sums = async () =>
    [...(await run.self())].flatMap(([name, value]) => {
      const [, stage] = /^modelarts_training_job_stage_seconds_sum.*stage="(\w+)"/.exec(name) ?? [];
      return stage === undefined || value === 0 ? [] : [[stage, value]];
    });
  return { job, run, look, sums, asked: () => run.simulator.requests.count('training_job_stages') };
}

test('the stages of a job are asked for once per start', async () => {
  const { job, look, sums, asked } = await runningJob();
  await look(100);
  await look(160);
  expect(asked()).toBe(1);
  expect(await sums()).toEqual([
    ['scheduling', 60],
    ['preparing', 30],
  ]);
  Object.assign(job.running_records[0] ?? {}, { end_at: SECOND + 190 });
  job.running_records.push({ start_at: SECOND + 220, start_type: 'restarted', recover_records: [] });
  await look(300);
  await look(360);
  expect(asked()).toBe(2);
  expect(await sums()).toEqual([
    ['scheduling', 80],
    ['preparing', 40],
    ['running', 100],
  ]);
});

test('where stages are refused the job is read all the same, and they are not asked for again', async () => {
  const { run, look, sums, asked } = await runningJob();
  run.simulator.faults.add({ kind: 'status', status: 403 }, { operation: 'training_job_stages' });
  await look(100);
  await look(160);
  expect(asked()).toBe(1);
  expect(await sums()).toEqual([]);
  expect([...run.series()].find(([name]) => name.startsWith('modelarts_target_up'))?.[1]).toBe(1);
});
