import { expect, test } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import type { Job } from '../../src/simulator/model.ts';
import { JOB, PROJECT, runExporter } from '../collection/running-exporter.ts';

const NOW = Date.parse('2024-05-06T07:00:00Z');
const SECOND = NOW / 1000;

function recovery(recover_result: string, start = SECOND - 60, recover_end_at = 0) {
  return {
    recover_start_at: start,
    recover: 'job_reschedule',
    fault_scenario: 'node_fault',
    reason: 'a node was lost',
    related_task: 'worker-0',
    recover_result,
    recover_end_at,
  };
}

async function jobWith(job: Partial<Job>) {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  const added = cloud.addJob(PROJECT, { id: JOB, create_time: NOW - 600_000, ...job });
  const discovery = { training_jobs: { enabled: true } };
  const run = await runExporter({ project: { discovery } }, { now: NOW, cloud });
  const list = async () => {
    run.setNow(run.now() + 60_000);
    await run.exporter.collector.discover();
    return new Map(
      [...run.series()]
        .filter(([name, value]) => /_(restarts|recoveries)_total/.test(name) && value > 0)
        .map(([name, value]) => [name.replace(/^modelarts_training_job_|\{.*_name="[^"]*",?/g, '{'), value]),
    );
  };
  return { cloud, job: added, run, list };
}

test('a recovery counts once, when it has come to its result', async () => {
  const records = [
    { start_at: SECOND - 300, start_type: 'restarted' as const, recover_records: [recovery('recovering')] },
  ];
  const { job, list } = await jobWith({ running_records: records });
  expect([...(await list()).values()]).toEqual([]);
  Object.assign(
    job.running_records[0]?.recover_records[0] ?? {},
    recovery('success', SECOND - 60, SECOND + 30),
  );
  expect([...(await list())].map(([name]) => name)).toEqual([
    expect.stringContaining('scenario="node_fault",result="success"'),
  ]);
  expect([...(await list()).values()]).toEqual([1]);
});

test('a recovery that its job did not outlive counts as terminated', async () => {
  const records = [
    { start_at: SECOND - 300, start_type: 'restarted' as const, recover_records: [recovery('recovering')] },
  ];
  const { list } = await jobWith({ running_records: records, phase: 'Failed' });
  expect([...(await list())].map(([name]) => name)).toEqual([expect.stringContaining('result="terminated"')]);
});

test('records that the API forgets are not taken back', async () => {
  const run = (start_at: number) => ({
    start_at,
    start_type: 'restarted' as const,
    recover_records: [recovery('quotaExceeded', start_at)],
  });
  const { job, list } = await jobWith({ running_records: [run(SECOND - 300), run(SECOND - 200)] });
  expect([...(await list()).values()]).toEqual([1, 2]);
  job.running_records.shift();
  expect([...(await list()).values()]).toEqual([1, 2]);
});
