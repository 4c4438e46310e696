import { type Answer, ok } from '../answer.ts';
import type { Job } from '../model.ts';
import { chinaSeconds } from '../wire-time.ts';
import type { Call } from './call.ts';
import { findJob } from './training-job-events.ts';

/** `GET /v2/{project_id}/training-jobs/{training_job_id}/stages` */
export function trainingJobStages(call: Call): Answer {
  const job = findJob(call);
  const records = job.running_records.map((_, index) => ({
    record_order: index + 1,
    stages: stagesOf(job, index),
  }));
  return ok({ total_count: records.length, running_records: records });
}

/** A third of the time before a run goes into its preparation. */
function stagesOf(job: Job, index: number): unknown[] {
  const record = job.running_records[index];
  if (record === undefined) return [];
  const before = job.running_records[index - 1]?.end_at;
  const from = before === undefined ? job.create_time : before * 1000;
  const start = record.start_at * 1000;
  const prepared = start - Math.max(0, start - from) / 3;
  const end = record.end_at === undefined ? undefined : record.end_at * 1000;
  return [
    stage(job, 'scheduling', 1, from, prepared),
    stage(job, 'preparing', 2, prepared, start),
    stage(job, 'running', 3, start, end),
  ];
}

function stage(job: Job, name: string, stage_order: number, start: number, end: number | undefined): unknown {
  return {
    job_id: job.id,
    name,
    stage_order,
    start_time: chinaSeconds(start),
    end_time: end === undefined ? '' : chinaSeconds(end),
    en_message: '',
    zh_message: '',
    sub_stages: [],
  };
}
