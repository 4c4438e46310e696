import type { JobDetails } from './listed-job.ts';
import { RECOVERY_RESULTS, SCENARIOS } from './running-records.ts';

/** How often a job was started again and recovered, so far. */
export interface RecordCounts {
  readonly restarts?: number;
  /** Recoveries that have come to a result, by scenario and result. */
  readonly recoveries?: Readonly<Record<string, number>>;
}

/**
 * Takes in what a listing shows. A recovery counts once it has its final result, and if none comes before the job
 * has ended, as terminated. The API may forget old records, which makes no count less.
 */
export function foldRecords(before: RecordCounts | undefined, job: JobDetails): RecordCounts {
  const { restarts = 0, recoveries } = job;
  if (recoveries === undefined) return before ?? {};
  const counts: Record<string, number> = {};
  for (const { scenario, result } of recoveries) {
    if (result === 'recovering' && !job.final) continue;
    const key = keyOf(scenario, result === 'recovering' ? 'terminated' : result);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  for (const [key, count] of Object.entries(before?.recoveries ?? {})) {
    counts[key] = Math.max(count, counts[key] ?? 0);
  }
  return { restarts: Math.max(restarts, before?.restarts ?? 0), recoveries: counts };
}

/** All counts by scenario and result, with 0 for those that are known beforehand. */
export function* recoveryCounts(recoveries: NonNullable<RecordCounts['recoveries']>) {
  const known = SCENARIOS.flatMap((scenario) => RECOVERY_RESULTS.map((result) => keyOf(scenario, result)));
  for (const key of new Set([...known, ...Object.keys(recoveries)])) {
    const [scenario = '', result = ''] = key.split(' ');
    yield { scenario, result, count: recoveries[key] ?? 0 };
  }
}

function keyOf(scenario: string, result: string): string {
  return `${scenario} ${result}`;
}
