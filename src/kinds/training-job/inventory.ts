import type { Discovered } from '../discovered.ts';
import type { JobDetails } from './listed-job.ts';

type Job = Discovered<JobDetails>;

/** Creation times in Unix milliseconds, whole seconds, both inclusive. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Bounds are told in seconds, and whether they are inside is not documented: no conclusions this near to them. */
export const BLUR = 1_000;

/** The jobs of one project during one discovery: those known before, as far as they still hold, and those read. */
export class Inventory {
  readonly #before: ReadonlyMap<string, Job>;
  readonly #jobs: Map<string, Job>;
  readonly #read = new Set<string>();

  constructor(known: ReadonlyMap<string, Job>) {
    this.#before = known;
    this.#jobs = new Map(known);
  }

  take(jobs: readonly Job[]): void {
    for (const job of jobs) {
      this.#jobs.set(job.id, job);
      this.#read.add(job.id);
    }
  }

  /** Whether the last discovery found the job. */
  knewBefore(id: string | undefined): boolean {
    return id !== undefined && this.#before.has(id);
  }

  /** Drops the jobs that a whole read of a range did not return: they were deleted. */
  dropUnread({ from, to }: Range): void {
    for (const { id, details } of this.unread()) {
      const { createdAt } = details;
      if (createdAt !== undefined && createdAt > from + BLUR && createdAt < to - BLUR) this.#jobs.delete(id);
    }
  }

  drop(id: string): void {
    this.#jobs.delete(id);
  }

  unread(): Job[] {
    return this.all().filter(({ id }) => !this.#read.has(id));
  }

  all(): Job[] {
    return [...this.#jobs.values()];
  }

  countCreated({ from, to }: Range): number {
    return this.#created({ from, to }).length;
  }

  /** An instant in the middle of a range at which surely no job was created; undefined in a dense burst. */
  quietMoment(range: Range): number | undefined {
    const instants = this.#created(range).sort((a, b) => a - b);
    const margin = Math.floor(instants.length / 4);
    let widest = 4 * BLUR;
    let moment: number | undefined;
    for (let index = margin + 1; index < instants.length - margin; index += 1) {
      const start = instants[index - 1] ?? 0;
      const gap = (instants[index] ?? 0) - start;
      if (gap <= widest) continue;
      widest = gap;
      moment = Math.floor((start + gap / 2) / 1_000) * 1_000;
    }
    return moment;
  }

  #created({ from, to }: Range): number[] {
    const instants: number[] = [];
    for (const { details } of this.#jobs.values()) {
      const { createdAt } = details;
      if (createdAt !== undefined && createdAt >= from && createdAt <= to) instants.push(createdAt);
    }
    return instants;
  }
}
