import { Gauge, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { Format } from '../../src/metrics/lines.ts';
import { registryText } from '../../src/metrics/registry-text.ts';
import { Scrapers } from '../../src/metrics/scrapers.ts';
import { SelfMetrics, type SelfMetricsOptions } from '../../src/metrics/self-metrics.ts';
import { parseExposition } from './parse.ts';

const OPTIONS: SelfMetricsOptions = {
  version: '1.2.3',
  revision: 'abc',
  shard: { index: 0, count: 1 },
  startedAt: 0,
  scrapers: new Scrapers({ now: () => 0 }),
  firing: () => [],
  loads: () => [],
};
const PROD = { project: 'prod', kind: 'service' } as const;
const DEV = { project: 'dev', kind: 'pool' } as const;

async function configured(firing = OPTIONS.firing): Promise<SelfMetrics> {
  const metrics = new SelfMetrics({ ...OPTIONS, firing });
  await metrics.configure({
    projects: ['prod', 'dev'],
    kinds: [PROD, DEV],
    discoveries: [PROD, DEV],
    operations: [{ project: 'prod', operation: 'service_events' }],
    alertmanagers: ['http://user:secret@am:9093/'],
  });
  return metrics;
}

/** The project's own samples, without those of the process. */
async function samples(metrics: SelfMetrics, format: Format = 'text'): Promise<Record<string, string>> {
  const all = parseExposition(await metrics.text(format));
  return Object.fromEntries([...all].filter(([series]) => series.startsWith('modelarts_')));
}

test('closed sets exist with 0 for what is configured', async () => {
  const found = await samples(await configured());
  expect(
    found['modelarts_refresh_errors_total{"project":"prod","kind":"service","reason":"throttled"}'],
  ).toBe('0');
  expect(found['modelarts_malformed_events_total{"project":"dev","kind":"pool"}']).toBe('0');
  expect(found['modelarts_truncated_polls_total{"project":"dev","kind":"pool"}']).toBe('0');
  expect(found['modelarts_active_alerts{"severity":"critical"}']).toBe('0');
  expect(found['modelarts_alertmanager_errors_total{"alertmanager":"http://am:9093"}']).toBe('0');
  for (const code of ['200', '429', 'error']) {
    const labels = `"project":"prod","operation":"service_events","code":"${code}"`;
    expect(found[`modelarts_api_requests_total{${labels}}`]).toBe('0');
  }
  expect(found['modelarts_api_request_duration_seconds_count{"operation":"service_events"}']).toBe('0');
  expect(found['modelarts_scrapes_partial_total{}']).toBe('0');
  expect(found['modelarts_exporter_shard_info{"shard":"0","shards":"1"}']).toBe('1');
  expect(
    found[
      `modelarts_exporter_build_info{"version":"1.2.3","revision":"abc","node_version":"${process.version}"}`
    ],
  ).toBe('1');
  expect(Object.keys(found).filter((series) => series.includes('last_success'))).toEqual([]);
});

test('everything told is shown', async () => {
  const down = (target: string) => ({
    severity: 'warning' as const,
    labels: { project: 'prod', alertname: 'ModelArtsTargetDown', target },
  });
  const metrics = await configured(() => [down('s1'), down('s2')]);
  metrics.api.projectInfo('prod', 'cn-north-4', 'id1');
  metrics.api.projectInfo('prod', 'cn-north-4', 'id2');
  metrics.reads.failed(PROD, 'auth');
  metrics.reads.malformed(PROD, 3);
  metrics.reads.truncated(DEV);
  metrics.reads.discovered(DEV, 7, 1_500);
  metrics.scrapePartial();
  metrics.configLoaded(2_000);
  metrics.configRejected();
  metrics.stateWriteFailed();
  const api = metrics.api.observer('prod');
  api.onResponse('service_events', 200, 0.07);
  api.onResponse('service_events', 'error', 20);
  api.onClockSkew(-1.5);
  const alertmanager = metrics.alertmanagers.observer('http://user:secret@am:9093');
  alertmanager.onSent(5, 3_000);
  alertmanager.onError();
  alertmanager.onRequest(0.2);
  expect(await samples(metrics)).toMatchObject({
    'modelarts_project_info{"project":"prod","region":"cn-north-4","project_id":"id2"}': '1',
    'modelarts_refresh_errors_total{"project":"prod","kind":"service","reason":"auth"}': '1',
    'modelarts_malformed_events_total{"project":"prod","kind":"service"}': '3',
    'modelarts_truncated_polls_total{"project":"dev","kind":"pool"}': '1',
    'modelarts_discovered_targets{"project":"dev","kind":"pool"}': '7',
    'modelarts_discovery_last_success_timestamp_seconds{"project":"dev","kind":"pool"}': '1.5',
    'modelarts_scrapes_partial_total{}': '1',
    'modelarts_active_alerts{"severity":"warning"}': '2',
    'modelarts_active_alerts{"severity":"critical"}': '0',
    'modelarts_project_active_alerts{"project":"prod","alertname":"ModelArtsTargetDown","severity":"warning"}':
      '2',
    'modelarts_exporter_config_last_reload_successful{}': '0',
    'modelarts_exporter_config_last_reload_success_timestamp_seconds{}': '2',
    'modelarts_exporter_state_write_errors_total{}': '1',
    'modelarts_api_requests_total{"project":"prod","operation":"service_events","code":"200"}': '1',
    'modelarts_api_requests_total{"project":"prod","operation":"service_events","code":"error"}': '1',
    'modelarts_api_request_duration_seconds_bucket{"le":"0.1","operation":"service_events"}': '1',
    'modelarts_api_request_duration_seconds_bucket{"le":"+Inf","operation":"service_events"}': '2',
    'modelarts_api_request_duration_seconds_count{"operation":"service_events"}': '2',
    'modelarts_api_clock_skew_seconds{"project":"prod"}': '-1.5',
    'modelarts_alertmanager_alerts_sent_total{"alertmanager":"http://am:9093"}': '5',
    'modelarts_alertmanager_errors_total{"alertmanager":"http://am:9093"}': '1',
    'modelarts_alertmanager_request_duration_seconds_count{"alertmanager":"http://am:9093"}': '1',
    'modelarts_alertmanager_last_success_timestamp_seconds{"alertmanager":"http://am:9093"}': '3',
  });
  expect(await metrics.text('text')).not.toMatch(/secret|id1/);
});

test('what is no longer configured disappears and does not come back by late news', async () => {
  const metrics = await configured();
  metrics.api.projectInfo('prod', 'r', 'id');
  const api = metrics.api.observer('prod');
  const alertmanager = metrics.alertmanagers.observer('http://am:9093');
  api.onResponse('iam_token', 201, 1);
  api.onClockSkew(1);
  alertmanager.onSent(1, 1);
  metrics.reads.discovered(PROD, 1, 1);
  metrics.reads.failed(DEV, 'network');
  await metrics.configure({
    projects: ['dev'],
    kinds: [DEV],
    discoveries: [DEV],
    operations: [],
    alertmanagers: [],
  });
  api.onResponse('iam_token', 201, 1);
  api.onClockSkew(1);
  alertmanager.onSent(1, 1);
  alertmanager.onError();
  metrics.api.projectInfo('prod', 'r', 'id');
  metrics.reads.failed(PROD, 'auth');
  metrics.reads.malformed(PROD, 1);
  metrics.reads.truncated(PROD);
  metrics.reads.discovered(PROD, 1, 1);
  const text = await metrics.text('text');
  expect(text).not.toMatch(/prod|am:9093/);
  expect(text).toContain('modelarts_refresh_errors_total{project="dev",kind="pool",reason="network"} 1\n');
});

test('a kind that is no longer looked for, or has no targets, loses its series though its project stays', async () => {
  const metrics = await configured();
  const projects = ['prod', 'dev'];
  metrics.reads.discovered(PROD, 2, 1_000);
  metrics.reads.discovered(DEV, 1, 1_000);
  await metrics.configure({
    projects,
    kinds: [PROD, DEV],
    discoveries: [DEV],
    operations: [],
    alertmanagers: [],
  });
  metrics.reads.discovered(PROD, 3, 2_000);
  const left = Object.keys(await samples(metrics)).filter((series) => series.includes('_discover'));
  expect(left).toEqual([
    'modelarts_discovered_targets{"project":"dev","kind":"pool"}',
    'modelarts_discovery_last_success_timestamp_seconds{"project":"dev","kind":"pool"}',
  ]);
  await metrics.configure({ projects, kinds: [DEV], discoveries: [], operations: [], alertmanagers: [] });
  metrics.reads.failed(PROD, 'auth');
  metrics.reads.malformed(PROD, 1);
  metrics.reads.truncated(PROD);
  const text = await metrics.text('text');
  // The totals of all targets and of requests stay as long as their project does.
  expect(text.replace(/^modelarts_(events|api_requests)_total.*$/gm, '')).not.toMatch(/prod|discover/);
  expect(text).toContain('modelarts_truncated_polls_total{project="dev",kind="pool"} 0\n');
});

test('both formats give the same samples, in any order of asking', async () => {
  const metrics = await configured();
  const before = await samples(metrics);
  const withCreated = await samples(metrics, 'openmetrics');
  expect(
    Object.fromEntries(Object.entries(withCreated).filter(([name]) => !name.includes('_created'))),
  ).toEqual(before);
  expect(await samples(metrics)).toEqual(before);
  expect(await metrics.text('openmetrics')).toContain('# TYPE modelarts_scrapes_partial counter\n');
  expect(await metrics.text('text')).toContain('# TYPE modelarts_scrapes_partial_total counter\n');
});

test('the process and the runtime are there', async () => {
  const text = await (await configured()).text('text');
  expect(text).toContain('\nprocess_cpu_user_seconds_total ');
  expect(text).toContain('\nnodejs_eventloop_lag_seconds ');
});

test('nothing is told of the process where it is that of others too', async () => {
  const text = await new SelfMetrics({ ...OPTIONS, ofProcess: false }).text('text');
  expect(text).toContain('modelarts_exporter_build_info');
  expect(text).not.toMatch(/^(process|nodejs)_/m);
});

test('a collector that throws loses its own family alone', async () => {
  const registry = new Registry();
  const collect = () => {
    throw new Error('broken');
  };
  new Gauge({ name: 'a', help: 'A.', registers: [registry] }).set(1);
  new Gauge({ name: 'b', help: 'B.', registers: [registry], collect });
  new Gauge({ name: 'c', help: 'C.', registers: [registry] }).set(3);
  expect(await registryText(registry, { format: 'text', created: 0, isHeld: () => false })).toBe(
    '# HELP a A.\n# TYPE a gauge\na 1\n# HELP c C.\n# TYPE c gauge\nc 3\n',
  );
});
