import type { Discovered } from '../discovered.ts';
import type { JobDetails } from './listed-job.ts';
import { LIMIT, VALUES_MAX } from './search.ts';

type Job = Discovered<JobDetails>;

/** A span of creation times, in Unix milliseconds, and the known jobs in it. */
export interface JobSpan {
  readonly from: number;
  readonly to: number;
  readonly jobs: readonly Job[];
}

/** What ended is listed again after so long, as it may have been deleted meanwhile. Milliseconds. */
const CHECK_AFTER = 3_600_000;
/** Leaves room on a page for what is not known, and for the neighbours at both ends. */
const JOBS_MAX = LIMIT - 5;

/**
 * The next span of older jobs to be listed again, about a page. One listing after the other takes one or some, so that
 * 7,000 jobs cost a request or two at each and no burst of 140 once an hour. Spans join, so that also a job is found
 * that no listing has shown yet.
 * @param known the jobs created since an instant, newest first
 * @param isRead a listing has shown it just now
 */
export function nextSpan(
  known: readonly Job[],
  isRead: (job: Job) => boolean,
  { since, now, spanMax }: { readonly since: number; readonly now: number; readonly spanMax: number },
): JobSpan | undefined {
  const isDue = (job: Job) =>
    job.details.final && !isRead(job) && now - (job.details.asOf ?? 0) >= CHECK_AFTER;
  const index = known.findIndex(isDue);
  const first = known[index];
  if (first === undefined) return undefined;
  const newer = known[index - 1];
  const to = Math.min(createdAt(newer) ?? now, (createdAt(first) ?? since) + spanMax / 2);
  const last = known[index + JOBS_MAX - 1];
  const from = Math.max(last === undefined ? since : (createdAt(last) ?? since), to - spanMax);
  const jobs = known.slice(index, index + JOBS_MAX).filter((job) => (createdAt(job) ?? since) >= from);
  return { from, to, jobs };
}

/** Known jobs whose time of creation is not known, some of those that are to be looked up by their ids. */
export function undatedDue(known: Iterable<Job>, now: number): readonly Job[] {
  const isDue = ({ details: { final, createdAt, asOf = 0 } }: Job) =>
    final && createdAt === undefined && now - asOf >= CHECK_AFTER;
  return [...known].filter(isDue).slice(0, VALUES_MAX);
}

/** The dated jobs among these that were created since an instant, newest first. */
export function newestFirst(jobs: Iterable<Job>, since: number): readonly Job[] {
  return [...jobs]
    .filter((job) => (createdAt(job) ?? Number.NEGATIVE_INFINITY) >= since)
    .sort((a, b) => (createdAt(b) ?? 0) - (createdAt(a) ?? 0));
}

function createdAt(job: Job | undefined): number | undefined {
  return job?.details.createdAt;
}
