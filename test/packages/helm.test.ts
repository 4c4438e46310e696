import { readdirSync, readFileSync } from 'node:fs';
import type { StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import { expect } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { parseCommand } from '../../src/cli/parse-command.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { complaintsOf } from '../deploy/kubernetes-compiler.ts';
import { DEPLOY, ROOT, readYaml } from '../deploy/manifests.ts';
import { testWith } from '../programs.ts';
import { CHART, helm, RenderedChart } from './rendered-chart.ts';

const EXAMPLES = readdirSync(`${DEPLOY}helm/examples`);
const LEAST = `--values=${DEPLOY}helm/examples/least.yaml`;
const test = testWith('helm');

const render = (example: string, ...args: readonly string[]) =>
  RenderedChart.of(`--values=${DEPLOY}helm/examples/${example}`, ...args);

/** The pod of a workload and its container. */
function podOf(workload: StatefulSet) {
  const pod = workload.spec?.template.spec;
  const [container] = pod?.containers ?? [];
  if (pod === undefined || container === undefined) throw new Error('there is no container');
  return { pod, container };
}

test.each(EXAMPLES)('%s: Helm finds nothing to say, and Kubernetes knows every key', async (example) => {
  const values = `--values=${DEPLOY}helm/examples/${example}`;
  expect(await helm('lint', '--strict', '--quiet', CHART, values)).toMatchObject({ failed: false, err: '' });
  expect(await complaintsOf((await render(example)).manifests)).toBe('');
});

test.each(EXAMPLES)(
  '%s: the pods run the exporter by its flags, and mount what they name',
  async (example) => {
    const chart = await render(example);
    const sets = chart.all('StatefulSet');
    for (const [index, set] of sets.entries()) {
      const { pod, container } = podOf(set);
      const mounts = container.volumeMounts ?? [];
      const command = parseCommand(container.args ?? []);
      if (command.kind !== 'serve') throw new Error(JSON.stringify(command));
      expect(command.shard).toEqual({ index, count: sets.length });
      const files = [command.configFile, command.webConfigFile].filter((file) => file !== '');
      for (const file of files) expect(mounts.map(({ mountPath }) => mountPath)).toContain(folderOf(file));
      const claims = set.spec?.volumeClaimTemplates?.map(({ metadata }) => metadata?.name) ?? [];
      const volumes = pod.volumes?.map(({ name }) => name) ?? [];
      expect(mounts.map(({ name }) => name).sort()).toEqual([...claims, ...volumes].sort());
      // Kubernetes never changes a file that is mounted alone.
      expect(mounts.filter(({ subPath }) => subPath !== undefined)).toEqual([]);
      expect(command.autoReloadInterval).toBeGreaterThan(0);
      expect(command.listen).toEqual([{ port: container.ports?.[0]?.containerPort }]);
      expect(container.image).toBe(`modelarts-exporter:${packageJson.version}`);
    }
  },
);

const folderOf = (file: string) => file.slice(0, file.lastIndexOf('/'));

test.each(EXAMPLES)('%s: the pods keep to the restricted pod security standard', async (example) => {
  for (const set of (await render(example)).all('StatefulSet')) {
    const { pod, container } = podOf(set);
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.automountServiceAccountToken).toBe(false);
  }
});

test.each(EXAMPLES)(
  '%s: what selects pods selects all of them, and each workload its own',
  async (example) => {
    const chart = await render(example);
    const sets = chart.all('StatefulSet');
    const service = chart.one('Service');
    const selectors = [
      service.spec?.selector,
      ...chart.all('PodDisruptionBudget').map(({ spec }) => spec?.selector?.matchLabels),
      ...chart.all('NetworkPolicy').map(({ spec }) => spec?.podSelector?.matchLabels),
    ];
    for (const set of sets) {
      const labels = set.spec?.template.metadata?.labels;
      for (const selector of selectors) expect(labels).toMatchObject(selector ?? { none: '' });
      const owners = sets.filter(({ spec }) =>
        Object.entries(spec?.selector.matchLabels ?? {}).every(([key, value]) => labels?.[key] === value),
      );
      expect(owners).toEqual([set]);
      expect(set.spec?.serviceName).toBe(service.metadata?.name);
      expect(service.spec?.ports?.[0]?.targetPort).toBe(podOf(set).container.ports?.[0]?.name);
    }
    for (const { spec } of chart.all('ServiceMonitor')) {
      expect(service.metadata?.labels).toMatchObject(spec.selector.matchLabels);
      expect(spec.endpoints[0]?.port).toBe(service.spec?.ports?.[0]?.name);
    }
  },
);

test.each(['least.yaml', 'pair.yaml'])(
  '%s: the exporter reads the configuration that is made',
  async (example) => {
    const chart = await render(example);
    const text =
      chart.all('ConfigMap').find(({ data }) => data?.['config.yaml'])?.data?.['config.yaml'] ?? '';
    const { pod, container } = podOf(chart.one('StatefulSet'));
    const env = Object.fromEntries((container.env ?? []).map(({ name, value = '' }) => [name, value]));
    const parsed = parseConfig(text, { file: 'config.yaml', env, directory: '/' });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const folders = container.volumeMounts?.map(({ mountPath }) => mountPath) ?? [];
    for (const { file } of parsed.namedFiles) expect(folders).toContain(folderOf(file));
    expect(pod.volumes?.find(({ secret }) => secret)?.secret?.secretName).toBe('modelarts-exporter');
    expect(parsed.config.state.file).toBe(example === 'pair.yaml' ? '/var/lib/modelarts-exporter/state' : '');
  },
);

test('a number of the configuration stays one', async () => {
  const chart = await render('least.yaml', '--set=config.limits.response_bytes=16777216');
  const text = chart.one('ConfigMap').data?.['config.yaml'] ?? '';
  const parsed = parseConfig(text, { file: 'config.yaml', env: {}, directory: '/' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  expect(parsed.config.limits.responseBytes).toBe(16_777_216);
});

test('a pair is two pods of one workload, of which an eviction takes one at a time', async () => {
  const chart = await render('pair.yaml');
  expect(chart.one('StatefulSet').spec?.replicas).toBe(2);
  expect(chart.one('PodDisruptionBudget').spec?.maxUnavailable).toBe(1);
  expect((await render('least.yaml')).all('PodDisruptionBudget')).toEqual([]);
});

test('more shards leave the first its name, and so its state', async () => {
  const names = async (example: string, ...args: readonly string[]) =>
    (await render(example, ...args)).all('StatefulSet').map(({ metadata }) => metadata?.name);
  expect(await names('least.yaml')).toEqual(['release-modelarts-exporter']);
  expect(await names('least.yaml', '--set=shards=2,replicas=2')).toEqual([
    'release-modelarts-exporter',
    'release-modelarts-exporter-shard-1',
  ]);
});

test('the rules and the dashboards are those of the repository', async () => {
  const chart = await render('pair.yaml');
  expect(chart.one('PrometheusRule').spec).toEqual(
    parse(readFileSync(`${ROOT}prometheus/alerts.yml`, 'utf8')),
  );
  const dashboards = chart
    .all('ConfigMap')
    .filter(({ metadata }) => metadata?.labels?.['grafana_dashboard'] === '1');
  const shown = Object.assign({}, ...dashboards.map(({ data }) => data)) as Record<string, string>;
  const files = readdirSync(`${ROOT}grafana/dashboards`);
  expect(Object.keys(shown).sort()).toEqual(files.sort());
  for (const file of files) {
    const dashboard: unknown = JSON.parse(readFileSync(`${ROOT}grafana/dashboards/${file}`, 'utf8'));
    expect(JSON.parse(shown[file] ?? '')).toEqual(dashboard);
  }
  // Of the largest that Kubernetes takes.
  for (const text of Object.values(shown)) expect(text.length).toBeLessThan(1_048_576);
});

test('what is optional is left out', async () => {
  const kinds = (await render('least.yaml', '--set=serviceAccount.create=false')).manifests.map(
    ({ kind }) => kind,
  );
  expect(kinds.sort()).toEqual(['ConfigMap', 'Service', 'StatefulSet']);
});

test('with a password asked for, probes ask what needs none', async () => {
  const { container } = podOf(
    (await render('least.yaml', '--set=web.existingSecret=web')).one('StatefulSet'),
  );
  const [node, script, ...args] = container.livenessProbe?.exec?.command ?? [];
  expect([node, script]).toEqual(['node', '/app/dist/main.js']);
  expect(parseCommand(args)).toEqual({ kind: 'healthcheck', url: 'http://localhost:10979' });
  expect(container.readinessProbe?.tcpSocket).toEqual({ port: 'metrics' });
});

test.each([
  ['replicas=0', "at '/replicas': minimum: got 0, want 1"],
  ['stat.enabled=true', "additional properties 'stat' not allowed"],
  ['state.size=lots', "at '/state/size'"],
  ['config.colection.window=1h', "at '/config': additional properties 'colection' not allowed"],
  ['config.collection.window=soon', "at '/config/collection/window'"],
])('%s is refused', async (set, message) => {
  const { failed, err } = await helm('template', 'release', CHART, LEAST, `--set=${set}`);
  expect(failed).toBe(true);
  expect(err).toContain(message);
});

test('nothing to watch is refused, in words', async () => {
  const { failed, err } = await helm('template', 'release', CHART);
  expect(failed).toBe(true);
  expect(err).toContain('what is to be watched? Set config');
});

test('values.yaml shows every value that there is', () => {
  const { properties } = JSON.parse(readFileSync(`${CHART}/values.schema.json`, 'utf8')) as {
    properties: Readonly<Record<string, { properties?: object }>>;
  };
  const values = readYaml<Record<string, object>>(`${CHART}/values.yaml`);
  const { global: _ofHelm, ...ours } = properties;
  expect(Object.keys(values).sort()).toEqual(Object.keys(ours).sort());
  for (const [name, { properties: inner }] of Object.entries(ours)) {
    if (inner === undefined || name === 'config') continue;
    expect(Object.keys(values[name] ?? {}).sort(), name).toEqual(Object.keys(inner).sort());
  }
});

test('the chart has the version of the package', () => {
  const chart = readYaml<{ version: string; appVersion: string }>(`${CHART}/Chart.yaml`);
  expect([chart.version, chart.appVersion]).toEqual([packageJson.version, packageJson.version]);
});
