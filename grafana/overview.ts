import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { COLOUR } from './colours.ts';
import { dashboard, type PortableDashboard } from './dashboard.ts';
import { exporterPanels } from './exporter-panels.ts';
import { capacity, deployments, fleet, maintenance } from './fleet.ts';
import { bars, dataLink, timeline } from './panels.ts';
import { problemCounts, problemTables } from './problems.ts';
import { DATASOURCE, highest, IN_PROJECTS, named, newest, now, range } from './queries.ts';
import { POOL_STATUS, stateMappings, stateNumber, UPDATE_RESULT } from './states.ts';
import { eventsByClass } from './target-panels.ts';
import {
  INFERENCE_SERVICE,
  identity,
  POOL,
  SERVICE,
  type TargetKind,
  TRAINING_JOB,
  targetUrl,
} from './targets.ts';
import { trainingAtAGlance } from './training-efficiency.ts';
import { instanceVariable } from './variables.ts';

function events() {
  const of = (target: TargetKind, title: string, description: string) =>
    eventsByClass({ title, description }, target, IN_PROJECTS).span(6);
  return [
    of(
      SERVICE,
      'Service events by type',
      'Events per minute of all services. Abnormal ones want to be looked at.',
    ),
    of(
      INFERENCE_SERVICE,
      'Inference service events by type',
      'Events per minute of all services of the new generation.',
    ),
    of(TRAINING_JOB, 'Training job events by level', 'Events per minute of all training jobs.'),
    of(
      POOL,
      'Pool events by type',
      'Events per minute of all resource pools. An event that is repeated counts as often.',
    ),
  ];
}

function linkedTo(target: TargetKind) {
  const url = targetUrl(target, `\${__field.labels.project}`, `\${__field.labels.${target.id}}`);
  return [dataLink('Show details', url)];
}

const results = stateNumber(UPDATE_RESULT, IN_PROJECTS, identity(SERVICE));
/** The number of a result is the greater, the worse it is; 1 is a success. */
const notSuccessful = `${results} and on (project, service_id) topk(50, max_over_time((${results})[$__range:$__interval] @ end()) > 1)`;
const poolStates = highest(50, 'project, pool', stateNumber(POOL_STATUS, IN_PROJECTS, identity(POOL)));

function states() {
  return [
    timeline(
      {
        title: 'Results of service updates',
        description:
          'Services whose newest update failed or was under way in the time range; at most 50, failed ones before others.',
        empty: 'Every update was a success',
      },
      stateMappings(UPDATE_RESULT),
      range(named(SERVICE, notSuccessful), '{{name}}'),
    ).dataLinks(linkedTo(SERVICE)),
    timeline(
      {
        title: 'Status of pools',
        description:
          'Status of resource pools, from their events or from discovery, whichever is newer; at most 50, abnormal ones before others.',
        empty: 'No pool',
      },
      stateMappings(POOL_STATUS),
      range(named(POOL, poolStates), '{{name}}'),
    ).dataLinks(linkedTo(POOL)),
    bars(
      {
        title: 'Slowest deployments',
        description:
          'The ten services whose latest deployment took the longest: the sum of its phases. Pulling images and waiting for resources are the usual causes.',
        unit: 's',
        empty: 'No deployment has been seen',
      },
      now(
        named(
          SERVICE,
          `topk(10, sum by (${identity(SERVICE)}) (${newest(
            SERVICE,
            `modelarts_service_deployment_phase_duration_seconds{${IN_PROJECTS}}`,
            'phase',
          )}))`,
        ),
        '{{name}}',
      ),
    )
      .dataLinks(linkedTo(SERVICE))
      .span(24),
  ];
}

const failedUpdateTimes = `1000 * topk(50, ${newest(
  SERVICE,
  `modelarts_service_last_update_timestamp_seconds{${IN_PROJECTS}}`,
)} and on (project, service_id) (${newest(
  SERVICE,
  `modelarts_service_last_update_result{${IN_PROJECTS},result="fail"}`,
)} == 1))`;

/** What is wrong now, over all projects and kinds, and how the exporter itself does. */
export function overview(): PortableDashboard {
  return dashboard({
    uid: 'modelarts-overview',
    title: 'ModelArts overview',
    description:
      'What is wrong now in Huawei Cloud ModelArts, what happened, and how modelarts-exporter itself does.',
    variables: [instanceVariable()],
    annotations: [
      new AnnotationQueryBuilder()
        .name('Failed updates')
        .datasource(DATASOURCE)
        .enable(true)
        .iconColor(COLOUR.bad)
        .expr(failedUpdateTimes)
        .useValueForTime(true)
        .titleFormat('Update failed')
        .textFormat('{{service_name}} {{service_id}}')
        .tagKeys('project'),
    ],
    sections: [
      { title: 'What is wrong now', panels: [...problemCounts(), ...problemTables()] },
      { title: 'Events', panels: events() },
      { title: 'States', panels: states() },
      { title: 'Fleet', panels: fleet() },
      { title: 'Capacity', panels: [...capacity(), maintenance()] },
      { title: 'Deployments', panels: deployments() },
      { title: 'Training', panels: trainingAtAGlance() },
      { title: 'Exporter', collapsed: true, panels: exporterPanels() },
    ],
  });
}
