import { isObject, type JsonObject, listOf, nameOf, oneOf, present } from '../decode.ts';
import { messageOf } from '../listed-values.ts';
import { instantOf } from './instant.ts';

/** `fault_scenario` of a recovery record. */
export const SCENARIOS = [
  'chip_fault',
  'node_fault',
  'job_failed',
  'job_hanged',
  'job_subhealth',
  'error_in_log',
] as const;
export type Scenario = (typeof SCENARIOS)[number] | 'other';

/** What a recovery came to; `downgrade`: the next policy was taken. */
export const RECOVERY_RESULTS = ['success', 'failed', 'downgrade', 'terminated', 'quota_exceeded'] as const;
export type RecoveryResult = (typeof RECOVERY_RESULTS)[number] | 'recovering' | 'other';

/** From when to when the user's code ran. Instants are Unix milliseconds, of whole seconds. */
export interface Run {
  readonly startedAt: number;
  /** Undefined while it runs. */
  readonly endedAt?: number;
  readonly endReason?: string;
}

/** A recovery record: one try to get the job to run again after a fault. */
export interface Recovery {
  /** When the fault came. */
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly scenario: Scenario;
  readonly result: RecoveryResult;
  readonly policy: string;
  readonly task: string;
  readonly reason?: string;
}

export interface RunningRecords {
  /** How many records there are, also of those whose times can't be read. */
  readonly count: number;
  readonly runs: readonly Run[];
  readonly recoveries: readonly Recovery[];
}

/** A job that is tried again for ever must not fill the memory: of more runs, and of more recoveries, the newest are kept. */
const KEPT_MAX = 1_000;

/** The runs and recoveries of a job, from `status.running_records` of its listing; undefined where there are none. */
export function decodeRunningRecords(value: unknown, now: number): RunningRecords | undefined {
  if (!Array.isArray(value)) return undefined;
  const records = value.filter(isObject);
  const runs = records.flatMap((record) => runOf(record, now) ?? []);
  const recoveries = records
    .flatMap(({ recover_records: listed }) => listOf(listed).filter(isObject))
    .flatMap((record) => recoveryOf(record, now) ?? []);
  const distinct = new Map(recoveries.map((recovery) => [keyOfRecovery(recovery), recovery]));
  return { count: value.length, runs: inOrder(runs), recoveries: inOrder([...distinct.values()]) };
}

/** What tells a recovery from the others of its job: the API gives it no id, and its result changes. */
function keyOfRecovery({ startedAt, policy, task }: Recovery): string {
  return JSON.stringify([startedAt, policy, task]);
}

function runOf(record: JsonObject, now: number): Run | undefined {
  const startedAt = instantOf(record['start_at'], now);
  if (startedAt === undefined) return undefined;
  const endReason = messageOf(record['end_reason']);
  return { startedAt, ...present({ endedAt: instantOf(record['end_at'], now), endReason }) };
}

function recoveryOf(record: JsonObject, now: number): Recovery | undefined {
  const startedAt = instantOf(record['recover_start_at'], now);
  const scenario = nameOf(record['fault_scenario']);
  if (startedAt === undefined || scenario === undefined) return undefined;
  return {
    startedAt,
    ...present({ endedAt: instantOf(record['recover_end_at'], now), reason: messageOf(record['reason']) }),
    scenario: oneOf(SCENARIOS, scenario),
    result: resultOf(nameOf(record['recover_result']) ?? 'recovering'),
    policy: nameOf(record['recover']) ?? '',
    task: nameOf(record['related_task']) ?? '',
  };
}

/** The API writes `quotaExceeded`. */
function resultOf(text: string): RecoveryResult {
  const lower = text.toLowerCase();
  return oneOf([...RECOVERY_RESULTS, 'recovering'], lower === 'quotaexceeded' ? 'quota_exceeded' : lower);
}

function inOrder<T extends { readonly startedAt: number }>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => a.startedAt - b.startedAt).slice(-KEPT_MAX);
}
