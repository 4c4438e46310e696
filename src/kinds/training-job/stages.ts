import { ApiError } from '../../modelarts/errors.ts';
import { contentKey, isObject, itemsOf, type JsonObject, nameOf, oneOf, wholeNumber } from '../decode.ts';
import type { Admit, ReadRequest } from '../reading.ts';
import { instantOf } from './instant.ts';
import type { JobState } from './training-job.ts';

export const STAGES = ['scheduling', 'preparing', 'running', 'end'] as const;

/** A stage of a run that has ended. */
export interface Stage {
  /** Number of the run, as the API counts them. */
  readonly run: number;
  readonly stage: (typeof STAGES)[number] | 'other';
  /** When it ended, in Unix milliseconds. */
  readonly at: number;
  readonly milliseconds: number;
}

/** What is known of the stages of a job. */
export interface StagesState {
  /** How many starts of the job they were asked for. */
  readonly starts: number;
  readonly ended: readonly Stage[];
}

const KEPT_MAX = 100;
/** Where it can't be had, it is not asked for again until the next start. */
const NEVER = [400, 403, 404];

/**
 * Reads the stages of a job, from "Obtaining the Stages of a Training Job", once for each start and only while
 * requests are not scarce. It costs a request of its own and is nothing that anybody waits for, so that its failure is
 * none of the job.
 * @param admit told of the items that are no stages
 */
export async function readStages(request: ReadRequest, state: JobState, admit: Admit<never>): Promise<void> {
  const { starts = 0, ended = [] } = state.stages ?? {};
  const started = startsOf(state, request.countingSince);
  if (started <= starts || request.api.isScarce?.() === true) return;
  try {
    const path = `training-jobs/${encodeURIComponent(request.id)}/stages`;
    const body = await request.api.request({ operation: 'training_job_stages', version: 'v2', path });
    const { items } = itemsOf(body, 'running_records', 'total_count');
    const malformed: string[] = [];
    const stages = items.flatMap((item) => stagesOf(item, request.now, malformed));
    if (malformed.length > 0) admit({ sightings: [], malformed, total: undefined });
    const all = new Map([...ended, ...stages].map((stage) => [`${stage.run} ${stage.stage}`, stage]));
    state.stages = { starts: started, ended: [...all.values()].slice(-KEPT_MAX) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (NEVER.includes(error.status ?? 0)) state.stages = { starts: started, ended };
  }
}

/** How often the job was started, as the listing shows it; 0 where the newest start is history. */
function startsOf({ listed }: JobState, since: number): number {
  const { phase, startedAt, runStartedAt = startedAt, restarts = 0, final = false } = listed ?? {};
  const hasRun = phase === 'running' || final;
  return hasRun && runStartedAt !== undefined && runStartedAt >= since ? restarts + 1 : 0;
}

function stagesOf(item: unknown, now: number, malformed: string[]): Stage[] {
  const { record_order, stages } = isObject(item) ? item : ({} as JsonObject);
  const run = wholeNumber(record_order);
  if (run === undefined || !Array.isArray(stages)) {
    malformed.push(contentKey(item));
    return [];
  }
  return stages.flatMap((stage) => {
    const { name, start_time, end_time } = isObject(stage) ? stage : ({} as JsonObject);
    const from = instantOf(start_time, now);
    const to = instantOf(end_time, now);
    const isUnreadable =
      nameOf(name) === undefined ||
      (isGiven(start_time) && from === undefined) ||
      (isGiven(end_time) && to === undefined);
    if (isUnreadable) malformed.push(contentKey(stage));
    // One without an end goes on.
    if (isUnreadable || from === undefined || to === undefined || to < from) return [];
    return [{ run, stage: oneOf(STAGES, String(name)), at: to, milliseconds: to - from }];
  });
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== 0 && value !== '0';
}
