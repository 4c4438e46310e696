import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { COLOUR } from './colours.ts';
import { dashboard, type PortableDashboard } from './dashboard.ts';
import { bars, stackedSteps, stat, table } from './panels.ts';
import { chosen, columns, DATASOURCE, its, newest, now, range } from './queries.ts';
import { SERVICE_STATUS, UPDATE_RESULT } from './states.ts';
import {
  countOfRecent,
  eventsByClass,
  lastEvent,
  readable,
  recentEvents,
  stateCourse,
  stateNow,
} from './target-panels.ts';
import { identity, SERVICE } from './targets.ts';

const IT = chosen(SERVICE);
const MODEL = ['model_id', 'model_name', 'model_version'] as const;

function current() {
  return [
    stateNow(
      {
        title: 'Status',
        description: 'Status as the listing of services has it. Only for services that discovery found.',
        empty: 'Not discovered',
      },
      SERVICE_STATUS,
      SERVICE,
    ),
    stateNow(
      { title: 'Newest update', description: 'Result of the newest update record.', empty: 'None yet' },
      UPDATE_RESULT,
      SERVICE,
    ),
    stat(
      {
        title: 'Updated',
        description: 'Time of the newest update record.',
        unit: 'dateTimeFromNow',
        empty: 'Never',
      },
      `1000 * ${newest(SERVICE, its(SERVICE, 'last_update_timestamp_seconds'))}`,
    ),
    countOfRecent(SERVICE, 'abnormal', 'Abnormal events', COLOUR.bad),
    lastEvent(SERVICE),
    readable(SERVICE),
    stat(
      {
        title: 'Last update took',
        description: 'From the beginning of the newest update that ended to its end.',
        unit: 's',
        empty: 'None seen',
      },
      newest(SERVICE, its(SERVICE, 'update_duration_seconds')),
    ),
    stat(
      {
        title: 'Available',
        description:
          'Time in which the service was running, as a share of that and the time in which it was failed or concerning, within the time range.',
        unit: 'percentunit',
        empty: 'Not discovered',
      },
      `${newest(SERVICE, `increase(modelarts_service_availability_seconds_total{${IT},state="good"}[$__range])`)} / (sum by (${identity(SERVICE)}) (${newest(SERVICE, `increase(modelarts_service_availability_seconds_total{${IT}}[$__range])`, 'state')}) > 0)`,
    ),
    ...(
      [
        ['infer_type', 'Type', 'Unknown'],
        ['owner', 'Owner', 'Unknown'],
        ['pool', 'Pool', 'None told'],
      ] as const
    ).map(([label, title, empty]) =>
      stat(
        {
          title,
          description: `${title} of the service, as ModelArts tells it.`,
          unit: 'none',
          empty,
        },
        // A text that is shown as the name of a value has to be one.
        now(
          `label_replace(max by (${label}) (modelarts_service_info{${IT}}), "${label}", "${empty}", "${label}", "")`,
          `{{${label}}}`,
        ),
      )
        .textMode(BigValueTextMode.Name)
        .span(label === 'infer_type' ? 4 : 6),
    ),
  ];
}

function events() {
  const byType = {
    title: 'Events by type',
    description: 'Events per minute. Their text is on the status page.',
  };
  return [recentEvents(SERVICE).span(12), eventsByClass(byType, SERVICE).span(12)];
}

function updates() {
  return [
    stateCourse(
      {
        title: 'Update results',
        description: 'Result of the newest update record over time.',
        empty: 'No update yet',
      },
      UPDATE_RESULT,
      SERVICE,
    )
      .span(6)
      .height(6),
    stateCourse(
      {
        title: 'Status',
        description: 'Status as the listing of services had it. Only for services that discovery found.',
        empty: 'Not discovered',
      },
      SERVICE_STATUS,
      SERVICE,
    )
      .span(6)
      .height(6),
    bars(
      {
        title: 'Updates by result',
        description: 'Updates that ended within the time range, by result.',
        unit: 'short',
      },
      now(`max by (result) (increase(modelarts_service_updates_total{${IT}}[$__range]))`, '{{result}}'),
    )
      .decimals(0)
      .span(6)
      .height(6),
    bars(
      {
        title: 'Edge nodes',
        description: 'Nodes on which the newest update succeeded or failed. Only edge services have them.',
        unit: 'short',
        empty: 'Not an edge service',
      },
      now(`max by (outcome) (modelarts_service_last_update_nodes{${IT}})`, '{{outcome}}'),
    )
      .decimals(0)
      .span(6)
      .height(6),
  ];
}

function deployment() {
  return [
    stackedSteps(
      {
        title: 'Duration of deployment phases',
        description:
          'Duration of the latest completed run of each phase: together, how long a deployment takes.',
        unit: 's',
        empty: 'No deployment has been seen',
      },
      range(newest(SERVICE, its(SERVICE, 'deployment_phase_duration_seconds'), 'phase'), '{{phase}}'),
    ),
    stackedSteps(
      {
        title: 'Instances by model version',
        description: 'Instances in the newest update record.',
        unit: 'short',
        empty: 'No update yet',
      },
      range(
        `sum by (model_name, model_version) (${newest(SERVICE, its(SERVICE, 'model_instances'), ...MODEL, 'specification')})`,
        '{{model_name}} {{model_version}}',
      ),
    ),
    stackedSteps(
      {
        title: 'Traffic by model version',
        description: 'Share of the traffic that each model version gets by the newest update record.',
        unit: 'percentunit',
        empty: 'No update yet',
      },
      range(
        newest(SERVICE, its(SERVICE, 'model_traffic_weight_ratio'), ...MODEL),
        '{{model_name}} {{model_version}}',
      ),
    ).max(1),
    table(
      {
        title: 'Models',
        description: 'Models of the newest update record with their specification and instances.',
        unit: 'short',
        empty: 'No update yet',
      },
      [
        { field: 'model_name', title: 'Model' },
        { field: 'model_version', title: 'Version', width: 110 },
        { field: 'model_id', title: 'Model ID' },
        { field: 'specification', title: 'Specification' },
        { field: 'Value', title: 'Instances', width: 110 },
      ],
      columns(`max by (${MODEL.join(', ')}, specification) (modelarts_service_model_instances{${IT}})`),
    )
      .span(24)
      .height(6),
  ];
}

/** Time of the newest update in milliseconds, labelled with its result. */
const updateTimes = `1000 * (max by (project, service_id, result) (modelarts_service_last_update_result{${IT}}) == 1) * on (project, service_id) group_left max by (project, service_id) (modelarts_service_last_update_timestamp_seconds{${IT}})`;

/** One service: its events, updates and deployments. */
export function serviceDashboard(): PortableDashboard {
  return dashboard({
    uid: SERVICE.uid,
    title: 'ModelArts service',
    description: 'Events, updates and deployments of one ModelArts inference service.',
    target: SERVICE,
    annotations: [
      new AnnotationQueryBuilder()
        .name('Updates')
        .datasource(DATASOURCE)
        .enable(true)
        .iconColor(COLOUR.ended)
        .expr(updateTimes)
        .useValueForTime(true)
        .titleFormat('Update: {{result}}')
        .tagKeys('result'),
    ],
    sections: [
      { title: 'Now', panels: current() },
      { title: 'Events', panels: events() },
      { title: 'Updates', panels: updates() },
      { title: 'Deployment', panels: deployment() },
    ],
  });
}
