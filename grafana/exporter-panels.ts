import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { COLOUR } from './colours.ts';
import { lines, stackedSteps, table } from './panels.ts';
import { columns, IN_PROJECTS, range, UNENDED } from './queries.ts';
import { textMapping } from './states.ts';

/** Keeps the series of exporters among those of everything that exposes the same metric. */
const OF_EXPORTERS = 'and on (job, instance) modelarts_exporter_build_info{instance=~"$instance"}';

/** Age of the oldest timestamp by project and kind, where a target read by two exporters is as old as the newer says. */
function oldest(vector: string, each: string): string {
  return `max by (project, kind) (time() - max by (${each}) (${vector}))`;
}

function perSecond(by: string, selector: string): string {
  return `sum by (${by}) (rate(${selector}[$__rate_interval]))`;
}

function latency(quantile: number): string {
  const buckets = perSecond('le', 'modelarts_api_request_duration_seconds_bucket');
  return `histogram_quantile(${quantile}, ${buckets})`;
}

/** How the exporters do: their requests, their targets, their deliveries and their processes. */
export function exporterPanels(): Builder<Panel>[] {
  return [
    table(
      {
        title: 'Exporters',
        description:
          'Each exporter with its version, its share of the targets, and whether its last reload worked.',
        unit: 'short',
        empty: 'No exporter',
      },
      [
        { field: 'job', title: 'Job', width: 120 },
        { field: 'instance', title: 'Instance' },
        { field: 'version', title: 'Version', width: 100 },
        { field: 'node_version', title: 'Node.js', width: 100 },
        { field: 'shard', title: 'Shard', width: 80 },
        { field: 'shards', title: 'Of shards', width: 90 },
        {
          field: 'Value #B',
          title: 'Last reload',
          mappings: [textMapping({ 0: ['Failed', COLOUR.bad], 1: ['Worked', COLOUR.good] })],
          width: 100,
        },
        { field: 'Value #C', title: 'Loaded', unit: 'dateTimeFromNow', width: 140 },
      ],
      columns(
        'max by (job, instance, version, node_version, shard, shards) (modelarts_exporter_build_info * on (job, instance) group_left (shard, shards) modelarts_exporter_shard_info)',
      ),
      columns('max by (job, instance) (modelarts_exporter_config_last_reload_successful)'),
      columns(
        '1000 * max by (job, instance) (modelarts_exporter_config_last_reload_success_timestamp_seconds)',
      ),
    )
      .span(24)
      .height(5),
    lines(
      {
        title: 'API requests by code',
        description: 'Requests to the cloud per second, retries included. Code error: no answer came.',
        unit: 'reqps',
      },
      range(perSecond('code', `modelarts_api_requests_total{${IN_PROJECTS}}`), '{{code}}'),
    ),
    lines(
      {
        title: 'API latency',
        description: 'Quantiles of the duration of requests to the cloud, in all projects.',
        unit: 's',
      },
      range(latency(0.5), 'median'),
      range(latency(0.9), '90 %'),
      range(latency(0.99), '99 %'),
    ),
    lines(
      {
        title: 'Throttled requests',
        description:
          'Requests answered with 429 per second. Above 0 for long: lower rate_limit, or raise min_interval.',
        unit: 'reqps',
      },
      range(
        `${perSecond('project', `modelarts_api_requests_total{${IN_PROJECTS},code="429"}`)} or 0 * ${perSecond('project', `modelarts_api_requests_total{${IN_PROJECTS}}`)}`,
        '{{project}}',
      ),
    ),
    stackedSteps(
      {
        title: 'Refresh errors by reason',
        description: 'Refreshes of targets that failed, per minute.',
        unit: 'cpm',
      },
      range(`60 * ${perSecond('reason', `modelarts_refresh_errors_total{${IN_PROJECTS}}`)}`, '{{reason}}'),
    ),
    lines(
      {
        title: 'Age of the oldest refresh',
        description:
          'How long ago the target that waits the longest was read, by project and kind. What has ended is left out: it is read rarely.',
        unit: 's',
      },
      range(
        oldest(
          `modelarts_target_last_success_timestamp_seconds{${IN_PROJECTS}} ${UNENDED}`,
          'project, kind, target',
        ),
        '{{project}} {{kind}}',
      ),
    ),
    lines(
      {
        title: 'Longest refresh',
        description: 'Duration of the slowest refresh of a target, by project and kind.',
        unit: 's',
      },
      range(
        `max by (project, kind) (modelarts_target_refresh_duration_seconds{${IN_PROJECTS}})`,
        '{{project}} {{kind}}',
      ),
    ),
    lines(
      {
        title: 'Discovered targets',
        description: 'Targets that discovery found, by project and kind.',
        unit: 'short',
      },
      range(`max by (project, kind) (modelarts_discovered_targets{${IN_PROJECTS}})`, '{{project}} {{kind}}'),
    ),
    lines(
      {
        title: 'Age of discovery',
        description: 'How long ago a listing last worked, by project and kind.',
        unit: 's',
      },
      range(
        oldest(`modelarts_discovery_last_success_timestamp_seconds{${IN_PROJECTS}}`, 'project, kind'),
        '{{project}} {{kind}}',
      ),
    ),
    lines(
      {
        title: 'Delivery to Alertmanager',
        description: 'Alerts taken by each Alertmanager, and requests to it that failed, per minute.',
        unit: 'cpm',
        empty: 'No Alertmanager is configured',
      },
      range(
        `60 * ${perSecond('alertmanager', 'modelarts_alertmanager_alerts_sent_total')}`,
        '{{alertmanager}} sent',
      ),
      range(
        `60 * ${perSecond('alertmanager', 'modelarts_alertmanager_errors_total')}`,
        '{{alertmanager}} failed',
      ),
    ),
    lines(
      {
        title: 'What may be missing',
        description:
          'Per hour: polls that were cut off, events that could not be read, scrapes answered before every due target was done, and writes of the state file that failed.',
        unit: 'short',
      },
      range(
        `3600 * sum(rate(modelarts_truncated_polls_total{${IN_PROJECTS}}[$__rate_interval]))`,
        'truncated polls',
      ),
      range(
        `3600 * sum(rate(modelarts_malformed_events_total{${IN_PROJECTS}}[$__rate_interval]))`,
        'malformed events',
      ),
      range('3600 * sum(rate(modelarts_scrapes_partial_total[$__rate_interval]))', 'partial scrapes'),
      range(
        '3600 * sum(rate(modelarts_exporter_state_write_errors_total[$__rate_interval]))',
        'failed state writes',
      ),
    ),
    lines(
      {
        title: 'Clock skew',
        description: "The API's clock less the exporter's. Signed requests fail beyond 15 minutes.",
        unit: 's',
      },
      range(
        `max by (project, instance) (modelarts_api_clock_skew_seconds{${IN_PROJECTS},instance=~"$instance"})`,
        '{{project}} {{instance}}',
      ),
    ).min(-1),
    lines(
      {
        title: 'Memory',
        description: 'Resident memory of each exporter.',
        unit: 'bytes',
      },
      range(`process_resident_memory_bytes ${OF_EXPORTERS}`, '{{instance}}'),
    ),
    lines(
      {
        title: 'CPU',
        description: 'Share of one core that each exporter uses.',
        unit: 'percentunit',
      },
      range(`rate(process_cpu_seconds_total[$__rate_interval]) ${OF_EXPORTERS}`, '{{instance}}'),
    ),
    lines(
      {
        title: 'Event loop lag',
        description:
          'How late the event loop of each exporter is at the 99th percentile. Scrapes wait as long.',
        unit: 's',
      },
      range(`nodejs_eventloop_lag_p99_seconds ${OF_EXPORTERS}`, '{{instance}}'),
    ),
  ];
}
