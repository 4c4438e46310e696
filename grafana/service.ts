import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { COLOUR } from './colours.ts';
import { dashboard, type PortableDashboard } from './dashboard.ts';
import {
  bars,
  coloured,
  eventBars,
  lines,
  problemCount,
  stackedSteps,
  stat,
  state,
  table,
  timeline,
} from './panels.ts';
import { chosen, columns, DATASOURCE, eventsPerMinute, named, newest, now, range } from './queries.ts';
import { readable } from './readable.ts';
import { SERVICE_STATUS, stateMappings, stateNumber, UPDATE_RESULT } from './states.ts';
import { identity, SERVICE } from './targets.ts';

const IT = chosen(SERVICE);
const EVENT_COLOURS = { normal: COLOUR.busy, abnormal: COLOUR.bad };
const MODEL = ['model_id', 'model_name', 'model_version'] as const;

function current() {
  return [
    state(
      {
        title: 'Status',
        description: 'Status as the listing of services has it. Only for services that discovery found.',
        empty: 'Not discovered',
      },
      SERVICE_STATUS,
      now(stateNumber(SERVICE_STATUS, IT, identity(SERVICE)), 'Status'),
    ),
    state(
      { title: 'Newest update', description: 'Result of the newest update record.', empty: 'None yet' },
      UPDATE_RESULT,
      now(stateNumber(UPDATE_RESULT, IT, identity(SERVICE)), 'Result'),
    ),
    stat(
      {
        title: 'Updated',
        description: 'Time of the newest update record.',
        unit: 'dateTimeFromNow',
        empty: 'Never',
      },
      now(`1000 * ${newest(SERVICE, `modelarts_service_last_update_timestamp_seconds{${IT}}`)}`, 'Updated'),
    ),
    problemCount(
      {
        title: 'Abnormal events',
        description: 'Abnormal events within the window of the exporter, by default an hour.',
        unit: 'short',
      },
      now(newest(SERVICE, `modelarts_service_recent_events{${IT},event_type="abnormal"}`), 'Abnormal events'),
      COLOUR.bad,
    ),
    stat(
      {
        title: 'Last event',
        description: 'When the service last had an event of any type.',
        unit: 'dateTimeFromNow',
        empty: 'None yet',
      },
      now(`1000 * ${newest(SERVICE, `modelarts_service_last_event_timestamp_seconds{${IT}}`)}`, 'Last event'),
    ),
    readable(SERVICE),
    stat(
      {
        title: 'Last update took',
        description: 'From the beginning of the newest update that ended to its end.',
        unit: 's',
        empty: 'None seen',
      },
      now(newest(SERVICE, `modelarts_service_update_duration_seconds{${IT}}`), 'Last update took'),
    ),
    stat(
      {
        title: 'Available',
        description:
          'Time in which the service was running, as a share of that and the time in which it was failed or concerning, within the time range.',
        unit: 'percentunit',
        empty: 'Not discovered',
      },
      now(
        `${newest(SERVICE, `increase(modelarts_service_availability_seconds_total{${IT},state="good"}[$__range])`)} / (sum by (${identity(SERVICE)}) (${newest(SERVICE, `increase(modelarts_service_availability_seconds_total{${IT}}[$__range])`, 'state')}) > 0)`,
        'Available',
      ),
    ),
    ...(
      [
        ['infer_type', 'Type'],
        ['owner', 'Owner'],
        ['pool', 'Pool'],
      ] as const
    ).map(([label, title]) =>
      stat(
        {
          title,
          description: `${title} of the service, as ModelArts tells it.`,
          unit: 'none',
          empty: 'Unknown',
        },
        now(`max by (${label}) (modelarts_service_info{${IT}})`, `{{${label}}}`),
      ).textMode(BigValueTextMode.Name),
    ),
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
        range(newest(SERVICE, `modelarts_service_recent_events{${IT}}`, 'event_type'), '{{event_type}}'),
      ),
      EVENT_COLOURS,
    ).span(12),
    coloured(
      eventBars(
        { title: 'Events by type', description: 'Events per minute. Their text is on the status page.' },
        range(
          eventsPerMinute(SERVICE, `modelarts_service_events_total{${IT}}`, 'event_type'),
          '{{event_type}}',
        ),
      ),
      EVENT_COLOURS,
    ).span(12),
  ];
}

function updates() {
  return [
    timeline(
      {
        title: 'Update results',
        description: 'Result of the newest update record over time.',
        empty: 'No update yet',
      },
      stateMappings(UPDATE_RESULT),
      range(named(SERVICE, stateNumber(UPDATE_RESULT, IT, identity(SERVICE))), '{{name}}'),
    )
      .span(6)
      .height(6),
    timeline(
      {
        title: 'Status',
        description: 'Status as the listing of services had it. Only for services that discovery found.',
        empty: 'Not discovered',
      },
      stateMappings(SERVICE_STATUS),
      range(named(SERVICE, stateNumber(SERVICE_STATUS, IT, identity(SERVICE))), '{{name}}'),
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
      range(
        newest(SERVICE, `modelarts_service_deployment_phase_duration_seconds{${IT}}`, 'phase'),
        '{{phase}}',
      ),
    ),
    stackedSteps(
      {
        title: 'Instances by model version',
        description: 'Instances in the newest update record.',
        unit: 'short',
        empty: 'No update yet',
      },
      range(
        `sum by (model_name, model_version) (${newest(SERVICE, `modelarts_service_model_instances{${IT}}`, ...MODEL, 'specification')})`,
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
        newest(SERVICE, `modelarts_service_model_traffic_weight_ratio{${IT}}`, ...MODEL),
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
