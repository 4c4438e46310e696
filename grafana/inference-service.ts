import { BarGaugeNamePlacement } from '@grafana/grafana-foundation-sdk/common';
import { COLOUR } from './colours.ts';
import { dashboard, type PortableDashboard } from './dashboard.ts';
import { bars, stackedSteps, stat, table } from './panels.ts';
import { chosen, columns, its, newest, now, range } from './queries.ts';
import { INFERENCE_SERVICE_STATUS } from './states.ts';
import {
  countOfRecent,
  eventsByClass,
  lastEvent,
  readable,
  recentEvents,
  stateCourse,
  stateNow,
} from './target-panels.ts';
import { INFERENCE_SERVICE } from './targets.ts';

const IT = chosen(INFERENCE_SERVICE);

function instances(condition: string): string {
  const each = its(INFERENCE_SERVICE, 'instances', `state="${condition}"`);
  return `sum(${newest(INFERENCE_SERVICE, each, 'deployment', 'version')})`;
}

function current() {
  return [
    stateNow(
      {
        title: 'Status',
        description: 'Status from discovery, or as the service itself tells it, whichever is newer.',
        empty: 'Not known yet',
      },
      INFERENCE_SERVICE_STATUS,
      INFERENCE_SERVICE,
    ),
    stat(
      {
        title: 'Instances missing',
        description: 'Instances that are wanted and do not run, of all deployments.',
        unit: 'short',
        empty: 'Not known yet',
      },
      `${instances('wanted')} - ${instances('running')}`,
    ),
    countOfRecent(INFERENCE_SERVICE, 'abnormal', 'Abnormal events', COLOUR.bad),
    countOfRecent(INFERENCE_SERVICE, 'warning', 'Warnings', COLOUR.warning),
    lastEvent(INFERENCE_SERVICE),
    readable(INFERENCE_SERVICE),
  ];
}

function events() {
  return [
    recentEvents(INFERENCE_SERVICE),
    eventsByClass(
      { title: 'Events by type', description: 'Events per minute. Their text is on the status page.' },
      INFERENCE_SERVICE,
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
      .namePlacement(BarGaugeNamePlacement.Top)
      .decimals(0)
      .span(8),
  ];
}

function deployments() {
  return [
    stateCourse(
      {
        title: 'Status',
        description: 'Status from discovery, or as the service itself told it, whichever was newer.',
        empty: 'Not known yet',
      },
      INFERENCE_SERVICE_STATUS,
      INFERENCE_SERVICE,
    ).span(8),
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
          its(INFERENCE_SERVICE, 'instances', 'state="running"'),
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
        newest(INFERENCE_SERVICE, its(INFERENCE_SERVICE, 'traffic_ratio'), 'deployment', 'version'),
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
        newest(INFERENCE_SERVICE, its(INFERENCE_SERVICE, 'deployment_phase_duration_seconds'), 'phase'),
        '{{phase}}',
      ),
    )
      .span(8)
      .height(6),
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
      newest(INFERENCE_SERVICE, its(INFERENCE_SERVICE, 'versions')),
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
