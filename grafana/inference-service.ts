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
import { chosen, columns, eventsPerMinute, named, newest, now, range } from './queries.ts';
import { readable } from './readable.ts';
import { INFERENCE_SERVICE_STATUS, stateMappings, stateNumber } from './states.ts';
import { INFERENCE_SERVICE, identity } from './targets.ts';

const IT = chosen(INFERENCE_SERVICE);
const EVENT_COLOURS = { normal: COLOUR.busy, abnormal: COLOUR.bad, warning: COLOUR.warning };
const STATUS = stateNumber(INFERENCE_SERVICE_STATUS, IT, identity(INFERENCE_SERVICE));

function instances(condition: string): string {
  const each = `modelarts_inference_service_instances{${IT},state="${condition}"}`;
  return `sum(${newest(INFERENCE_SERVICE, each, 'deployment', 'version')})`;
}

function current() {
  const recent = (type: string) =>
    newest(INFERENCE_SERVICE, `modelarts_inference_service_recent_events{${IT},event_type="${type}"}`);
  const last = newest(INFERENCE_SERVICE, `modelarts_inference_service_last_event_timestamp_seconds{${IT}}`);
  return [
    state(
      {
        title: 'Status',
        description: 'Status from discovery, or as the service itself tells it, whichever is newer.',
        empty: 'Not known yet',
      },
      INFERENCE_SERVICE_STATUS,
      now(STATUS, 'Status'),
    ),
    stat(
      {
        title: 'Instances missing',
        description: 'Instances that are wanted and do not run, of all deployments.',
        unit: 'short',
        empty: 'Not known yet',
      },
      now(`${instances('wanted')} - ${instances('running')}`, 'Instances missing'),
    ),
    problemCount(
      {
        title: 'Abnormal events',
        description: 'Abnormal events within the window of the exporter, by default an hour.',
        unit: 'short',
      },
      now(recent('abnormal'), 'Abnormal events'),
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
    stat(
      {
        title: 'Last event',
        description: 'When the service last had an event of any type.',
        unit: 'dateTimeFromNow',
        empty: 'None yet',
      },
      now(`1000 * ${last}`, 'Last event'),
    ),
    readable(INFERENCE_SERVICE),
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
        range(
          newest(INFERENCE_SERVICE, `modelarts_inference_service_recent_events{${IT}}`, 'event_type'),
          '{{event_type}}',
        ),
      ),
      EVENT_COLOURS,
    ),
    coloured(
      eventBars(
        { title: 'Events by type', description: 'Events per minute. Their text is on the status page.' },
        range(
          eventsPerMinute(INFERENCE_SERVICE, `modelarts_inference_service_events_total{${IT}}`, 'event_type'),
          '{{event_type}}',
        ),
      ),
      EVENT_COLOURS,
    ),
    bars(
      {
        title: 'Pod events',
        description:
          'Kubernetes events of its pods within the time range, where they are read: the 20 most frequent.',
        unit: 'short',
        empty: 'None, or pods: true is not set',
      },
      now(
        `topk(20, max by (type, reason) (increase(modelarts_inference_service_pod_events_total{${IT}}[$__range])) > 0)`,
        '{{type}}: {{reason}}',
      ),
    )
      .decimals(0)
      .span(8),
  ];
}

function deployments() {
  return [
    timeline(
      {
        title: 'Status',
        description: 'Status from discovery, or as the service itself told it, whichever was newer.',
        empty: 'Not known yet',
      },
      stateMappings(INFERENCE_SERVICE_STATUS),
      range(named(INFERENCE_SERVICE, STATUS), '{{name}}'),
    )
      .span(8)
      .height(6),
    stackedSteps(
      {
        title: 'Instances that run',
        description: 'Instances that run, by deployment and version.',
        unit: 'short',
        empty: 'Not known yet',
      },
      range(
        newest(
          INFERENCE_SERVICE,
          `modelarts_inference_service_instances{${IT},state="running"}`,
          'deployment',
          'version',
        ),
        '{{deployment}} {{version}}',
      ),
    ),
    stackedSteps(
      {
        title: 'Traffic by deployment',
        description: 'Share of the traffic that each deployment gets.',
        unit: 'percentunit',
        empty: 'Not known yet',
      },
      range(
        newest(
          INFERENCE_SERVICE,
          `modelarts_inference_service_traffic_ratio{${IT}}`,
          'deployment',
          'version',
        ),
        '{{deployment}} {{version}}',
      ),
    ).max(1),
    bars(
      {
        title: 'Latest deployment by phase',
        description: 'Duration of the latest completed run of each phase, where texts tell it.',
        unit: 's',
        empty: 'No text has told it',
      },
      now(
        newest(
          INFERENCE_SERVICE,
          `modelarts_inference_service_deployment_phase_duration_seconds{${IT}}`,
          'phase',
        ),
        '{{phase}}',
      ),
    ).span(8),
    table(
      {
        title: 'What it is',
        description: 'Whose it is, where it runs, and in which version.',
        unit: 'short',
        empty: 'Not known yet',
      },
      [
        { field: 'owner', title: 'Owner' },
        { field: 'pool', title: 'Pool' },
        { field: 'version', title: 'Version', width: 110 },
        { field: 'type', title: 'Type' },
        { field: 'deploy_type', title: 'Deployed as' },
      ],
      columns(`max by (owner, pool, version, type, deploy_type) (modelarts_inference_service_info{${IT}})`),
    )
      .span(12)
      .height(6),
    stat(
      {
        title: 'Versions',
        description: 'Versions that the service has.',
        unit: 'short',
        empty: 'Not known yet',
      },
      now(newest(INFERENCE_SERVICE, `modelarts_inference_service_versions{${IT}}`), 'Versions'),
    )
      .span(4)
      .height(6),
  ];
}

/** One service of the new generation: its status, events and deployments. */
export function inferenceServiceDashboard(): PortableDashboard {
  return dashboard({
    uid: INFERENCE_SERVICE.uid,
    title: 'ModelArts inference service',
    description: 'Status, events and deployments of one ModelArts service of the new generation.',
    target: INFERENCE_SERVICE,
    sections: [
      { title: 'Now', panels: current() },
      { title: 'Events', panels: events() },
      { title: 'Deployments', panels: deployments() },
    ],
  });
}
