import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import { COLOUR } from './colours.ts';
import { plannedMaintenance } from './maintenance.ts';
import { coloured, lines, stackedSteps, table } from './panels.ts';
import { columns, highest, IN_PROJECTS, named, newest, range } from './queries.ts';
import { OUTLOOK, SERVICE_STATUS, stateColours, stateMappings, stateNumber } from './states.ts';
import {
  INFERENCE_SERVICE,
  POOL,
  pageUrl,
  SERVICE,
  type TargetKind,
  TRAINING_JOB,
  targetUrl,
} from './targets.ts';
import { hourly, mean, ofProjects, percentiles } from './totals.ts';

const EACH = 'project, kind, target';

/** When the last event of a kind came that is a problem, under the labels of all kinds. */
function lastProblem({ kind, id }: TargetKind, of: string): string {
  const times = `modelarts_${kind}_last_event_timestamp_seconds{${IN_PROJECTS},${of}}`;
  const info = `max by (${EACH}, ${id}) (modelarts_target_info{${IN_PROJECTS},kind="${kind}"})`;
  return `max by (${EACH}) (max by (project, ${id}) (${times}) * on (project, ${id}) group_right () ${info})`;
}

/** How every target of a kind stands, and whom to ask about it. */
function fleetOf(kind: TargetKind, title: string, problems: string) {
  const of = `${IN_PROJECTS},kind="${kind.kind}"`;
  const info = `max by (${EACH}, owner) (modelarts_target_info{${of}})`;
  return table(
    {
      title,
      description:
        'Every target with its status, since when, its owner and its last problem event, the broken ones first.',
      unit: 'none',
      empty: 'None has been listed',
    },
    [
      { field: 'project', title: 'Project', width: 110 },
      { field: 'target_name', title: 'Name' },
      {
        field: 'target',
        title: 'ID',
        url: targetUrl(kind, `\${__data.fields.project}`, `\${__data.fields.target}`),
        page: pageUrl(kind, `\${__data.fields.project}`, `\${__data.fields.target}`),
      },
      { field: 'status', title: 'Status', width: 110 },
      { field: 'Value #A', title: 'Outlook', mappings: stateMappings(OUTLOOK), width: 100 },
      { field: 'owner', title: 'Owner', width: 150 },
      { field: 'Value #B', title: 'Since', unit: 'dateTimeFromNow', width: 140 },
      { field: 'Value #C', title: 'Last problem', unit: 'dateTimeFromNow', width: 140 },
    ],
    columns(
      `${stateNumber(OUTLOOK, of, `${EACH}, target_name, status`)} * on (${EACH}) group_left (owner) ${info}`,
    ),
    columns(`1000 * max by (${EACH}) (modelarts_target_status_since_timestamp_seconds{${of}})`),
    columns(`1000 * ${lastProblem(kind, problems)}`),
  )
    .sortBy([new TableSortByFieldStateBuilder().displayName('Outlook').desc(true)])
    .span(24);
}

/** How every target stands. */
export function fleet() {
  return [
    fleetOf(SERVICE, 'All services', 'event_type="abnormal"'),
    fleetOf(INFERENCE_SERVICE, 'All inference services', 'event_type=~"abnormal|warning"'),
    fleetOf(TRAINING_JOB, 'All training jobs', 'level=~"warning|error"'),
    fleetOf(POOL, 'All pools', 'type="warning"'),
  ];
}

/** A graph has room for so many pools. */
const POOLS_MAX = 15;

/** What the pools have and what of it is in use. */
export function capacity() {
  const byPool = (vector: string) => `sum by (project, pool) (${vector})`;
  const available = byPool(newest(POOL, `modelarts_pool_nodes{${IN_PROJECTS},state="available"}`));
  const each = (metric: string, ...labels: readonly string[]) =>
    `max by (${['project', 'training_job_id', ...labels].join(', ')}) (${metric})`;
  const running = `${each(`modelarts_training_job_nodes{${IN_PROJECTS}}`)} and on (project, training_job_id) (${each(
    `modelarts_training_job_status{${IN_PROJECTS},status="running"}`,
  )} == 1)`;
  const used = byPool(
    `(${running}) * on (project, training_job_id) group_left (pool) ${each(`modelarts_training_job_info{${IN_PROJECTS},pool!=""}`, 'pool')}`,
  );
  const wanted = byPool(newest(POOL, `modelarts_pool_nodes_wanted{${IN_PROJECTS}}`));
  const largest = (vector: string) =>
    `${vector} and on (project, pool) ${highest(POOLS_MAX, 'project, pool', `${wanted} or ${available}`)}`;
  return [
    lines(
      {
        title: 'Nodes of pools',
        description: `Nodes that a pool is to have, that are available, and that running training jobs use: the ${POOLS_MAX} largest pools.`,
        unit: 'short',
      },
      range(largest(wanted), '{{project}} {{pool}} wanted'),
      range(largest(available), '{{project}} {{pool}} available'),
      range(largest(used), '{{project}} {{pool}} in use'),
    ).span(24),
    lines(
      {
        title: 'Headroom of pools',
        description: `Available nodes that no running training job uses: the ${POOLS_MAX} pools that had the least. Services may use them.`,
        unit: 'short',
      },
      range(
        `-1 * (${highest(POOLS_MAX, 'project, pool', `(${used} or 0 * ${available}) - ${available}`)})`,
        '{{project}} {{pool}}',
      ),
    ).span(12),
    lines(
      {
        title: 'Abnormal time of pools',
        description:
          'The share of the hour before in which a pool was in a status that it is not meant to be in: the 20 worst pools.',
        unit: 'percentunit',
      },
      range(
        named(
          POOL,
          highest(
            20,
            'project, pool',
            `${newest(POOL, `increase(modelarts_pool_abnormal_seconds_total{${IN_PROJECTS}}[1h])`)} / 3600`,
          ),
        ),
        '{{project}} {{name}}',
      ),
    ).span(12),
  ];
}

/** Nodes that are to be taken from pools. */
export function maintenance() {
  const url = targetUrl(POOL, `\${__data.fields.project}`, `\${__data.fields.pool}`);
  return plannedMaintenance(IN_PROJECTS, [
    { field: 'project', title: 'Project' },
    { field: 'pool_name', title: 'Name', url },
    { field: 'pool', title: 'Pool', url },
  ]);
}

/** How deployments end and how long they take. */
export function deployments() {
  const started = newest(
    SERVICE,
    `modelarts_service_deployment_phase_start_timestamp_seconds{${IN_PROJECTS}}`,
    'phase',
  );
  return [
    coloured(
      lines(
        {
          title: 'Deployments by result',
          description: 'Deployments that ended within the hour before, of services of both generations.',
          unit: 'short',
        },
        range(hourly('modelarts_service_deployments_total', 'result'), '{{result}}'),
        range(
          hourly('modelarts_inference_service_deployments_total', 'result'),
          '{{result}} (new generation)',
        ),
      ),
      {
        success: COLOUR.good,
        fail: COLOUR.bad,
        'success (new generation)': COLOUR.ended,
        'fail (new generation)': COLOUR.warning,
      },
    )
      .axisSoftMax(1)
      .span(6),
    stackedSteps(
      {
        title: 'Failed deployments by phase',
        description: 'Deployments that failed within the hour before, by the phase in which they did.',
        unit: 'short',
      },
      range(
        ofProjects(
          `increase(modelarts_service_deployments_total{${IN_PROJECTS},result="fail"}[1h])`,
          'phase',
        ),
        '{{phase}}',
      ),
    )
      .axisSoftMax(1)
      .span(6),
    lines(
      {
        title: 'Duration of deployments',
        description: 'From the beginning of a deployment to its end, of the hour before.',
        unit: 's',
        empty: 'No deployment ended',
      },
      ...percentiles('modelarts_service_deployment_seconds', 'result'),
      range(mean('modelarts_service_deployment_seconds', 'result'), '{{result}} mean'),
    ).span(6),
    coloured(
      stackedSteps(
        { title: 'Services by status', description: 'How many services are in each status.', unit: 'short' },
        range(ofProjects(`modelarts_services{${IN_PROJECTS}}`, 'status'), '{{status}}'),
      ),
      stateColours(SERVICE_STATUS),
    ).span(6),
    table(
      {
        title: 'Deployments under way',
        description: 'The phase that each deployment is in, and for how long.',
        unit: 's',
        empty: 'Nothing is being deployed',
      },
      [
        { field: 'project', title: 'Project' },
        {
          field: 'service_name',
          title: 'Service',
          url: targetUrl(SERVICE, `\${__data.fields.project}`, `\${__data.fields.service_id}`),
        },
        { field: 'service_id', title: 'ID' },
        { field: 'phase', title: 'Phase' },
        { field: 'Value', title: 'For', unit: 's' },
      ],
      columns(`time() - ${started}`),
    )
      .span(24)
      .height(6),
  ];
}
