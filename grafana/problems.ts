import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { COLOUR } from './colours.ts';
import { type Column, dataLink, problemCount, table } from './panels.ts';
import { columns, countOf, IN_PROJECTS, UNENDED } from './queries.ts';
import { textMapping } from './states.ts';
import {
  INFERENCE_SERVICE,
  identity,
  POOL,
  SERVICE,
  type TargetKind,
  TRAINING_JOB,
  targetUrl,
} from './targets.ts';
import { ofProjects } from './totals.ts';

/** A problem is a series above 0. */
interface Problem {
  readonly metric: string;
  readonly matcher: string;
  /** Label of which the text may take the value, as `$1`. */
  readonly label: string;
  readonly text: string;
}

/** What can be wrong with the targets of one kind. */
interface Trouble {
  readonly target: TargetKind;
  /** In the plural. */
  readonly title: string;
  readonly description: string;
  readonly problems: readonly Problem[];
}

const TROUBLES: readonly Trouble[] = [
  {
    target: SERVICE,
    title: 'Services',
    description:
      'Services with abnormal events within the window, a failed newest update, or status failed or concerning.',
    problems: [
      {
        metric: 'modelarts_service_recent_events',
        matcher: 'event_type="abnormal"',
        label: 'event_type',
        text: 'abnormal events',
      },
      {
        metric: 'modelarts_service_last_update_result',
        matcher: 'result="fail"',
        label: 'result',
        text: 'update failed',
      },
      {
        metric: 'modelarts_service_status',
        matcher: 'status=~"failed|concerning"',
        label: 'status',
        text: 'status $1',
      },
    ],
  },
  {
    target: INFERENCE_SERVICE,
    title: 'Inference services',
    description:
      'Services of the new generation with abnormal or warning events within the window, or status failed, error or concerning.',
    problems: [
      {
        metric: 'modelarts_inference_service_recent_events',
        matcher: 'event_type=~"abnormal|warning"',
        label: 'event_type',
        text: '$1 events',
      },
      {
        metric: 'modelarts_inference_service_status',
        matcher: 'status=~"failed|error|concerning"',
        label: 'status',
        text: 'status $1',
      },
    ],
  },
  {
    target: TRAINING_JOB,
    title: 'Training jobs',
    description: 'Training jobs with error events within the window, or in phase failed or abnormal.',
    problems: [
      {
        metric: 'modelarts_training_job_recent_events',
        matcher: 'level="error"',
        label: 'level',
        text: 'error events',
      },
      {
        metric: 'modelarts_training_job_status',
        matcher: 'status=~"failed|abnormal"',
        label: 'status',
        text: 'phase $1',
      },
    ],
  },
  {
    target: POOL,
    title: 'Pools',
    description: 'Resource pools with abnormal nodes, or neither running nor being created or deleted.',
    problems: [
      {
        metric: 'modelarts_pool_nodes',
        matcher: 'state="abnormal"',
        label: 'state',
        text: 'abnormal nodes',
      },
      {
        metric: 'modelarts_pool_status',
        matcher: 'status!~"running|creating|deleting"',
        label: 'status',
        text: 'status $1',
      },
    ],
  },
];

/** One series per target and problem, the problem in a label. */
function problemsOf({ target, problems }: Trouble): string {
  return problems
    .map(({ metric, matcher, label, text }) => {
      const series = `${metric}{${IN_PROJECTS},${matcher}} > 0`;
      const named = `label_replace(${series}, "problem", "${text}", "${label}", "(.+)")`;
      return `max by (${identity(target)}, problem) (${named})`;
    })
    .join(' or ');
}

/** The 20 targets whose last successful read is the oldest, with a label for the last try; 0 stands for never. */
function oldestReads(): string {
  const up = `modelarts_target_up{${IN_PROJECTS}}`;
  const lastRead = `max by (project, kind, target, target_name) (
    modelarts_target_last_success_timestamp_seconds{${IN_PROJECTS}} or ${up} * 0
  ) ${UNENDED}`;
  const failed = `${lastRead} unless on (project, kind, target) (${up} == 1)`;
  const worked = `${lastRead} and on (project, kind, target) (${up} == 1)`;
  return `bottomk(20,
    label_replace(${failed}, "last_try", "failed", "", "")
    or label_replace(${worked}, "last_try", "worked", "", "")
  )`;
}

const ALERT = ['project', 'alertname', 'severity'] as const;
/** What the bridge tells, each alert once. */
const bridgeAlerts = ofProjects(`modelarts_project_active_alerts{${IN_PROJECTS}}`, ...ALERT);
/** What the rules of this Prometheus tell. Those on exporters have no project, and are shown for each. */
const ruleAlerts = `sum by (${ALERT.join(', ')}) (ALERTS{alertname=~"ModelArts.+",alertstate="firing",severity=~"warning|critical",project=~"$project|"})`;
/** Of an alert that both tell, the bridge's. */
const activeAlerts = `sum(${bridgeAlerts} or ${ruleAlerts}) or 0 * count(modelarts_project_info{${IN_PROJECTS}})`;

const SEVERITIES = [
  textMapping({ critical: ['critical', COLOUR.bad], warning: ['warning', COLOUR.warning] }),
];

/** How many there are of each kind of problem. */
export function problemCounts(): Builder<Panel>[] {
  return [
    problemCount(
      {
        title: 'Targets down',
        description:
          'Targets that no exporter could read at its last try. Nothing is known of them meanwhile.',
        unit: 'short',
      },
      countOf(`max by (project, kind, target) (modelarts_target_up{${IN_PROJECTS}}) == 0`),
      COLOUR.bad,
    ).span(3),
    problemCount(
      {
        title: 'Failed updates',
        description: 'Services whose newest update record is FAIL.',
        unit: 'short',
      },
      countOf(
        `max by (project, service_id) (modelarts_service_last_update_result{${IN_PROJECTS},result="fail"}) == 1`,
      ),
      COLOUR.bad,
    )
      .dataLinks([toDashboard(SERVICE)])
      .span(3),
    ...TROUBLES.map((trouble) =>
      problemCount(
        { title: trouble.title, description: trouble.description, unit: 'short' },
        countOf(`count by (project, ${trouble.target.id}) (${problemsOf(trouble)})`),
        COLOUR.bad,
      )
        .dataLinks([toDashboard(trouble.target)])
        .span(trouble.title.length > 8 ? 4 : 3),
    ),
    problemCount(
      {
        title: 'Active alerts',
        description:
          'Alerts that fire in the chosen projects and on exporters: as the bridge tells them, or else the rules in this Prometheus.',
        unit: 'short',
        empty: 'No exporter',
      },
      activeAlerts,
      COLOUR.warning,
    ).span(4),
  ];
}

function toDashboard({ uid, title }: TargetKind) {
  const kept = `\${__url_time_range}&\${prometheus_datasource:queryparam}&\${project:queryparam}`;
  return dataLink(`${title} dashboard`, `/d/${uid}?${kept}`);
}

/** What the problems are, and where. */
export function problemTables(): Builder<Panel>[] {
  return [
    table(
      {
        title: 'Active alerts by name',
        description:
          'How many alerts the bridge tells of, and how many fire by the rules in this Prometheus. While the bridge delivers, Alertmanager holds back the rules that it replaces.',
        unit: 'short',
        empty: 'No alert fires',
      },
      [
        { field: 'alertname', title: 'Alert' },
        { field: 'severity', title: 'Severity', mappings: SEVERITIES, width: 100 },
        { field: 'project', title: 'Project', width: 140 },
        { field: 'Value #A', title: 'By the bridge', width: 120 },
        { field: 'Value #B', title: 'By rules', width: 100 },
      ],
      columns(bridgeAlerts),
      columns(ruleAlerts),
    )
      .sortBy([new TableSortByFieldStateBuilder().displayName('Severity')])
      .span(24),
    ...TROUBLES.map((trouble) =>
      table(
        {
          title: `${trouble.title} with problems`,
          description: `${trouble.description} One row per problem; names and ids lead to the details.`,
          unit: 'short',
          empty: `No problem with ${trouble.title.toLowerCase()}`,
        },
        [
          ...targetColumns(trouble.target),
          { field: 'problem', title: 'Problem', width: 140 },
          { field: 'Value', title: 'Count', width: 70 },
        ],
        columns(problemsOf(trouble)),
      ),
    ),
    table(
      {
        title: 'Targets read longest ago',
        description:
          'The 20 targets whose last successful read is the oldest, and whether the last try worked. What has ended is left out: it is read rarely.',
        unit: 'short',
        empty: 'No target',
      },
      [
        { field: 'project', title: 'Project', width: 110 },
        { field: 'kind', title: 'Kind', width: 140 },
        { field: 'target_name', title: 'Name' },
        { field: 'target', title: 'Target' },
        { field: 'last_try', title: 'Last try', width: 80 },
        {
          field: 'Value',
          title: 'Last read',
          unit: 'dateTimeFromNow',
          mappings: [textMapping({ 0: ['Never', COLOUR.bad] })],
          width: 130,
        },
      ],
      columns(`1000 * ${oldestReads()}`),
    ).span(24),
  ];
}

function targetColumns(target: TargetKind): Column[] {
  const url = targetUrl(target, `\${__data.fields.project}`, `\${__data.fields.${target.id}}`);
  return [
    { field: 'project', title: 'Project', width: 110 },
    { field: target.name, title: 'Name', url },
    { field: target.id, title: target.title, url },
  ];
}
