import {
  finiteNumber,
  isObject,
  type JsonObject,
  millisecondsTime,
  nameOf,
  oneOf,
  present,
  rfc3339Time,
  wholeNumber,
} from '../decode.ts';
import type { Discovered } from '../discovered.ts';
import { idOf, lowerCaseOf, messageOf } from '../listed-values.ts';

/** `fault_scenario` of a job's recovery records. */
export const SCENARIOS = [
  'chip_fault',
  'node_fault',
  'job_failed',
  'job_hanged',
  'job_subhealth',
  'error_in_log',
] as const;
export type Scenario = (typeof SCENARIOS)[number] | 'other';

/** What the training job listing tells. Instants are Unix milliseconds. */
export interface JobDetails {
  /** Lower-case. */
  readonly phase?: string;
  /** No event follows a final phase. */
  readonly final: boolean;
  readonly createdAt?: number;
  readonly startedAt?: number;
  /** When the latest of its runs began, where it was started again. */
  readonly runStartedAt?: number;
  /** Of a job in a final phase. */
  readonly endedAt?: number;
  readonly nodes?: number;
  /** Running records but the first. */
  readonly restarts?: number;
  /** Recovery records by fault scenario; undefined where the listing has no running records. */
  readonly faults?: Readonly<Partial<Record<Scenario, number>>>;
  /** What the job's tasks say of its end. */
  readonly message?: string;
}

const FINAL = ['failed', 'completed', 'terminated', 'abnormal'];
/** Epoch times below it are seconds: as milliseconds they would lie in 1973. */
const MILLISECONDS_MIN = 1e11;

/** A job as the search lists it; undefined where it has no id. */
export function decodeJob(item: JsonObject, now: number): Discovered<JobDetails> | undefined {
  const metadata = objectOf(item['metadata']);
  const id = idOf(metadata['id']);
  if (id === undefined) return undefined;
  const status = objectOf(item['status']);
  const phase = lowerCaseOf(status['phase']);
  const resource = objectOf(objectOf(item['spec'])['resource']);
  const records = Array.isArray(status['running_records'])
    ? status['running_records'].map(objectOf)
    : undefined;
  const final = phase !== undefined && FINAL.includes(phase);
  const startedAt = instantOf(status['start_time'], now) ?? instantOf(records?.[0]?.['start_at'], now);
  const duration = wholeNumber(status['duration']);
  return {
    id,
    name: nameOf(metadata['name']),
    details: {
      final,
      ...present({
        phase,
        createdAt: instantOf(metadata['create_time'], now),
        startedAt,
        runStartedAt:
          records === undefined || records.length < 2
            ? undefined
            : instantOf(records.at(-1)?.['start_at'], now),
        endedAt: final
          ? (instantOf(records?.at(-1)?.['end_at'], now) ?? sum(startedAt, duration))
          : undefined,
        nodes: wholeNumber(resource['node_count']),
        restarts: records === undefined ? undefined : Math.max(0, records.length - 1),
        faults: records === undefined ? undefined : countFaults(records),
        message: describeFailures(status['task_statuses']),
      }),
    },
  };
}

/** The documents give instants in milliseconds, seconds or RFC 3339, and 0 where there is none yet. */
function instantOf(value: unknown, now: number): number | undefined {
  const number = wholeNumber(value);
  if (number === undefined) return rfc3339Time(value, now);
  if (number === 0) return undefined;
  return millisecondsTime(number < MILLISECONDS_MIN ? number * 1000 : number, now);
}

function countFaults(records: readonly JsonObject[]): NonNullable<JobDetails['faults']> {
  const faults: Partial<Record<Scenario, number>> = {};
  for (const { recover_records: recoveries } of records) {
    for (const recovery of Array.isArray(recoveries) ? recoveries : []) {
      const scenario = isObject(recovery) ? recovery['fault_scenario'] : undefined;
      if (typeof scenario !== 'string' || scenario === '') continue;
      const known = oneOf(SCENARIOS, scenario);
      faults[known] = (faults[known] ?? 0) + 1;
    }
  }
  return faults;
}

/** What the tasks that did not end with 0 say. */
function describeFailures(tasks: unknown): string | undefined {
  const failures: string[] = [];
  for (const task of Array.isArray(tasks) ? tasks : []) {
    if (!isObject(task)) continue;
    const code = finiteNumber(task['exit_code']);
    const text = messageOf(task['message']);
    if (code === 0 || (code === undefined && text === undefined)) continue;
    const parts = [nameOf(task['task']), code === undefined ? undefined : `exit code ${code}`, text];
    failures.push(parts.filter((part) => part !== undefined).join(': '));
  }
  return messageOf(failures.join('; '));
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}
