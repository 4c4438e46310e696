import type { TotalFamily } from '../../metrics/family.ts';
import { oneOf } from '../decode.ts';
import type { TotalSink } from '../totals.ts';
import { interruptionsOf } from './interruptions.ts';
import { ENDS, type JobDetails } from './listed-job.ts';
import { nodeTime } from './node-time.ts';
import { SCENARIOS } from './running-records.ts';
import { STATUSES } from './series.ts';
import { STAGES } from './stages.ts';
import type { JobState } from './training-job.ts';

const PREFIX = 'modelarts_training_';
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** From seconds to days. */
const BUCKETS = [1, 5, 15, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY];
const BY_SCENARIO = SCENARIOS.map((scenario) => ({ scenario }));

const JOBS: TotalFamily = {
  name: `${PREFIX}jobs`,
  type: 'gauge',
  help: 'Training jobs in each phase, as last listed.',
  labels: ['status'],
  known: STATUSES.map((status) => ({ status })),
};
const ENDED: TotalFamily = {
  name: `${PREFIX}jobs_ended_total`,
  type: 'counter',
  help: "Training jobs that ended since the exporter's epoch.",
  labels: ['result'],
  known: ENDS.map((result) => ({ result })),
};
const FAILED: TotalFamily = {
  name: `${PREFIX}jobs_failed_total`,
  type: 'counter',
  help: 'Training jobs that ended failed or abnormal, by the fault from which they did not recover.',
  labels: ['scenario'],
  known: [...BY_SCENARIO, { scenario: 'none' }],
};
const WAIT: TotalFamily = {
  name: `${PREFIX}job_wait_seconds`,
  type: 'histogram',
  help: 'From the creation of a training job until it first ran.',
  labels: [],
  known: [{}],
  buckets: BUCKETS,
};
const RUN: TotalFamily = {
  name: `${PREFIX}job_run_seconds`,
  type: 'histogram',
  help: 'From the first run of a training job until its end.',
  labels: [],
  known: [{}],
  buckets: BUCKETS,
};
const RECOVERY: TotalFamily = {
  name: `${PREFIX}job_recovery_seconds`,
  type: 'histogram',
  help: 'From the interruption of a training job by a fault until it ran again.',
  labels: ['scenario'],
  known: BY_SCENARIO,
  buckets: BUCKETS,
};
const STAGE: TotalFamily = {
  name: `${PREFIX}job_stage_seconds`,
  type: 'histogram',
  help: 'Stages of training jobs that have ended, from asking for them once per start.',
  labels: ['stage'],
  known: STAGES.map((stage) => ({ stage })),
  buckets: BUCKETS,
};
const INTERRUPTIONS: TotalFamily = {
  name: `${PREFIX}interruptions_total`,
  type: 'counter',
  help: 'Faults that interrupted a training job, by the pool that it runs in.',
  labels: ['pool', 'scenario'],
  known: [],
};
const NODE_SECONDS: TotalFamily = {
  name: `${PREFIX}node_seconds_total`,
  type: 'counter',
  help: 'Time that training jobs had their nodes, running or being recovered, times the nodes.',
  labels: ['pool'],
  known: [],
};
const LOST_NODE_SECONDS: TotalFamily = {
  name: `${PREFIX}lost_node_seconds_total`,
  type: 'counter',
  help: 'Time from the interruption of a training job by a fault until it ran again, times the nodes.',
  labels: ['pool', 'scenario'],
  known: [],
};

export const TOTALS = [
  JOBS,
  ENDED,
  FAILED,
  WAIT,
  RUN,
  RECOVERY,
  STAGE,
  INTERRUPTIONS,
  NODE_SECONDS,
  LOST_NODE_SECONDS,
] as const;

/** The name of the pool that jobs without a pool of their own run in. */
const PUBLIC = 'public';
/** In them a job has not run yet, whatever its start time says. */
const WAITING = ['creating', 'pending'];

export function tellTotals({ listed, listedAt, stages }: JobState, since: number, sink: TotalSink): void {
  for (const { run, stage, at, milliseconds } of stages?.ended ?? []) {
    sink.once(`${run} ${stage}`, STAGE, { stage }, at, milliseconds / 1000);
  }
  if (listed === undefined) return;
  const { phase, createdAt, startedAt, endedAt, runs = [] } = listed;
  if (phase !== undefined) sink.now(JOBS, { status: oneOf(STATUSES, phase) });
  const hasRun = startedAt !== undefined && (runs.length > 0 || !WAITING.includes(phase ?? ''));
  if (hasRun && createdAt !== undefined) {
    sink.once('wait', WAIT, {}, startedAt, Math.max(0, startedAt - createdAt) / 1000);
  }
  if (listed.final && phase !== undefined) tellEnd(listed, phase, endedAt ?? listed.since, sink);
  tellNodeTime(listed, since, listedAt ?? since, sink);
}

function tellEnd(job: JobDetails, phase: string, at: number, sink: TotalSink): void {
  sink.once('end', ENDED, { result: phase }, at);
  if (phase === 'failed' || phase === 'abnormal') {
    const last = interruptionsOf(job).at(-1);
    const scenario = last === undefined || last.hasRecovered ? 'none' : last.scenario;
    sink.once('end', FAILED, { scenario }, at);
  }
  if (job.startedAt === undefined || job.endedAt === undefined) return;
  sink.once('run', RUN, {}, at, Math.max(0, job.endedAt - job.startedAt) / 1000);
}

function tellNodeTime(job: JobDetails, since: number, asOf: number, sink: TotalSink): void {
  const { pool = PUBLIC, nodes = 0 } = job;
  sink.amount('ran', NODE_SECONDS, { pool }, (nodes * nodeTime(job, since, asOf)) / 1000);
  for (const { startedAt, endedAt, scenario, hasRecovered } of interruptionsOf(job)) {
    const fact = String(startedAt);
    sink.once(fact, INTERRUPTIONS, { pool, scenario }, startedAt);
    if (hasRecovered && endedAt !== undefined) {
      sink.once(fact, RECOVERY, { scenario }, endedAt, (endedAt - startedAt) / 1000);
    }
    const until = endedAt ?? (job.final ? (job.endedAt ?? startedAt) : asOf);
    const lost = Math.max(0, until - Math.max(since, startedAt));
    sink.amount(fact, LOST_NODE_SECONDS, { pool, scenario }, (nodes * lost) / 1000);
  }
}
