import type { JobDetails } from './listed-job.ts';
import type { Recovery, Run, Scenario } from './running-records.ts';

/** Time in which a job did not train, because of a fault. Instants are Unix milliseconds. */
export interface Interruption {
  /** When the fault came. */
  readonly startedAt: number;
  /** When it ran again, or was given up; undefined while it goes on. */
  readonly endedAt: number | undefined;
  /** Of the fault that began it. */
  readonly scenario: Scenario;
  readonly hasRecovered: boolean;
}

/**
 * The interruptions of a job, in the order of time. Recoveries that overlap, and those that follow a downgrade, are
 * tries to end one interruption:
 *
 *     node_fault 09:00 to 09:01 downgrade, 09:01 to 09:04 success, runs again 09:05     one interruption of 5 minutes
 */
export function interruptionsOf(job: JobDetails): readonly Interruption[] {
  const interruptions: Interruption[] = [];
  let isDowngraded = false;
  for (const recovery of job.recoveries ?? []) {
    const { startedAt, scenario, result } = recovery;
    const before = interruptions.at(-1);
    const goesOn =
      before !== undefined && (isDowngraded || startedAt < (before.endedAt ?? Number.POSITIVE_INFINITY));
    const end = endOf(recovery, job);
    const endedAt = end === undefined ? undefined : Math.max(startedAt, end);
    const isLater = !goesOn || isDowngraded || (before.endedAt ?? 0) <= (endedAt ?? Number.POSITIVE_INFINITY);
    const latest = isLater
      ? { endedAt, hasRecovered: result === 'success' && endedAt !== undefined }
      : before;
    if (goesOn) interruptions[interruptions.length - 1] = { ...before, ...latest };
    else interruptions.push({ startedAt, scenario, ...latest });
    isDowngraded = result === 'downgrade';
  }
  return interruptions;
}

/** When a recovery was over: for a success that is when the job ran again. */
function endOf({ startedAt, endedAt, result }: Recovery, job: JobDetails): number | undefined {
  const runs = job.runs ?? [];
  const next = (instant: number): Run | undefined => runs.find((run) => run.startedAt >= instant);
  if (result === 'downgrade' && !job.final) return undefined;
  const end = endedAt ?? (result === 'downgrade' ? undefined : next(startedAt + 1)?.startedAt) ?? job.endedAt;
  if (result !== 'success' || end === undefined) return end;
  const goesOn = runs.some((run) => run.startedAt <= end && (run.endedAt ?? Number.POSITIVE_INFINITY) > end);
  if (goesOn) return end;
  // The recovery has rebuilt the job, which is yet to run.
  return next(end)?.startedAt ?? (job.final || job.phase === 'running' ? end : undefined);
}
