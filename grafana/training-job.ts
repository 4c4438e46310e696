import { COLOUR } from './colours.ts';
import { dashboard, type PortableDashboard } from './dashboard.ts';
import { bars, coloured, eventBars, lines, problemCount, stat, state, table, timeline } from './panels.ts';
import { chosen, columns, eventsPerMinute, named, newest, now, range } from './queries.ts';
import { readable } from './readable.ts';
import { stateMappings, stateNumber, TRAINING_JOB_STATUS, textMapping } from './states.ts';
import { identity, TRAINING_JOB } from './targets.ts';

const IT = chosen(TRAINING_JOB);
const LEVEL_COLOURS = { info: COLOUR.busy, warning: COLOUR.warning, error: COLOUR.bad };

function recent(level: string): string {
  return newest(TRAINING_JOB, `modelarts_training_job_recent_events{${IT},level="${level}"}`);
}

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
    state(
      {
        title: 'Phase',
        description: 'Phase as the listing of jobs has it. Only for jobs that discovery found.',
        empty: 'Not discovered',
      },
      TRAINING_JOB_STATUS,
      now(stateNumber(TRAINING_JOB_STATUS, IT, identity(TRAINING_JOB)), 'Phase'),
    ),
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
          `1000 * ${newest(TRAINING_JOB, `modelarts_training_job_${moment}_timestamp_seconds{${IT}}`)}`,
          { created: 'Created', start: 'Started', end: 'Ended' }[moment],
        ),
      ),
      now(
        `1000 * ${newest(TRAINING_JOB, `modelarts_training_job_last_event_timestamp_seconds{${IT}}`)}`,
        'Last event',
      ),
    ),
    stat(
      {
        title: 'Nodes and restarts',
        description: 'Nodes of the job, and how often it was restarted. Only for jobs that discovery found.',
        unit: 'short',
        empty: 'Unknown',
      },
      now(newest(TRAINING_JOB, `modelarts_training_job_nodes{${IT}}`), 'Nodes'),
      now(newest(TRAINING_JOB, `modelarts_training_job_restarts_total{${IT}}`), 'Restarts'),
    ),
    problemCount(
      {
        title: 'Errors',
        description: 'Error events within the window of the exporter, by default an hour.',
        unit: 'short',
      },
      now(recent('error'), 'Errors'),
      COLOUR.bad,
    ),
    problemCount(
      {
        title: 'Warnings',
        description: 'Warning events within the window of the exporter, by default an hour.',
        unit: 'short',
      },
      now(recent('warning'), 'Warnings'),
      COLOUR.warning,
    ),
    readable(TRAINING_JOB),
  ];
}

function events() {
  return [
    coloured(
      lines(
        {
          title: 'Recent events',
          description: 'Events within the window of the exporter, by default an hour.',
          unit: 'short',
        },
        range(newest(TRAINING_JOB, `modelarts_training_job_recent_events{${IT}}`, 'level'), '{{level}}'),
      ),
      LEVEL_COLOURS,
    ),
    coloured(
      eventBars(
        { title: 'Events by level', description: 'Events per minute. Their text is on the status page.' },
        range(
          eventsPerMinute(TRAINING_JOB, `modelarts_training_job_events_total{${IT}}`, 'level'),
          '{{level}}',
        ),
      ),
      LEVEL_COLOURS,
    ),
    eventBars(
      {
        title: 'Events by source',
        description: 'Events per minute by what reports them: Kubernetes, the job, or a task in it.',
      },
      range(
        eventsPerMinute(TRAINING_JOB, `modelarts_training_job_events_total{${IT}}`, 'source'),
        '{{source}}',
      ),
    ),
  ];
}

function course() {
  return [
    timeline(
      {
        title: 'Phase',
        description: 'Phase as the listing of jobs had it. Only for jobs that discovery found.',
        empty: 'Not discovered',
      },
      stateMappings(TRAINING_JOB_STATUS),
      range(named(TRAINING_JOB, stateNumber(TRAINING_JOB_STATUS, IT, identity(TRAINING_JOB))), '{{name}}'),
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
        `sum by (result) (${newest(TRAINING_JOB, `modelarts_training_job_recoveries_total{${IT}}`, 'scenario', 'result')})`,
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
