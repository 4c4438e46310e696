import { isDeepStrictEqual } from 'node:util';
import { oneOf } from '../decode.ts';
import { eventFamilies } from '../event-families.ts';
import type { Kind, ListingNews } from '../kind.ts';
import type { Problem } from '../problem.ts';
import { problemOfText } from '../telling-texts.ts';
import { CATALOG } from './catalog.ts';
import { conditions } from './conditions.ts';
import { discoverTrainingJobs } from './discovery.ts';
import { type JobEvent, LEVELS, readEvents, SOURCES } from './events.ts';
import { examination } from './examination.ts';
import { dropExitsBefore, type Exits, foldExits } from './exits.ts';
import type { JobDetails } from './listed-job.ts';
import { foldRecords, type RecordCounts } from './record-counts.ts';
import { FAMILIES, samples } from './series.ts';
import { detail } from './shown.ts';
import { readStages, type StagesState } from './stages.ts';
import { moments, OUTLOOKS, phaseSince, standing } from './standing.ts';
import { TELLING_TEXTS } from './telling-texts.ts';
import { TOTALS, tellTotals } from './totals.ts';

/** What is known of a training job beyond its event counts. */
export interface JobState {
  /** Latest exit code of each worker that has not started again since. */
  workers: Exits;
  newestError?: { at: number; message: string };
  newestEventAt?: number;
  /** What the listing told last. */
  listed?: JobDetails & PhaseTimes;
  /** Up to when the job is known to be as it is listed: when the listing was asked for. */
  listedAt?: number;
  counts?: RecordCounts;
  stages?: StagesState;
  /** When the job started anew, where two listings show that; Unix milliseconds. */
  restartedAt?: number;
  /** The start that was listed last. A list of instants is kept as it is when the clock is set back. */
  starts?: readonly number[];
}

export interface PhaseTimes {
  /** When the listing first showed the phase. */
  seenAt: number;
  /** When the job took the phase. */
  since: number;
  /** Nobody saw it take the phase, nor does the listing say when. */
  isGuess: boolean;
}

export const trainingJob: Kind<JobEvent, JobState, JobDetails> = {
  name: 'training_job',
  initialState: () => ({ workers: {} }),

  reading: {
    operations: ['training_job_events', 'training_job_stages'],
    timesAreWholeSeconds: true,
    recordsGrow: false,
    textLanguage: (project) => project.api.language,
    async read(request, state, admit) {
      const result = await readEvents(request, admit);
      await readStages(request, state, admit);
      return result;
    },
  },

  events: {
    families: eventFamilies('training_job'),
    classes: ['level', 'source'],
    knownClasses: LEVELS.flatMap((level) => SOURCES.map((source) => [level, source])),
    classify: (event) => [event.level, event.source],
    notice: ({ event, at }) => ({
      at,
      severity: SEVERITIES[event.level],
      fields: { level: event.level, source: event.source },
      message: event.message,
    }),
    eventOf({ at, fields: { level, source }, message }) {
      if (typeof level !== 'string' || typeof source !== 'string') return undefined;
      return { at, level: oneOf(LEVELS, level), source: oneOf(SOURCES, source), message };
    },
    fold(state, occurrences, { limits }) {
      for (const { event } of occurrences) {
        state.newestEventAt = Math.max(event.at, state.newestEventAt ?? event.at);
        if (event.level === 'error' && event.at >= (state.newestError?.at ?? 0)) {
          state.newestError = { at: event.at, message: event.message };
        }
      }
      foldExits(state.workers, occurrences, runningSince(state), limits.workers);
    },
  },

  listing: {
    operation: 'list_training_jobs',
    discover: discoverTrainingJobs,
    fold: foldListed,
    forget(state) {
      const wasListed = state.listed !== undefined;
      delete state.listed;
      return wasListed;
    },
    explained: ({ phase, startedAt, runStartedAt, endedAt, restarts, recoveries, message }) => [
      [phase, startedAt, runStartedAt, endedAt],
      [restarts, recoveries, message],
    ],
    endedAt: (state) => (state.listed?.final ? phaseSince(state, state.listed) : undefined),
    activity: ({ listed }) => {
      if (listed?.final) return 'resting';
      return listed === undefined || listed.phase === 'running' ? 'alive' : 'moving';
    },
  },
  alerts: { problem, conditions, recoveries: () => [] },
  showing: {
    families: FAMILIES,
    samples,
    owner: ({ listed }) => listed?.owner,
    detail,
    outlooks: OUTLOOKS,
    standing,
    moments,
    reportedName: () => undefined,
  },
  totals: { families: TOTALS, tell: tellTotals },
  catalog: CATALOG,
  examination,
};

const SEVERITIES = { info: 'info', warning: 'warning', error: 'critical', other: 'info' } as const;

function foldListed(state: JobState, { asOf, ...details }: JobDetails, now: number): ListingNews {
  const before = state.listed;
  const listed = { ...details, ...timesOf(before, details, now) };
  const goesOn = !details.final && asOf !== state.listedAt;
  if (asOf !== undefined) state.listedAt = asOf;
  // As long as a job has its nodes, the time that it has them grows.
  if (isDeepStrictEqual(listed, state.listed)) return goesOn ? 'time' : 'nothing';
  const { startedAt } = details;
  if (startedAt !== undefined) {
    const [known = before?.startedAt ?? startedAt] = state.starts ?? [];
    if (startedAt > known) state.restartedAt = startedAt;
    state.starts = [startedAt];
  }
  state.listed = listed;
  state.counts = foldRecords(state.counts, details);
  dropExitsBefore(state.workers, runningSince(state));
  return 'change';
}

function timesOf(before: JobState['listed'], details: JobDetails, now: number): PhaseTimes {
  const { phase, endedAt, startedAt, createdAt } = details;
  if (before !== undefined && before.phase === phase) {
    const { seenAt, since, isGuess } = before;
    return isGuess && endedAt !== undefined
      ? { seenAt, since: endedAt, isGuess: false }
      : { seenAt, since, isGuess };
  }
  if (endedAt !== undefined) {
    // Whatever the listing says: a job that was seen alive had not ended then.
    const isTrue = before === undefined || endedAt > before.seenAt;
    return { seenAt: now, since: isTrue ? Math.min(now, endedAt) : now, isGuess: false };
  }
  if (before !== undefined) return { seenAt: now, since: now, isGuess: false };
  // A job that could not even be created has no end: it failed some time after it was created.
  return { seenAt: now, since: Math.min(now, startedAt ?? createdAt ?? now), isGuess: true };
}

function problem({ level, message }: JobEvent): Problem | undefined {
  if (level === 'error') {
    return {
      alertname: 'ModelArtsTrainingJobError',
      severity: 'critical',
      summary: 'reported an error',
      labels: {},
      message,
    };
  }
  const told = problemOfText(TELLING_TEXTS, message);
  if (told !== undefined) return told;
  if (level === 'warning') {
    return {
      alertname: 'ModelArtsTrainingJobWarning',
      severity: 'warning',
      summary: 'reported a warning',
      labels: {},
      message,
    };
  }
  return undefined;
}

/** When the run began that the listing shows under way. */
function runningSince({ listed }: JobState): number | undefined {
  return listed?.phase === 'running' ? listed.runStartedAt : undefined;
}
