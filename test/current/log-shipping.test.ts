import { readFile, writeFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import type { KindName } from '../../src/kind-table.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { folderWith } from '../e2e/built-binary.ts';
import { configText, JOB, POOL, PROJECT, SERVICE, serve, startCloud } from '../e2e/scene.ts';
import { dashboardFiles } from '../grafana/dashboard-files.ts';
import { logQueriesOf } from '../grafana/queries.ts';
import { WAIT } from '../patience.ts';
import { PROGRAMS } from '../programs.ts';
import { RealCollector } from './real-collector.ts';
import { RealLoki } from './real-loki.ts';

/** Texts that could be taken for something else on their way. */
const TEXTS = [
  'Failed to pull the image: manifest unknown.',
  '"quoted", \\back\\slashed\\n and \'quoted\' `otherwise`',
  'line one\nline two\r\n\tline three',
  '{{.kind}} {{ printf "%s" .project }} $project $service | json | line_format ""',
  '{"message":"inner","kind":"pool","problem":false,"service_name":"inner"}',
  '镜像拉取失败：清单未知 🔥 \u202Eesrever\u202C \u2028',
  '\u001B[31mred\u001B[0m \u0007\u007F',
  '<script>alert(1)</script> &amp; <b>',
  '  blanks around it  ',
  'long '.repeat(4_000),
];

interface Told {
  readonly kind: KindName;
  readonly id: string;
  readonly name: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly message: string;
  readonly isProblem: boolean;
  readonly isDeployment?: boolean;
}

const TARGETS = {
  service: { id: SERVICE, name: 'di"gi{{ts}}' },
  inference_service: { id: 'chat', name: 'assistant' },
  training_job: { id: JOB, name: '训练 5' },
  pool: { id: POOL, name: 'training-a' },
} as const;
const OTHER = { id: 'other', name: 'other' };

/** Lets everything happen to a target of each kind, and tells what. */
function happen(cloud: Cloud): Told[] {
  const now = Date.now();
  const second = Math.floor(now / 1_000) * 1_000;
  const told: Told[] = [];
  const tell = (kind: KindName, at: number, message: string, isProblem: boolean) =>
    told.push({ kind, ...TARGETS[kind], at, message, isProblem });
  for (const [index, message] of TEXTS.entries()) {
    for (const isProblem of [false, true]) {
      const at = now + 2 * index + (isProblem ? 1 : 0);
      const event_info = message;
      cloud.addServiceEvent(SERVICE, {
        occur_time: at,
        event_type: isProblem ? 'abnormal' : 'normal',
        event_info,
      });
      tell('service', at, message, isProblem);
      cloud.addInferenceEvent('chat', { event_type: isProblem ? 'ABNORMAL' : 'NORMAL', event_info, at });
      tell('inference_service', at, message, isProblem);
      cloud.addJobEvent(JOB, {
        time: now,
        level: isProblem ? 'Error' : 'Info',
        source: 'Job',
        message,
      });
      tell('training_job', second, message, isProblem);
      cloud.addPoolEvent(POOL, {
        type: isProblem ? 'Warning' : 'Normal',
        reason: 'NodeEvent',
        message,
        firstTimestamp: now,
      });
      tell('pool', second, message, isProblem);
    }
  }
  // It names the target of a dashboard that does not show it.
  const mention = `takes the traffic of ${SERVICE}`;
  cloud.addServiceEvent(OTHER.id, { occur_time: now, event_type: 'abnormal', event_info: mention });
  told.push({ kind: 'service', ...OTHER, at: now, message: mention, isProblem: true });
  for (const [result, at] of [
    ['SUCCESS', now + 100],
    ['FAIL', now + 101],
  ] as const) {
    cloud.addUpdateRecord(SERVICE, { result, update_time: at, config: [] });
    const isProblem = result === 'FAIL';
    tell('service', at, `Service update ended: ${result}`, isProblem);
    if (!isProblem) told.push({ ...told.pop(), isDeployment: true } as Told);
  }
  return told;
}

/** What the query of a dashboard is to find: of everything, or of one target. */
function expected(where: string, told: readonly Told[], kind: KindName | undefined): Set<string> {
  const shown = told.filter(
    (event) =>
      (kind === undefined || event.id === TARGETS[kind].id) &&
      (!where.endsWith('Problem texts') || event.isProblem) &&
      (!where.endsWith('Deployment texts') || event.isDeployment === true),
  );
  return new Set(shown.map(({ at, name, message }) => `${at}000000 ${name}: ${message}`));
}

async function expectShown(loki: RealLoki, told: readonly Told[], since: number): Promise<void> {
  const values = {
    project: '.*',
    ...Object.fromEntries(Object.entries(TARGETS).map(([kind, { id }]) => [kind, id])),
  };
  let asked = 0;
  for (const dashboard of dashboardFiles()) {
    const kind = (Object.keys(TARGETS) as KindName[]).find((one) =>
      dashboard.templating.list.some(({ name }) => name === one),
    );
    for (const { where, expression } of logQueriesOf(dashboard, values)) {
      const lines = await loki.lines(expression, since);
      const shown = new Set(lines.map((line) => line.join(' ')));
      const wanted = expected(where, told, kind);
      const missing = [...wanted].filter((line) => !shown.has(line)).map(beginning);
      const unwanted = [...shown].filter((line) => !wanted.has(line)).map(beginning);
      expect({ where, missing, unwanted }).toEqual({ where, missing: [], unwanted: [] });
      asked += 1;
    }
  }
  expect(asked).toBeGreaterThan(12);
}

/** A long text would take minutes to compare. */
const beginning = (line: string) => line.slice(0, 200);

async function textOf(name: string): Promise<string> {
  return readFile(new URL(`../../deploy/log-shipping/${name}`, import.meta.url), 'utf8');
}

test.skipIf(PROGRAMS.loki === '' || PROGRAMS.otelcol === '')(
  'the dashboards show what ModelArts told, out of a Loki that a collector feeds, over restarts of both; and so as Alloy and Vector label it',
  async () => {
    const content = new Cloud();
    content.addProject({ id: PROJECT, name: 'cn-north-4' });
    content.addService(PROJECT, { service_id: SERVICE, service_name: TARGETS.service.name });
    content.addService(PROJECT, { service_id: OTHER.id, service_name: OTHER.name });
    content.addInferenceService(PROJECT, { id: 'chat', name: 'assistant' });
    content.addJob(PROJECT, { id: JOB, name: TARGETS.training_job.name });
    content.addPool(PROJECT, { name: POOL, display_name: TARGETS.pool.name });
    await using cloud = await startCloud({ cloud: content });
    const enabled = { enabled: true, refresh: '200ms' };
    const discovery = {
      services: enabled,
      inference_services: enabled,
      training_jobs: enabled,
      pools: enabled,
    };
    await using exporter = await serve(
      configText(cloud.url, {
        collection: { min_interval: '100ms', schedule: 'background' },
        event_log: 'events.jsonl',
        project: { discovery, services: [], training_jobs: [], pools: [] },
      }),
    );
    const since = Date.now() - 60_000;
    const isReady = async () => (await fetch(`${exporter.url}/-/ready`)).ok;
    await vi.waitFor(async () => expect(await isReady()).toBe(true), WAIT);
    const log = async () =>
      (await readFile(exporter.file('events.jsonl'), 'utf8')).split('\n').filter(Boolean);

    await using loki = await RealLoki.start();
    await using folder = await folderWith({});
    const config = folder.file('otel-collector.yaml');
    const shipped = await textOf('otel-collector.yaml');
    await writeFile(
      config,
      shipped
        .replaceAll('/var/log/modelarts-exporter/events.jsonl', exporter.file('events.jsonl'))
        .replaceAll('/var/lib/otelcol', folder.file('storage'))
        .replaceAll('http://collector.example.com:4318', `${loki.url}/otlp`),
    );
    const told = happen(content);
    const isLogged = async () => expect((await log()).length).toBe(told.length);
    {
      await using collector = new RealCollector(config);
      await vi.waitFor(isLogged, WAIT);
      await vi.waitFor(() => expectShown(loki, told, since), WAIT);
      expect(collector.complaints).toEqual([]);
      // It is killed, and Loki is not there when it comes back.
    }
    told.push(...happen(content));
    await vi.waitFor(isLogged, WAIT);
    await loki.stop();
    await using collector = new RealCollector(config);
    await vi.waitFor(() => expect(collector.retries).toBeGreaterThan(0), WAIT);
    told.push(...happen(content));
    await vi.waitFor(isLogged, WAIT);
    await loki.resume();
    await vi.waitFor(() => expectShown(loki, told, since), WAIT);
    expect(collector.complaints).toEqual([]);

    const { sinks } = parse(await textOf('vector.yaml'));
    await using other = await RealLoki.start();
    const streams = (await log()).map((line) => {
      const event = JSON.parse(line) as Readonly<Record<string, unknown>>;
      const labels = Object.entries<string>(sinks.loki.labels).map(([label, value]) => [
        label,
        value.replace(/\{\{ (\w+) \}\}/, (_, field: string) => String(event[field])),
      ]);
      const at = `${Date.parse(String(event['time']))}000000`;
      return { stream: Object.fromEntries(labels), values: [[at, line] as const] };
    });
    await other.push(streams);
    await vi.waitFor(() => expectShown(other, told, since), WAIT);
  },
);
