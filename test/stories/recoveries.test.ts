import { expect, test } from 'vitest';
import { letGoOfFuture } from '../../src/clock-steps.ts';
import { trainingJob } from '../../src/kinds/training-job/training-job.ts';
import { JOB, PROJECT, runExporter } from '../collection/running-exporter.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const MINUTE = 60_000;
const seconds = (instant: number) => Math.floor(instant / 1000);

/** A running job that the exporter has listed and read. */
async function runningJob() {
  const running = await runExporter(
    { project: { discovery: { training_jobs: { enabled: true } } } },
    { now: NOW - MINUTE },
  );
  const { cloud, exporter, poll } = running;
  const job = cloud.addJob(PROJECT, {
    id: JOB,
    phase: 'Running',
    create_time: NOW - 600 * MINUTE,
    start_time: NOW - 590 * MINUTE,
    running_records: [
      { start_at: seconds(NOW - 590 * MINUTE), start_type: 'init_or_rescheduled', recover_records: [] },
    ],
  });
  const look = async (milliseconds = MINUTE) => {
    await poll(milliseconds);
    await exporter.collector.discover();
    return exporter
      .alerts()
      .map(({ labels, annotations }) =>
        [labels['alertname'], labels['scenario'], annotations['description']].filter(Boolean).join(' '),
      )
      .sort();
  };
  expect(await look()).toEqual([]);
  return { cloud, job, look };
}

test('a job that failed and ran again between two listings is told, with why', async () => {
  const { job, look } = await runningJob();
  const [first] = job.running_records;
  if (first === undefined) throw new Error('no run');
  first.end_at = seconds(NOW + 10_000);
  first.end_reason = 'worker-0 exited with 137';
  job.running_records.push({ start_at: seconds(NOW + 30_000), start_type: 'restarted', recover_records: [] });
  const restarted = ['ModelArtsTrainingJobRestarted worker-0 exited with 137'];
  expect(await look()).toEqual(restarted);
  expect(await look(25 * MINUTE)).toEqual(restarted);
  expect(await look(5 * MINUTE)).toEqual([]);
});

test('a job that was started anew is told where the listing has no records', async () => {
  const { job, look } = await runningJob();
  job.running_records.length = 0;
  expect(await look()).toEqual([]);
  job.start_time = NOW + 70_000;
  expect(await look()).toEqual(['ModelArtsTrainingJobRestarted The training job was started again.']);
});

test('a job that started shortly before the clock was set back was not started anew', () => {
  const details = { final: false, phase: 'running', createdAt: NOW, startedAt: NOW };
  const state = trainingJob.initialState();
  trainingJob.listing.fold(state, { ...details, asOf: NOW }, NOW);
  letGoOfFuture(state, NOW - 10 * MINUTE);
  trainingJob.listing.fold(state, { ...details, asOf: NOW + MINUTE }, NOW + MINUTE);
  expect(state.listed?.startedAt).toBe(NOW);
  expect(state.restartedAt).toBeUndefined();
});

test('a fault is told from its beginning until half an hour after its recovery, by its scenario', async () => {
  const { job, look } = await runningJob();
  const [first] = job.running_records;
  first?.recover_records.push({
    recover_start_at: seconds(NOW + 10_000),
    recover: 'job_reschedule',
    fault_scenario: 'chip_fault',
    reason: 'card 3 is lost',
    related_task: 'worker-1',
    recover_result: 'recovering',
  });
  const fault = (result: string) => [
    `ModelArtsTrainingJobFault chip_fault chip_fault of worker-1: card 3 is lost. Recovery by job_reschedule: ${result}.`,
  ];
  expect(await look()).toEqual(fault('recovering'));
  expect(await look(120 * MINUTE)).toEqual(fault('recovering'));
  const [recovery] = first?.recover_records ?? [];
  if (recovery === undefined) throw new Error('no recovery');
  recovery.recover_result = 'success';
  recovery.recover_end_at = seconds(NOW + 121 * MINUTE);
  expect(await look()).toEqual(fault('success'));
  expect(await look(28 * MINUTE)).toEqual(fault('success'));
  expect(await look(2 * MINUTE)).toEqual([]);
});

test('a fault is over when the job runs again, though its record still says that it recovers', async () => {
  const { job, look } = await runningJob();
  job.running_records[0]?.recover_records.push({
    recover_start_at: seconds(NOW + 10_000),
    recover: 'job_reschedule',
    fault_scenario: 'node_fault',
    reason: '',
    related_task: '',
    recover_result: 'recovering',
  });
  const fault = 'ModelArtsTrainingJobFault node_fault node_fault. Recovery by job_reschedule: recovering.';
  expect(await look()).toEqual([fault]);
  expect(await look(60 * MINUTE)).toEqual([fault]);
  const again = { start_at: seconds(NOW + 61 * MINUTE), start_type: 'init_or_rescheduled' } as const;
  job.running_records.push({ ...again, recover_records: [] });
  expect(await look(2 * MINUTE)).toEqual([fault, expect.stringContaining('ModelArtsTrainingJobRestarted')]);
  expect(await look(30 * MINUTE)).toEqual([]);
});

test('a restart that an event tells too is one alert, in the words of the event', async () => {
  const { cloud, job, look } = await runningJob();
  job.running_records.push({ start_at: seconds(NOW + 10_000), start_type: 'restarted', recover_records: [] });
  expect(await look()).toEqual(['ModelArtsTrainingJobRestarted The training job was started again.']);
  const text = 'The training job has been restarted.';
  cloud.addJobEvent(JOB, { time: NOW + 12_000, level: 'Info', source: 'Job', message: text });
  expect(await look()).toEqual([`ModelArtsTrainingJobRestarted ${text}`]);
  expect(await look()).toEqual([`ModelArtsTrainingJobRestarted ${text}`]);
  expect(await look(30 * MINUTE)).toEqual([]);
  expect(await look()).toEqual([]);
});
