import { dashboard, type PortableDashboard } from './dashboard.ts';
import { bars, coloured, dataLink, lines, stackedSteps, stat, table } from './panels.ts';
import { columns, highest, IN_PROJECTS, newest, now, range } from './queries.ts';
import { stateColours, TRAINING_JOB_STATUS } from './states.ts';
import { TRAINING_JOB, targetUrl } from './targets.ts';
import { gained, hourly, mean, ofProjects, percentiles } from './totals.ts';

const STAGE = 'modelarts_training_job_stage_seconds{stage!="running"}';
const WAIT = 'modelarts_training_job_wait_seconds';
const RUN = 'modelarts_training_job_run_seconds';
const RECOVERY = 'modelarts_training_job_recovery_seconds';
const NODES = 'modelarts_training_node_seconds_total';
const LOST = 'modelarts_training_lost_node_seconds_total';
const ENDED = 'modelarts_training_jobs_ended_total';
const FAULTS = 'modelarts_training_interruptions_total';

const UID = 'modelarts-training-efficiency';

function goodputAtMost() {
  return stat(
    {
      title: 'Goodput at most',
      description:
        'The share of node time that faults did not take. Goodput is less: what was computed again after a fault is not in the API.',
      unit: 'percentunit',
      empty: 'Nothing ran',
    },
    `1 - ${gained(LOST)} / (${gained(NODES)} > 0)`,
  );
}

function meanWait() {
  return stat(
    {
      title: 'Mean wait',
      description: 'From the creation of a job until it ran, on average.',
      unit: 's',
      empty: 'None started',
    },
    mean(WAIT),
  );
}

function jobsByPhase() {
  return coloured(
    stackedSteps(
      {
        title: 'Jobs by phase',
        description: 'How many jobs are in each phase, as last listed. Ended ones leave with age.',
        unit: 'short',
      },
      range(ofProjects(`modelarts_training_jobs{${IN_PROJECTS}}`, 'status'), '{{status}}'),
    ),
    stateColours(TRAINING_JOB_STATUS),
  );
}

/** What an overview shows of training, with links to the rest. */
export function trainingAtAGlance() {
  const url = `/d/${UID}?\${__url_time_range}&\${prometheus_datasource:queryparam}&\${project:queryparam}`;
  const links = [dataLink('Show training efficiency', url)];
  return [
    goodputAtMost().dataLinks(links).height(8),
    meanWait().dataLinks(links).height(8),
    jobsByPhase().dataLinks(links).span(16).height(8),
  ];
}

function atAGlance() {
  return [
    goodputAtMost(),
    stat(
      {
        title: 'Completed',
        description: 'The share of the jobs that ended within the time range which completed.',
        unit: 'percentunit',
        empty: 'None ended',
      },
      `${gained(`${ENDED}{result="completed"}`)} / (${gained(ENDED)} > 0)`,
    ),
    meanWait(),
    stat(
      {
        title: 'Mean run',
        description: 'From the first run of a job to its end, on average.',
        unit: 's',
        empty: 'None ended',
      },
      mean(RUN),
    ),
    stat(
      {
        title: 'Mean time to recover',
        description: 'From a fault until the job ran again, on average.',
        unit: 's',
        empty: 'No recovery',
      },
      mean(RECOVERY),
    ),
    stat(
      {
        title: 'Time between faults',
        description:
          'Node time divided by interruptions: how long a node runs before a fault interrupts its job.',
        unit: 's',
        empty: 'No fault',
      },
      `${gained(NODES)} / (${gained(FAULTS)} > 0)`,
    ),
  ];
}

function waits() {
  const created = newest(TRAINING_JOB, `modelarts_training_job_created_timestamp_seconds{${IN_PROJECTS}}`);
  const waiting = newest(
    TRAINING_JOB,
    `modelarts_training_job_status{${IN_PROJECTS},status=~"creating|pending"}`,
  );
  const info = `max by (project, training_job_id, owner, pool, flavor) (modelarts_training_job_info{${IN_PROJECTS}})`;
  const since = `(time() - ${created}) and on (project, training_job_id) (${waiting} == 1)`;
  return [
    jobsByPhase().span(12),
    lines(
      {
        title: 'Wait',
        description: 'From the creation of a job until it ran, of the hour before.',
        unit: 's',
        empty: 'No job began to run',
      },
      ...percentiles(WAIT, 'project'),
    ).span(12),
    lines(
      {
        title: 'Stages before a run',
        description: 'How long jobs are scheduled and prepared, of the hour before.',
        unit: 's',
        empty: 'No stage ended',
      },
      ...percentiles(STAGE, 'stage'),
      range(mean(STAGE, 'stage'), '{{stage}} mean'),
    ).span(24),
    table(
      {
        title: 'Jobs that wait longest',
        description: 'Jobs that were created and have not run yet, with the time since.',
        unit: 's',
        empty: 'No job waits',
      },
      [
        { field: 'project', title: 'Project' },
        {
          field: 'training_job_name',
          title: 'Job',
          url: targetUrl(TRAINING_JOB, `\${__data.fields.project}`, `\${__data.fields.training_job_id}`),
        },
        { field: 'training_job_id', title: 'ID' },
        { field: 'owner', title: 'Owner' },
        { field: 'pool', title: 'Pool' },
        { field: 'flavor', title: 'Flavor' },
        { field: 'Value', title: 'Waits', unit: 's' },
      ],
      columns(
        `topk(20, (${since}) * on (project, training_job_id) group_left (owner, pool, flavor) ${info})`,
      ),
    ).span(24),
  ];
}

function success() {
  return [
    coloured(
      stackedSteps(
        {
          title: 'Jobs that ended',
          description: 'How many jobs ended within the hour before, by result.',
          unit: 'short',
        },
        range(hourly(ENDED, 'result'), '{{result}}'),
      ),
      stateColours(TRAINING_JOB_STATUS),
    ).axisSoftMax(1),
    stackedSteps(
      {
        title: 'Failures by cause',
        description:
          'Jobs that failed within an hour, by the fault from which they did not recover; none: they failed on their own.',
        unit: 'short',
      },
      range(hourly('modelarts_training_jobs_failed_total', 'scenario'), '{{scenario}}'),
    ).axisSoftMax(1),
    lines(
      {
        title: 'Run',
        description: 'From the first run of a job to its end, of the hour before.',
        unit: 's',
        empty: 'No job ended',
      },
      ...percentiles(RUN, 'project'),
    ),
  ];
}

function faults() {
  return [
    lines(
      {
        title: 'Time to recover',
        description: 'From a fault until the job ran again, of the hour before, by scenario.',
        unit: 's',
        empty: 'No job recovered',
      },
      ...percentiles(RECOVERY, 'scenario'),
    ),
    lines(
      {
        title: 'Goodput at most, over time',
        description: 'The share of node time that faults did not take, of the hour before.',
        unit: 'percentunit',
      },
      range(`1 - ${hourly(LOST, 'project')} / (${hourly(NODES, 'project')} > 0)`, '{{project}}'),
    ),
    lines(
      {
        title: 'Node-hours',
        description:
          'Node time that jobs had within the hour before, in hours: the 20 pools with most of it.',
        unit: 'short',
      },
      range(
        highest(20, 'project, pool', `${hourly(NODES, 'project', 'pool')} / 3600`),
        '{{project}} {{pool}}',
      ),
    ),
    bars(
      {
        title: 'Lost node-hours by scenario',
        description: 'Node time that faults took within the time range, in hours.',
        unit: 'short',
        empty: 'Nothing was lost',
      },
      now(`${gained(LOST, 'scenario')} / 3600 > 0`, '{{scenario}}'),
    ).span(8),
    bars(
      {
        title: 'Lost node-hours by pool',
        description: 'Node time that faults took within the time range, in hours.',
        unit: 'short',
        empty: 'Nothing was lost',
      },
      now(`topk(20, ${gained(LOST, 'project', 'pool')} / 3600 > 0)`, '{{project}} {{pool}}'),
    ).span(8),
    bars(
      {
        title: 'Interruptions by scenario',
        description: 'Faults that interrupted a job within the time range.',
        unit: 'short',
        empty: 'No interruption',
      },
      now(`${gained(FAULTS, 'scenario')} > 0`, '{{scenario}}'),
    ).span(8),
  ];
}

/** How well training uses the clusters: waits, success, recovery and lost time. */
export function trainingEfficiency(): PortableDashboard {
  return dashboard({
    uid: UID,
    title: 'ModelArts training efficiency',
    description: 'How long training jobs wait, how they end, and what faults cost.',
    sections: [
      { title: 'At a glance', panels: atAGlance() },
      { title: 'Waits', panels: waits() },
      { title: 'Success', panels: success() },
      { title: 'Faults', panels: faults() },
    ],
  });
}
