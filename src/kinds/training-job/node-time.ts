import { interruptionsOf } from './interruptions.ts';
import type { JobDetails } from './listed-job.ts';

/** From one instant to another, in Unix milliseconds. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * For how many milliseconds since an instant the job has had its nodes: while it ran, and while it was being recovered.
 * Between two runs without a recovery, as after a preemption, it waits in the queue and has none.
 * @param until up to when a job that still runs is known to have run
 */
export function nodeTime(job: JobDetails, since: number, until: number): number {
  const horizon = job.final ? job.endedAt : until;
  if (horizon === undefined) return 0;
  const spans = [
    ...runSpans(job, horizon),
    ...interruptionsOf(job).map(({ startedAt, endedAt }) => ({ from: startedAt, to: endedAt ?? horizon })),
  ].sort((a, b) => a.from - b.from);
  let total = 0;
  let end = since;
  for (const { from, to } of spans) {
    total += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return total;
}

function runSpans({ runs = [], startedAt, final, phase }: JobDetails, horizon: number): Span[] {
  if (runs.length > 0) {
    return runs.map((run, index) => ({
      from: run.startedAt,
      to: run.endedAt ?? runs[index + 1]?.startedAt ?? horizon,
    }));
  }
  const hasRun = startedAt !== undefined && (final || phase === 'running' || phase === 'terminating');
  return hasRun ? [{ from: startedAt, to: horizon }] : [];
}
