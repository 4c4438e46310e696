import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { parseCommand } from '../../src/cli/parse-command.ts';
import { DEPLOY, ROOT, readYaml } from '../deploy/manifests.ts';
import { WAIT } from '../patience.ts';

const dockerfile = readFileSync(`${DEPLOY}Dockerfile`, 'utf8');

/** The values of an instruction, in order. */
function instructions(name: string): string[] {
  return [...dockerfile.matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map(([, value = '']) => value);
}

/** An instruction in the form of JSON. */
function listOf(text: string | undefined): string[] {
  return JSON.parse(text?.slice(text.indexOf('[')) ?? '[]') as string[];
}

const isIn = (folder: string) => (path: string) => path === folder || path.startsWith(folder);

test('what the Dockerfile copies is in the repository and reaches the builder', () => {
  const admitted = [...readFileSync(`${DEPLOY}Dockerfile.dockerignore`, 'utf8').matchAll(/^!(.+)$/gm)].map(
    ([, path = '']) => path,
  );
  const copied = instructions('COPY')
    .filter((line) => !line.startsWith('--from'))
    .flatMap((line) => line.split(' ').slice(0, -1));
  for (const path of copied) {
    expect(existsSync(`${ROOT}${path}`), path).toBe(true);
    expect(admitted, path).toContain(path.replace(/\/$/, ''));
  }
  expect(new Set(admitted)).toEqual(new Set(copied.map((path) => path.replace(/\/$/, ''))));
});

test('the image holds all of the package that it runs by', () => {
  const [, last = ''] = dockerfile.split(/^FROM .*slim$/m);
  for (const path of ['dist', 'config.example.yaml', 'config.schema.json']) {
    expect(packageJson.files).toContain(path);
    expect(last).toContain(path);
  }
  // Found by main.js beside its folder.
  expect(last).toContain('COPY package.json');
});

test('the image starts and is checked by commands that there are, as a user who is not root', () => {
  const [entry, script, ...more] = listOf(instructions('ENTRYPOINT')[0]);
  expect([entry, more]).toEqual(['node', []]);
  expect(script?.replace('/app/', ROOT)).toBe(join(ROOT, packageJson.bin['modelarts-exporter']));
  expect(parseCommand(listOf(instructions('CMD')[0])).kind).toBe('serve');
  const check = listOf(instructions('HEALTHCHECK')[0]);
  expect(check.slice(0, 2)).toEqual([entry, script]);
  expect(parseCommand(check.slice(2)).kind).toBe('healthcheck');
  expect(instructions('USER')).toEqual(['1000:1000']);
  expect(instructions('EXPOSE')).toEqual(['10979']);
  const [, node] = /node:(\d+)-slim/.exec(instructions('FROM')[0] ?? '') ?? [];
  expect(instructions('FROM')).toEqual([`node:${node}-slim AS build`, `node:${node}-slim`]);
});

// A process 1 has no default action for signals. Namespaces take root.
test.skipIf(process.getuid?.() !== 0 || !existsSync('/usr/bin/unshare'))(
  'as process 1 it ends on SIGTERM',
  async () => {
    const program = [process.execPath, `${ROOT}dist/main.js`, 'demo', '--web.listen-address=127.0.0.1:0'];
    const unshare = spawn('/usr/bin/unshare', ['--pid', '--fork', '--kill-child', ...program], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(unshare, 'exit');
    let log = '';
    unshare.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
    try {
      await vi.waitFor(() => expect(log).toContain('listening'), WAIT);
      const children = readFileSync(`/proc/${unshare.pid}/task/${unshare.pid}/children`, 'utf8');
      process.kill(Number(children), 'SIGTERM');
      expect(await ended).toEqual([0, null]);
    } finally {
      unshare.kill('SIGKILL');
    }
  },
);

interface Compose {
  /** Held by Compose itself, by name. */
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly services: Readonly<
    Record<
      string,
      {
        readonly image: string;
        readonly build?: { readonly context: string; readonly dockerfile: string };
        readonly command?: readonly string[];
        readonly ports?: readonly string[];
        readonly volumes?: readonly string[];
        readonly depends_on?: readonly string[];
      }
    >
  >;
}

const { services, volumes: shared } = readYaml<Compose>(`${DEPLOY}compose.yaml`);

test('compose mounts files that exist, read-only, and only on this machine', () => {
  for (const [name, { volumes = [], ports = [], depends_on = [], build }] of Object.entries(services)) {
    for (const [from = '', , mode] of volumes.map((volume) => volume.split(':'))) {
      // The exporter alone writes what is shared.
      const isShared = Object.keys(shared).includes(from);
      if (!isShared) expect(existsSync(join(DEPLOY, from)), `${name}: ${from}`).toBe(true);
      expect(mode).toBe(isShared && name === 'modelarts-exporter' ? undefined : 'ro');
    }
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/);
    for (const other of depends_on) expect(Object.keys(services)).toContain(other);
    if (build !== undefined) expect(existsSync(join(DEPLOY, build.context, build.dockerfile))).toBe(true);
  }
});

test('compose runs the demo, and its servers find each other by name and port', () => {
  const exporter = services['modelarts-exporter'];
  expect(parseCommand(exporter?.command ?? []).kind).toBe('demo');
  expect(exporter?.image).toBe(`modelarts-exporter:${packageJson.version}`);
  const addresses = Object.entries(services).map(
    ([name, { ports }]) => `${name}:${ports?.[0]?.split(':')[1]}`,
  );

  const mounted = (service: string, to: string) => {
    const volume = services[service]?.volumes?.find((each) => each.split(':')[1] === to);
    return join(DEPLOY, volume?.split(':')[0] ?? 'missing');
  };
  const prometheus = readFileSync(mounted('prometheus', '/etc/prometheus/prometheus.yml'), 'utf8');
  const named = [...prometheus.matchAll(/targets: \[(.+)\]/g)].map(([, address]) => address);
  expect(named.sort()).toEqual(['alertmanager:9093', 'modelarts-exporter:10979']);
  expect(addresses).toEqual(expect.arrayContaining(named));
  expect(prometheus).toContain('rule_files: [alerts.yml]');
  expect(existsSync(mounted('prometheus', '/etc/prometheus/alerts.yml'))).toBe(true);
  expect(existsSync(mounted('alertmanager', '/etc/alertmanager/alertmanager.yml'))).toBe(true);

  // What the exporter writes is what Alloy follows, and sends to the Loki that Grafana asks.
  const alloy = readFileSync(mounted('alloy', '/etc/alloy/config.alloy'), 'utf8');
  const [, written = ''] = /--event-log=(\S+)/.exec(exporter?.command?.join(' ') ?? '') ?? [];
  expect(/__path__\s*= "(\S+)"/.exec(alloy)?.[1]).toBe(written);
  const [, loki] = /url = "(http:\/\/loki:3100)\/loki\/api\/v1\/push"/.exec(alloy) ?? [];
  const logs = readYaml<{ datasources: readonly { url: string }[] }>(
    `${ROOT}grafana/provisioning/datasources/loki.yml`,
  );
  expect([logs.datasources[0]?.url, Object.keys(services)]).toEqual([loki, expect.arrayContaining(['loki'])]);

  const provisioning = mounted('grafana', '/etc/grafana/provisioning');
  const source = readYaml<{ datasources: readonly { url: string }[] }>(
    `${provisioning}/datasources/prometheus.yml`,
  );
  expect(addresses.map((address) => `http://${address}`)).toContain(source.datasources[0]?.url);
  const provider = readYaml<{ providers: readonly { options: { path: string } }[] }>(
    `${provisioning}/dashboards/modelarts.yml`,
  );
  const dashboards = mounted('grafana', provider.providers[0]?.options.path ?? '');
  expect(isIn(`${ROOT}grafana/dashboards`)(dashboards)).toBe(true);
});
