import type { Family, SampleSink } from '../../metrics/family.ts';
import { oneOf } from '../decode.ts';
import { statusSamples } from '../status-samples.ts';
import { recoveryCounts } from './record-counts.ts';
import type { JobState } from './training-job.ts';

const PREFIX = 'modelarts_training_job_';

const EXIT_CODE: Family = {
  name: `${PREFIX}worker_exit_code`,
  type: 'gauge',
  help: 'Exit code of a worker whose training has finished, until it starts again.',
};
const STATUS: Family = {
  name: `${PREFIX}status`,
  type: 'gauge',
  help: 'Phase of the training job as listed: 1 for the phase it is in, else 0.',
};
const CREATED: Family = {
  name: `${PREFIX}created_timestamp_seconds`,
  type: 'gauge',
  help: 'Unix time at which the training job was created.',
};
const START: Family = {
  name: `${PREFIX}start_timestamp_seconds`,
  type: 'gauge',
  help: 'Unix time at which the training job started to run.',
};
const END: Family = {
  name: `${PREFIX}end_timestamp_seconds`,
  type: 'gauge',
  help: 'Unix time at which the training job ended.',
};
const NODES: Family = {
  name: `${PREFIX}nodes`,
  type: 'gauge',
  help: 'Nodes that the training job asks for.',
};
const INFO: Family = {
  name: `${PREFIX}info`,
  type: 'gauge',
  help: 'What the listing tells of the training job that seldom changes; always 1.',
  bounded: ['owner', 'pool', 'flavor'],
};
const RESTARTS: Family = {
  name: `${PREFIX}restarts_total`,
  type: 'counter',
  help: 'Times the training job was started again.',
};
const RECOVERIES: Family = {
  name: `${PREFIX}recoveries_total`,
  type: 'counter',
  help: 'Recoveries of the training job from faults that have come to a result.',
};

export const FAMILIES = [EXIT_CODE, INFO, STATUS, CREATED, START, END, NODES, RESTARTS, RECOVERIES] as const;

/** The phases of a job. */
export const STATUSES = [
  'creating',
  'pending',
  'running',
  'failed',
  'completed',
  'terminating',
  'terminated',
  'abnormal',
];

export function samples(state: JobState, sink: SampleSink): void {
  for (const [worker, { code }] of Object.entries(state.workers)) sink(EXIT_CODE, { worker }, code);
  if (state.listed === undefined) return;
  const { phase, createdAt, startedAt, endedAt, nodes } = state.listed;
  const { owner, pool, flavor, priority, trainType } = state.listed;
  sink(INFO, { owner, pool, flavor, priority: priority?.toString(), train_type: trainType }, 1);
  if (phase !== undefined) statusSamples(STATUS, STATUSES, oneOf(STATUSES, phase), sink);
  if (createdAt !== undefined) sink(CREATED, {}, createdAt / 1000);
  if (startedAt !== undefined) sink(START, {}, startedAt / 1000);
  if (endedAt !== undefined) sink(END, {}, endedAt / 1000);
  if (nodes !== undefined) sink(NODES, {}, nodes);
  const { restarts, recoveries } = state.counts ?? {};
  if (restarts !== undefined) sink(RESTARTS, {}, restarts);
  if (recoveries === undefined) return;
  for (const { scenario, result, count } of recoveryCounts(recoveries)) {
    sink(RECOVERIES, { scenario, result }, count);
  }
}
