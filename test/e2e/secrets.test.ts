import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, vi } from 'vitest';
import type { Credentials } from '../../src/simulator/access/credentials.ts';
import { WAIT } from '../patience.ts';
import type { Fault } from '../simulator-kit/faults/fault.ts';
import { folderWith, runBinary } from './built-binary.ts';
import { configText, SERVICE, serve, startCloud } from './scene.ts';

/** Whatever shows one of them has shown a secret. */
const CANARIES = {
  token: 'canary-token-value',
  tokenFile: 'canary-token-in-a-file',
  secretKey: 'canary-secret-key',
  accessKey: 'CANARYACCESSKEY',
  securityToken: 'canary-security-token',
  password: 'canary-password/of+the=user',
  environment: 'canary-environment-secret-key',
  expanded: 'canary-expanded-secret-key',
  alertmanager: 'canary-alertmanager-password',
  bearer: 'canary-bearer-token',
  proxy: 'canary-proxy-password',
  issued: 'MIIsimulated',
} as const;

function findCanaries(where: string, text: string): string[] {
  const shown = Object.values(CANARIES).flatMap((canary) => [
    canary,
    encodeURIComponent(canary),
    Buffer.from(canary).toString('base64').slice(0, -4),
    Buffer.from(`user:${canary}`).toString('base64').slice(0, -4),
  ]);
  return [...new Set(shown)].filter((each) => text.includes(each)).map((each) => `${where}: ${each}`);
}

/** Everything that a request said, back in the answer: the worst that a gateway could do. */
const echo: (status: number) => RequestListener = (status) => async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const heard = [`${request.method} ${request.url}`, ...request.rawHeaders, body].join(' ');
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ error_code: 'APIGW.0301', error_msg: `Incorrect authentication: ${heard}` }));
};

async function listen(handler: RequestListener) {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const AUTHS: readonly Readonly<Record<string, unknown>>[] = [
  { token: CANARIES.token },
  { token_file: 'token' },
  { access_key: CANARIES.accessKey, secret_key: CANARIES.secretKey, security_token: CANARIES.securityToken },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the program expands it
  { access_key: 'AKEXPANDED', secret_key: '${EXPANDED}' },
  { username: 'reader', password: CANARIES.password, domain: 'acme' },
  { environment: true },
];

const CREDENTIALS: Credentials = {
  tokens: [{ token: CANARIES.token }, { token: CANARIES.tokenFile }],
  accessKeys: [
    { accessKey: CANARIES.accessKey, secretKey: CANARIES.secretKey, securityToken: CANARIES.securityToken },
    { accessKey: 'AKEXPANDED', secretKey: CANARIES.expanded },
    { accessKey: 'AKENV', secretKey: CANARIES.environment },
  ],
  users: [{ name: 'reader', password: CANARIES.password, domain: 'acme' }],
};

const FILES = { token: `${CANARIES.tokenFile}\n`, bearer: CANARIES.bearer };
const ENV = {
  EXPANDED: CANARIES.expanded,
  HUAWEICLOUD_SDK_AK: 'AKENV',
  HUAWEICLOUD_SDK_SK: CANARIES.environment,
};

/** A project for each kind of credentials; without an id, so that IAM is asked too. */
function projects(endpoint: string, extra: Readonly<Record<string, unknown>> = {}) {
  return AUTHS.map((auth, index) => ({
    name: `project-${index}`,
    region: 'cn-north-4',
    endpoint,
    iam_endpoint: endpoint,
    auth,
    services: [{ id: SERVICE }],
    discovery: { pools: { enabled: true, refresh: '200ms' } },
    ...extra,
  }));
}

/** Every page that a user may open, and every file beside the configuration that was written. */
async function everythingShown(exporter: Awaited<ReturnType<typeof serve>>): Promise<string[]> {
  const found: string[] = [];
  for (const path of [
    '/',
    '/metrics',
    '/sd',
    '/api/v1/targets',
    '/api/v1/events',
    '/api/v1/alerts',
    '/api/v1/status/config',
    `/targets/project-0/service/${SERVICE}`,
    `/probe?project=project-0&kind=service&target=${SERVICE}`,
    '/no/such/page',
  ]) {
    const response = await fetch(`${exporter.url}${path}`);
    const head = [...response.headers].flat().join(' ');
    found.push(...findCanaries(path, `${head} ${await response.text()}`));
  }
  return found;
}

async function everythingWritten(exporter: Awaited<ReturnType<typeof serve>>): Promise<string[]> {
  const { stdout, stderr } = exporter.binary;
  const found = [...findCanaries('stdout', stdout), ...findCanaries('stderr', stderr)];
  for (const name of await readdir(exporter.file(''))) {
    if (['config.yaml', ...Object.keys(FILES)].includes(name)) continue;
    const text = await readFile(exporter.file(name), 'utf8').catch(() => '');
    found.push(...findCanaries(name, text));
  }
  return found;
}

const QUICK = { 'x-prometheus-scrape-timeout-seconds': '1' };
const OPTIONS = { args: ['--log.level=debug'], files: FILES, env: ENV };

test.concurrent('while everything works, and through faults and refusals, no secret is shown', async () => {
  await using cloud = await startCloud({ credentials: CREDENTIALS });
  await using refusing = await listen(echo(400));
  await using gateway = await listen(echo(403));
  const alerting = {
    interval: '500ms',
    alertmanagers: [
      { url: `http://${refusing.host}`, basic_auth: { username: 'user', password: CANARIES.alertmanager } },
      { url: `http://${gateway.host}`, bearer_token_file: 'bearer' },
      { url: 'http://127.0.0.1:9', bearer_token: CANARIES.bearer },
    ],
  };
  const rest = { state: { file: 'state' }, event_log: 'events', alerting };
  const text = configText(cloud.url, { ...rest, projects: projects(cloud.url) });
  await using exporter = await serve(text, OPTIONS);
  const at = Date.now() - 1_000;
  cloud.cloud.addServiceEvent(SERVICE, { event_type: 'abnormal', event_info: 'It failed.', occur_time: at });
  const refreshes = async (count: number) => {
    const before = cloud.requests.count('service_events');
    await vi.waitFor(async () => {
      await exporter.scrape();
      expect(cloud.requests.count('service_events')).toBeGreaterThan(before + count);
    }, WAIT);
  };
  await vi.waitFor(async () => {
    const up = /^modelarts_target_up{[^}]*kind="service"[^}]*} 1$/gm;
    expect((await exporter.scrape()).text.match(up)).toHaveLength(AUTHS.length);
  }, WAIT);
  await vi.waitFor(() => {
    const failing = exporter.binary.stderr.match(/(?<=sending alerts failed" alertmanager=)\S+/g);
    expect(new Set(failing).size).toBe(3);
  }, WAIT);
  expect(await everythingShown(exporter)).toEqual([]);

  for (const fault of [
    { kind: 'status', status: 500 },
    { kind: 'status', status: 403 },
    { kind: 'reset' },
    { kind: 'not_json' },
    { kind: 'wrong_shape', shape: 'top_is_null' },
  ] satisfies Fault[]) {
    const heal = cloud.faults.add(fault);
    await refreshes(AUTHS.length);
    expect(await everythingShown(exporter)).toEqual([]);
    heal();
  }

  const refused = await exporter.reload(text.replace('"timeout"', '"time"').replace('"region"', '"regoin"'));
  expect(refused.status).toBe(500);
  expect(findCanaries('reload', refused.text)).toEqual([]);
  await exporter.binary.end();
  expect(await everythingWritten(exporter)).toEqual([]);
});

test.concurrent.each([401, 400, 403, 500, 429])(
  'an API that answers %i with all it was told shows no secret',
  async (status) => {
    await using api = await listen(echo(status));
    const endpoint = `http://${api.host}`;
    // With and without an id, so that ModelArts and IAM are asked.
    const all = [
      ...projects(endpoint),
      ...projects(endpoint, { project_id: 'a'.repeat(32) }).map((each) => ({
        ...each,
        name: `${each.name}-b`,
      })),
    ];
    const text = configText(endpoint, { projects: all, state: { file: 'state' } });
    await using exporter = await serve(text, OPTIONS);
    await vi.waitFor(async () => {
      const down = /^modelarts_target_up{[^}]*kind="service"[^}]*} 0$/gm;
      const { length } = (await exporter.scrape('/metrics', QUICK)).text.match(down) ?? [];
      // Throttled projects wait rather than fail, and those that share a credential for each other.
      expect(length).toBeGreaterThanOrEqual(status === 429 ? 1 : 2 * AUTHS.length);
    }, WAIT);
    expect(await everythingShown(exporter)).toEqual([]);
    await exporter.binary.end();
    expect(exporter.binary.stderr).toContain(`HTTP ${status}`);
    expect(await everythingWritten(exporter)).toEqual([]);
  },
);

test.concurrent('a proxy that refuses, or is away, shows no password of it', async () => {
  await using proxy = await listen(echo(407));
  const through = (host: string) => `http://user:${CANARIES.proxy}@${host}`;
  const project = (name: string, endpoint: string, proxyUrl: string) => ({
    name,
    region: 'cn-north-4',
    project_id: 'a'.repeat(32),
    endpoint,
    auth: { token: CANARIES.token },
    api: { proxy_url: proxyUrl },
    services: [{ id: SERVICE }],
  });
  const projects = [
    project('project-0', 'http://modelarts.invalid', through(proxy.host)),
    project('plain', 'http://modelarts.invalid', through(proxy.host)),
    project('tunnel', 'https://modelarts.invalid', through(proxy.host)),
    project('away', 'https://modelarts.invalid', through('127.0.0.1:9')),
    project('environment', 'https://modelarts.invalid', ''),
  ];
  const text = configText('http://modelarts.invalid', { projects });
  const env = { ...ENV, HTTPS_PROXY: through(proxy.host), https_proxy: through(proxy.host) };
  await using exporter = await serve(text, { ...OPTIONS, env });
  await vi.waitFor(async () => {
    expect((await exporter.scrape()).text.match(/^modelarts_target_up{.*} 0$/gm)).toHaveLength(5);
  }, WAIT);
  expect(await everythingShown(exporter)).toEqual([]);
  await exporter.binary.end();
  expect(await everythingWritten(exporter)).toEqual([]);
});

test.concurrent('a command that fails shows no secret of the configuration', async () => {
  const url = 'http://127.0.0.1:9';
  const withUser = `http://user:${CANARIES.alertmanager}@localhost`;
  const good = configText(url, { projects: projects(url) });
  await using folder = await folderWith({
    ...FILES,
    'config.yaml': good,
    'unknown.yaml': good.replace('"token"', '"tokne"'),
    'list.yaml': good.replace(`"${CANARIES.token}"`, `["${CANARIES.token}"]`),
    'torn.yaml': good.slice(0, good.indexOf(CANARIES.secretKey) + 10),
    'twice.yaml': good.replace('"auth": {', `"auth": { "token": "${CANARIES.bearer}",`),
    'endpoint.yaml': configText(withUser),
    'alertmanager.yaml': configText(url, { alerting: { alertmanagers: [{ url: withUser }] } }),
    'proxy.yaml': configText(url, { api: { proxy_url: `ftp://user:${CANARIES.proxy}@localhost` } }),
  });
  const options = { cwd: folder.path, env: ENV };
  for (const name of ['unknown', 'list', 'torn', 'twice', 'endpoint', 'alertmanager', 'proxy']) {
    for (const args of [['check-config', `${name}.yaml`], [`--config.file=${name}.yaml`]]) {
      const { code, stdout, stderr } = await runBinary(args, options);
      expect([name, code]).toEqual([name, args[0] === 'check-config' ? 1 : 2]);
      expect(findCanaries(name, stdout + stderr)).toEqual([]);
    }
  }
  for (const command of ['once', 'targets', 'alerts']) {
    const { code, stdout, stderr } = await runBinary([command, '--log.level=debug'], options);
    expect(code).toBe(1);
    expect(findCanaries(command, stdout + stderr)).toEqual([]);
  }
  const health = await runBinary(['healthcheck', `--url=http://user:${CANARIES.alertmanager}@127.0.0.1:9`]);
  expect(health.code).toBe(1);
  expect(findCanaries('healthcheck', health.stderr)).toEqual([]);
});
