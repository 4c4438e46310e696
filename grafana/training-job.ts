import { COLOUR } from './colours.ts';
import { dashboard, type PortableDashboard } from './dashboard.ts';
import { bars, eventBars, stat, table } from './panels.ts';
import { chosen, columns, eventsPerMinute, its, newest, now, range } from './queries.ts';
import { TRAINING_JOB_STATUS, textMapping } from './states.ts';
import {
  countOfRecent,
  eventsByClass,
  readable,
  recentEvents,
  stateCourse,
  stateNow,
} from './target-panels.ts';
import { TRAINING_JOB } from './targets.ts';

const IT = chosen(TRAINING_JOB);

/** What usual exit codes mean; other codes show as numbers. */
const EXIT_CODES = [
  textMapping({
    0: ['0, success', COLOUR.good],
    1: ['1, error', COLOUR.bad],
    137: ['137, killed (often out of memory)', COLOUR.bad],
    139: ['139, segmentation fault', COLOUR.bad],
    143: ['143, terminated', COLOUR.warning],
  }),
];

function current() {
  return [
    stateNow(
      {
        title: 'Phase',
        description: 'Phase as the listing of jobs has it. Only for jobs that discovery found.',
        empty: 'Not discovered',
      },
      TRAINING_JOB_STATUS,
      TRAINING_JOB,
    ).span(3),
    stat(
      {
        title: 'Times',
        description:
          'When the job was created, started and ended (only for jobs that discovery found), and when it last had an event of any level.',
        unit: 'dateTimeFromNow',
        empty: 'Unknown',
      },
      ...(['created', 'start', 'end'] as const).map((moment) =>
        now(
          `1000 * ${newest(TRAINING_JOB, its(TRAINING_JOB, `${moment}_timestamp_seconds`))}`,
          { created: 'Created', start: 'Started', end: 'Ended' }[moment],
        ),
      ),
      now(`1000 * ${newest(TRAINING_JOB, its(TRAINING_JOB, 'last_event_timestamp_seconds'))}`, 'Last event'),
    ).span(8),
    stat(
      {
        title: 'Nodes and restarts',
        description: 'Nodes of the job, and how often it was restarted. Only for jobs that discovery found.',
        unit: 'short',
        empty: 'Unknown',
      },
      now(newest(TRAINING_JOB, its(TRAINING_JOB, 'nodes')), 'Nodes'),
      now(newest(TRAINING_JOB, its(TRAINING_JOB, 'restarts_total')), 'Restarts'),
    ),
    countOfRecent(TRAINING_JOB, 'error', 'Errors', COLOUR.bad).span(3),
    countOfRecent(TRAINING_JOB, 'warning', 'Warnings', COLOUR.warning).span(3),
    readable(TRAINING_JOB).span(3),
  ];
}

function events() {
  return [
    recentEvents(TRAINING_JOB),
    eventsByClass(
      { title: 'Events by level', description: 'Events per minute. Their text is on the status page.' },
      TRAINING_JOB,
    ),
    eventBars(
      {
        title: 'Events by source',
        description: 'Events per minute by what reports them: Kubernetes, the job, or a task in it.',
      },
      range(eventsPerMinute(TRAINING_JOB, its(TRAINING_JOB, 'events_total'), 'source'), '{{source}}'),
    ),
  ];
}

function course() {
  return [
    stateCourse(
      {
        title: 'Phase',
        description: 'Phase as the listing of jobs had it. Only for jobs that discovery found.',
        empty: 'Not discovered',
      },
      TRAINING_JOB_STATUS,
      TRAINING_JOB,
    )
      .span(8)
      .height(7),
    table(
      {
        title: 'Exit codes of workers',
        description: 'How each worker ended. Workers appear when they end.',
        unit: 'none',
        empty: 'No worker has ended',
      },
      [
        { field: 'worker', title: 'Worker' },
        { field: 'Value', title: 'Exit code', mappings: EXIT_CODES },
      ],
      columns(`max by (worker) (modelarts_training_job_worker_exit_code{${IT}})`),
    )
      .span(8)
      .height(7),
    bars(
      {
        title: 'Recoveries',
        description:
          'Recoveries of the job from faults so far, by result. Only for jobs that discovery found.',
        unit: 'short',
        empty: 'Not discovered',
      },
      now(
        `sum by (result) (${newest(TRAINING_JOB, its(TRAINING_JOB, 'recoveries_total'), 'scenario', 'result')})`,
        '{{result}}',
      ),
    )
      .decimals(0)
      .span(8)
      .height(7),
  ];
}

/** One training job: its events, its workers and its recoveries. */
export function trainingJobDashboard(): PortableDashboard {
  return dashboard({
    uid: TRAINING_JOB.uid,
    title: 'ModelArts training job',
    description: 'Events, phases, workers and recoveries of one ModelArts training job.',
    target: TRAINING_JOB,
    sections: [
      { title: 'Now', panels: current() },
      { title: 'Events', panels: events() },
      { title: 'Course', panels: course() },
    ],
  });
}
