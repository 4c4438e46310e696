import { isDeepStrictEqual } from 'node:util';
import { KIND_TABLE } from '../../kind-table.ts';
import type { Detail } from '../detail.ts';
import type { Occurrence } from '../event.ts';
import { eventFamilies } from '../event-families.ts';
import type { Kind } from '../kind.ts';
import type { Condition, Problem } from '../problem.ts';
import { discoverTrainingJobs } from './discovery.ts';
import { type JobEvent, LEVELS, readEvents, SOURCES } from './events.ts';
import type { JobDetails } from './listed-job.ts';
import { FAMILIES, samples } from './series.ts';

/** What is known of a training job beyond its event counts. */
export interface JobState {
  /** Latest exit code of each worker. */
  workers: Record<string, { code: number; at: number }>;
  newestError?: { at: number; message: string };
  /** What the listing told last, and when it first told this phase. */
  listed?: JobDetails & { since: number };
}

export const trainingJob: Kind<JobEvent, JobState, JobDetails> = {
  name: 'training_job',
  labels: KIND_TABLE.training_job.labels,
  initialState: () => ({ workers: {} }),

  reading: {
    timesAreWholeSeconds: true,
    recordsGrow: false,
    textLanguage: (project) => project.api.language,
    read: (request, _state, admit) => readEvents(request, admit),
  },

  events: {
    families: eventFamilies('training_job'),
    classes: ['level', 'source'],
    knownClasses: LEVELS.flatMap((level) => SOURCES.map((source) => [level, source])),
    goodNews: 'info',
    unknownValuesMax: () => Number.POSITIVE_INFINITY,
    classify: (event) => [event.level, event.source],
    notice: ({ event, at }) => ({
      at,
      severity: SEVERITIES[event.level],
      fields: { level: event.level, source: event.source },
      message: event.message,
    }),
    fold(state, occurrences, { limits }) {
      for (const { event } of occurrences) {
        if (event.level === 'error' && event.at >= (state.newestError?.at ?? 0)) {
          state.newestError = { at: event.at, message: event.message };
        }
      }
      foldExits(state, occurrences, limits.workers);
    },
  },

  listing: {
    discover: discoverTrainingJobs,
    fold: foldListed,
    hasEnded: (state) => state.listed?.final ?? false,
  },
  alerts: { problem, conditions, recoveries: () => [] },
  showing: { families: FAMILIES, samples, detail, reportedName: () => undefined },
};

const SEVERITIES = { info: 'info', warning: 'warning', error: 'critical', other: 'info' } as const;

function foldListed(state: JobState, details: JobDetails, now: number): boolean {
  const before = state.listed;
  const ended = Math.min(now, details.endedAt ?? now);
  // Whatever the listing says: a job that was seen alive had not ended then.
  const begun = before === undefined || ended > before.since ? ended : now;
  const listed = {
    ...details,
    since: before !== undefined && before.phase === details.phase ? before.since : begun,
  };
  if (isDeepStrictEqual(listed, state.listed)) return false;
  state.listed = listed;
  return true;
}

const FINISHED =
  /^\[(?<worker>worker-\d{1,9})\](?:\s*\[[^\]]*\])*\s*Training finished\. Exit code (?<code>-?\d{1,9})\b/;

function foldExits(
  { workers }: JobState,
  occurrences: readonly Occurrence<JobEvent>[],
  workersMax: number,
): void {
  for (const { event } of occurrences) {
    const groups = FINISHED.exec(event.message)?.groups;
    if (groups === undefined) continue;
    const worker = groups['worker'] ?? '';
    const exit = { code: Number(groups['code']), at: event.at };
    const before = workers[worker];
    if (before !== undefined || countOf(workers) < workersMax) {
      if (before === undefined || exit.at >= before.at) workers[worker] = exit;
    } else if (exit.code >= (workers['other']?.code ?? exit.code)) {
      workers['other'] = exit;
    }
  }
}

function countOf(workers: JobState['workers']): number {
  return Object.keys(workers).length - ('other' in workers ? 1 : 0);
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

function conditions({ listed, newestError }: JobState): Condition[] {
  if (listed?.phase !== 'failed' && listed?.phase !== 'abnormal') return [];
  return [
    {
      alertname: 'ModelArtsTrainingJobFailed',
      severity: 'critical',
      summary: 'failed',
      labels: {},
      message: newestError?.message ?? listed.message ?? `The training job is ${listed.phase}.`,
      since: listed.since,
      at: listed.since,
      events: 1,
      expires: true,
    },
  ];
}

function detail({ listed, workers }: JobState): Detail {
  return {
    ...(listed?.phase === undefined ? {} : { status: listed.phase }),
    tables: [
      {
        title: 'Exit codes of the workers',
        columns: ['Worker', 'Exit code'],
        rows: Object.entries(workers).map(([worker, { code }]) => [
          { text: worker },
          { verdict: String(code), news: code === 0 ? 'good' : 'bad' },
        ]),
        empty: 'No worker has ended.',
      },
    ],
  };
}
