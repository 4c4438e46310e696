import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import type { ConfigMap, Secret, Service } from 'kubernetes-types/core/v1.d.ts';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { parseCommand } from '../../src/cli/parse-command.ts';
import { parseConfig } from '../../src/config/parse.ts';
import type { Manifests } from './manifest-types.ts';
import { DEPLOY, ROOT, readYaml, yamlFiles } from './manifests.ts';

const KUBERNETES = `${DEPLOY}kubernetes/`;
const KUSTOMIZATIONS = ['base', 'prometheus-operator', 'sharded'];

interface Kustomization {
  readonly resources: readonly string[];
}

const read = <T>(name: string) => readYaml<T>(`${KUBERNETES}${name}`);

/** The container of a workload with what surrounds it, each key present or the test fails. */
function containerOf(workload: Deployment | StatefulSet) {
  const spec = workload.spec?.template.spec;
  const [container] = spec?.containers ?? [];
  if (spec === undefined || container === undefined) throw new Error('there is no container');
  return { pod: spec, container };
}

const deployment = read<Deployment>('base/deployment.yaml');
const statefulSet = read<StatefulSet>('sharded/statefulset.yaml');
const configMap = read<ConfigMap>('base/configmap.yaml');
const secret = read<Secret>('base/secret.example.yaml');
const WORKLOADS = [deployment, statefulSet] as const;

test.each(yamlFiles())('deploy/%s is strict YAML', (name) => {
  expect(() => readYaml(`${DEPLOY}${name}`)).not.toThrow();
});

// Run with --update, this writes the manifest.
test('the PrometheusRule holds the rules of prometheus/alerts.yml', async () => {
  const rules = readFileSync(`${ROOT}prometheus/alerts.yml`, 'utf8');
  const groups = rules.slice(rules.indexOf('\ngroups:') + 1).replace(/^(?=.)/gm, '  ');
  const manifest = `# Made of prometheus/alerts.yml by: npx vitest run test/deploy/kubernetes.test.ts --update
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: modelarts-exporter
  labels: { app.kubernetes.io/name: modelarts-exporter }
spec:
${groups}`;
  expect((parse(manifest) as { spec: unknown }).spec).toEqual(parse(rules));
  await expect(manifest).toMatchFileSnapshot(`${KUBERNETES}prometheus-operator/prometheusrule.yaml`);
});

test.each(KUSTOMIZATIONS)('%s names only what exists', (name) => {
  const { resources } = read<Kustomization>(`${name}/kustomization.yaml`);
  for (const resource of resources) expect(existsSync(join(KUBERNETES, name, resource)), resource).toBe(true);
});

test.skipIf(!existsSync('/usr/bin/kubectl')).each(KUSTOMIZATIONS)('kustomize builds %s', async (name) => {
  const { stdout } = await promisify(execFile)('/usr/bin/kubectl', ['kustomize', `${KUBERNETES}${name}`]);
  expect(stdout.includes('kind: Deployment')).toBe(name !== 'sharded');
  expect(stdout.includes('kind: StatefulSet')).toBe(name === 'sharded');
  expect(stdout.includes('kind: PrometheusRule')).toBe(name !== 'base');
  expect(stdout).not.toContain('kind: Secret');
});

test('the example configuration is valid and names the files that the pods have', () => {
  const mounts = containerOf(deployment).container.volumeMounts ?? [];
  const mounted = (volume: string) => mounts.find(({ name }) => name === volume)?.mountPath ?? '';
  for (const env of [{}, { STATE_FILE: '/var/lib/modelarts-exporter/state' }]) {
    const text = configMap.data?.['config.yaml'] ?? '';
    const parsed = parseConfig(text, { file: 'config.yaml', env, directory: mounted('config') });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const files = parsed.namedFiles.map(({ file }) => file);
    const keys = Object.keys(secret.stringData ?? {});
    const named = [
      ...keys.map((key) => `${mounted('credentials')}/${key}`),
      ...(env.STATE_FILE ? [env.STATE_FILE] : []),
    ];
    expect(files.sort()).toEqual(named.sort());
    expect(parsed.config.state.file).toBe(env.STATE_FILE ?? '');
  }
});

test.each(WORKLOADS)('$kind: arguments, ports, probes and volumes agree', (workload) => {
  const { pod, container } = containerOf(workload);
  const variables: Record<string, string> = { SHARD: '2', SHARDS: '3' };
  const args = (container.args ?? []).map((arg) =>
    arg.replace(/\$\((\w+)\)/g, (_, name) => variables[name] ?? '?'),
  );
  const command = parseCommand(args);
  if (command.kind !== 'serve') throw new Error(JSON.stringify(command));
  const mounts = Object.fromEntries(
    (container.volumeMounts ?? []).map(({ name, mountPath }) => [name, mountPath]),
  );
  const [key = ''] = Object.keys(configMap.data ?? {});
  expect(command.configFile).toBe(`${mounts['config']}/${key}`);
  expect(command.autoReloadInterval).toBeGreaterThan(0);

  const [port] = container.ports ?? [];
  expect(command.listen).toEqual([{ port: port?.containerPort }]);
  expect(container.livenessProbe?.httpGet).toEqual({ path: '/-/healthy', port: port?.name });
  expect(container.readinessProbe?.httpGet).toEqual({ path: '/-/ready', port: port?.name });

  const claims = 'serviceName' in (workload.spec ?? {}) ? (statefulSet.spec?.volumeClaimTemplates ?? []) : [];
  const volumes = [...(pod.volumes ?? []), ...claims.map(({ metadata }) => ({ name: metadata?.name ?? '' }))];
  expect(Object.keys(mounts).sort()).toEqual(volumes.map(({ name }) => name).sort());
  expect(pod.volumes?.map(({ configMap: map }) => map?.name).filter(Boolean)).toEqual([
    configMap.metadata?.name,
  ]);
  expect(pod.volumes?.map(({ secret: own }) => own?.secretName).filter(Boolean)).toEqual([
    secret.metadata?.name,
  ]);
  expect(workload.spec?.template.metadata?.labels).toEqual(workload.spec?.selector.matchLabels);
  expect(container.image).toBe(`modelarts-exporter:${packageJson.version}`);
});

test.each(WORKLOADS)('$kind: it keeps to the restricted pod security standard', (workload) => {
  const { pod, container } = containerOf(workload);
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
});

test('services and the ServiceMonitor find the pods by name and port', () => {
  const service = read<Service>('base/service.yaml');
  const headless = read<Service>('sharded/headless-service.yaml');
  const monitor = read<{
    spec: { selector: { matchLabels: object }; endpoints: readonly { port: string }[] };
  }>('prometheus-operator/servicemonitor.yaml');
  for (const workload of WORKLOADS) {
    const { container } = containerOf(workload);
    for (const each of [service, headless]) {
      expect(workload.spec?.template.metadata?.labels).toMatchObject(each.spec?.selector ?? { none: '' });
      expect(each.spec?.ports?.[0]?.targetPort).toBe(container.ports?.[0]?.name);
    }
  }
  expect(service.metadata?.labels).toMatchObject(monitor.spec.selector.matchLabels);
  // Else every shard would be scraped twice.
  expect(headless.metadata?.labels).toBeUndefined();
  expect(service.spec?.ports?.[0]?.name).toBe(monitor.spec.endpoints[0]?.port);
});

test('the examples for the operator ask for what the exporter has', () => {
  const port = containerOf(deployment).container.ports?.[0]?.containerPort;
  const address = `${read<Service>('base/service.yaml').metadata?.name}:${port}`;
  const scrape = read<Manifests['ScrapeConfig']>('prometheus-operator/scrapeconfig.example.yaml');
  expect(scrape.spec.httpSDConfigs[0]?.url).toBe(`http://${address}/sd`);
  const { prober, targets } = read<Manifests['Probe']>('prometheus-operator/probe.example.yaml').spec;
  expect(prober).toEqual({ url: address, path: '/probe' });
  const labels = targets.staticConfig.relabelingConfigs.map(({ targetLabel }) => targetLabel);
  // The operator itself sets __param_target.
  expect(labels).toEqual(['__param_project', '__param_kind']);
});

test('there are as many shards as replicas, each with its ordinal and its own state', () => {
  const { container } = containerOf(statefulSet);
  const env = Object.fromEntries((container.env ?? []).map((each) => [each.name, each]));
  expect(env['SHARDS']?.value).toBe(String(statefulSet.spec?.replicas));
  expect(env['SHARD']?.valueFrom?.fieldRef?.fieldPath).toBe(
    "metadata.labels['apps.kubernetes.io/pod-index']",
  );
  expect(statefulSet.spec?.serviceName).toBe(read<Service>('sharded/headless-service.yaml').metadata?.name);
  const state = container.volumeMounts?.find(({ name }) => name === 'state')?.mountPath;
  expect(dirname(env['STATE_FILE']?.value ?? '')).toBe(state);
  const rules = readFileSync(`${KUBERNETES}prometheus-operator/prometheusrule.yaml`, 'utf8');
  expect(rules).toContain('alert: ModelArtsShardMissing');
});

test('apart from shards and state, the StatefulSet runs what the Deployment runs', () => {
  const [one, many] = WORKLOADS.map((workload) => structuredClone(containerOf(workload)));
  if (one === undefined || many === undefined) throw new Error('there are two');
  many.container.args = many.container.args?.filter((arg) => !arg.startsWith('--shard')) ?? [];
  many.container.volumeMounts = many.container.volumeMounts?.filter(({ name }) => name !== 'state') ?? [];
  delete many.container.env;
  expect(many.pod).toEqual(one.pod);
});

test('no manifest asks for a folder above its own but a kustomization for another', () => {
  for (const name of KUSTOMIZATIONS) {
    const { resources } = read<Kustomization>(`${name}/kustomization.yaml`);
    for (const resource of resources.filter((each) => each.startsWith('..'))) {
      expect(KUSTOMIZATIONS).toContain(resource.slice(3));
    }
  }
});
