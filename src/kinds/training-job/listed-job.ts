import {
  finiteNumber,
  isObject,
  type JsonObject,
  listOf,
  millisecondsTime,
  nameOf,
  objectOf,
  present,
  wholeNumber,
} from '../decode.ts';
import type { Discovered } from '../discovered.ts';
import { idOf, lowerCaseOf, messageOf } from '../listed-values.ts';
import { instantOf } from './instant.ts';
import { decodeRunningRecords, type Recovery, type Run, type RunningRecords } from './running-records.ts';

/** What the training job listing tells. Instants are Unix milliseconds. */
export interface JobDetails {
  /** Lower-case. */
  readonly phase?: string;
  /** No event follows a final phase. */
  readonly final: boolean;
  /** When the listing was asked for. */
  readonly asOf?: number;
  readonly createdAt?: number;
  readonly startedAt?: number;
  /** When the latest of its runs began, where it was started again. */
  readonly runStartedAt?: number;
  /** Of a job in a final phase. */
  readonly endedAt?: number;
  readonly nodes?: number;
  /** Running records but the first. */
  readonly restarts?: number;
  /** Its runs and its recoveries from faults, in the order of time; undefined where the listing has no running records. */
  readonly runs?: readonly Run[];
  readonly recoveries?: readonly Recovery[];
  /** Who created it. */
  readonly owner?: string;
  /** The id of its resource pool; undefined in the public pool. */
  readonly pool?: string;
  readonly flavor?: string;
  readonly priority?: number;
  /** The listing's `kind`, lower-case: `job`, `hetero_job` and their like. */
  readonly trainType?: string;
  /** What the job's tasks say of its end. */
  readonly message?: string;
}

/** The phases in which a job has ended. */
export const ENDS = ['completed', 'failed', 'terminated', 'abnormal'] as const;

/** A job as the search lists it; undefined where it has no id. */
export function decodeJob(item: JsonObject, now: number): Discovered<JobDetails> | undefined {
  const metadata = objectOf(item['metadata']);
  const id = idOf(metadata['id']);
  if (id === undefined) return undefined;
  const status = objectOf(item['status']);
  const phase = lowerCaseOf(status['phase']);
  const spec = objectOf(item['spec']);
  const resource = objectOf(spec['resource']);
  const records = decodeRunningRecords(status['running_records'], now);
  const final = ENDS.some((end) => end === phase);
  const startedAt = instantOf(status['start_time'], now) ?? records?.runs[0]?.startedAt;
  const duration = wholeNumber(status['duration']);
  return {
    id,
    name: nameOf(metadata['name']),
    details: {
      final,
      asOf: now,
      ...present({
        phase,
        createdAt: instantOf(metadata['create_time'], now),
        startedAt,
        runStartedAt: records === undefined || records.count < 2 ? undefined : records.runs.at(-1)?.startedAt,
        // What the end has told for good, such as node time, no later word takes back.
        endedAt: final ? (endOf(records) ?? millisecondsTime(sum(startedAt, duration), now)) : undefined,
        nodes: wholeNumber(resource['node_count']),
        restarts: records === undefined ? undefined : Math.max(0, records.count - 1),
        runs: records?.runs,
        recoveries: records?.recoveries,
        owner: nameOf(metadata['user_name']),
        pool: nameOf(resource['pool_id']),
        flavor: nameOf(resource['flavor_id']),
        priority: wholeNumber(objectOf(spec['schedule_policy'])['priority']),
        trainType: lowerCaseOf(item['kind']),
        message: describeFailures(status['task_statuses']),
      }),
    },
  };
}

/** When the last run ended, or the try to recover from its end. */
function endOf(records: RunningRecords | undefined): number | undefined {
  const end = records?.runs.at(-1)?.endedAt;
  if (end === undefined) return undefined;
  return Math.max(end, ...(records?.recoveries ?? []).map(({ endedAt = 0 }) => endedAt));
}

/** What the tasks that did not end with 0 say. */
function describeFailures(tasks: unknown): string | undefined {
  const failures: string[] = [];
  for (const task of listOf(tasks).filter(isObject)) {
    const code = finiteNumber(task['exit_code']);
    const text = messageOf(task['message']);
    if (code === 0 || (code === undefined && text === undefined)) continue;
    const parts = [nameOf(task['task']), code === undefined ? undefined : `exit code ${code}`, text];
    failures.push(parts.filter((part) => part !== undefined).join(': '));
  }
  return messageOf(failures.join('; '));
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}
