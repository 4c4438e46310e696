import { expect, test, vi } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { WAIT } from '../patience.ts';
import type { Fault } from '../simulator-kit/faults/fault.ts';
import { configText, JOB, POOL, SERVICE, sample, serve, startCloud, sum } from './scene.ts';

const UP = 'modelarts_target_up{';

/** Every kind of credentials, as a user would write it, with a project and a region of its own. */
function projectsOfEveryKind(metadata: string) {
  const keys = { access_key: 'AKFIXED', secret_key: 'sk-fixed' };
  const auths: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['token', { token: 'fixed-token' }],
    ['token-file', { token_file: 'token' }],
    ['keys', keys],
    ['key-files', { access_key: 'AKFILES', secret_key_file: 'secret-key' }],
    ['temporary', { access_key: 'AKTEMP', secret_key: 'sk-temp', security_token: 'st-temp' }],
    ['password', { username: 'reader', password_file: 'password', domain: 'acme' }],
    ['ecs', { ecs_metadata: true, ecs_metadata_endpoint: metadata }],
    ['environment', { environment: true }],
  ];
  return auths.map(([name, auth], index) => ({
    name,
    auth,
    region: `cn-test-${index}`,
    id: String(index).padStart(32, 'a'),
  }));
}

test.concurrent('each kind of credentials works, and finds the project by its region', async () => {
  const cloud = new Cloud();
  await using simulator = await startCloud({
    cloud: withProjects(cloud),
    credentials: {
      tokens: [{ token: 'fixed-token' }, { token: 'token-of-a-file' }],
      accessKeys: [
        { accessKey: 'AKFIXED', secretKey: 'sk-fixed' },
        { accessKey: 'AKFILES', secretKey: 'sk-files' },
        { accessKey: 'AKTEMP', secretKey: 'sk-temp', securityToken: 'st-temp' },
        { accessKey: 'AKENV', secretKey: 'sk-env', securityToken: 'st-env' },
      ],
      users: [{ name: 'reader', password: 'p"ss wörd', domain: 'acme' }],
    },
  });
  const { url } = simulator;
  const projects = projectsOfEveryKind(url).map(({ name, auth, region }) => ({
    name,
    auth,
    region,
    endpoint: url,
    iam_endpoint: url,
    services: [{ id: `service-of-${name}` }],
    discovery: { pools: { enabled: true }, training_jobs: { enabled: true } },
  }));
  await using exporter = await serve(configText(url, { projects }), {
    files: { token: 'token-of-a-file\n', 'secret-key': 'sk-files\n', password: 'p"ss wörd\n' },
    env: {
      HUAWEICLOUD_SDK_AK: 'AKENV',
      HUAWEICLOUD_SDK_SK: 'sk-env',
      HUAWEICLOUD_SDK_SECURITY_TOKEN: 'st-env',
    },
  });
  await vi.waitFor(async () => {
    const scrape = await exporter.scrape();
    for (const { name, id } of projectsOfEveryKind(url)) {
      expect(sum(scrape, UP, `project="${name}"`, 'kind="service"')).toBe(1);
      expect(sum(scrape, UP, `project="${name}"`, 'kind="pool"')).toBe(1);
      expect(sum(scrape, UP, `project="${name}"`, 'kind="training_job"')).toBe(1);
      expect(sample(scrape, 'modelarts_project_info', `project="${name}"`, `project_id="${id}"`)).toBe(1);
    }
    expect(sum(scrape, 'modelarts_refresh_errors_total')).toBe(0);
  }, WAIT);
  const { requests } = simulator;
  expect(requests.entries.filter(({ status }) => status >= 400)).toEqual([]);
  // One token and one set of temporary keys, however many requests wait for them.
  expect(requests.count('iam_token')).toBe(1);
  expect(requests.of('ecs_metadata').map(({ method }) => method)).toEqual(['PUT', 'GET']);
  expect((await exporter.binary.end()).stderr).not.toMatch(/level=(warn|error)/);
});

/** Each with one target of every kind. */
function withProjects(cloud: Cloud): Cloud {
  for (const { name, region, id } of projectsOfEveryKind('http://metadata')) {
    cloud.addProject({ id, name: region });
    cloud.addService(id, { service_id: `service-of-${name}` });
    cloud.addPool(id, { name: `pool-of-${name}` });
    cloud.addJob(id, { id: `job-of-${name}` });
  }
  return cloud;
}

test.concurrent.each<[string, Readonly<Record<string, unknown>>]>([
  ['token', { token: 'wrong' }],
  ['keys', { access_key: 'AKFIXED', secret_key: 'wrong' }],
  ['unknown access key', { access_key: 'AKWRONG', secret_key: 'wrong' }],
  ['security token', { access_key: 'AKTEMP', secret_key: 'sk-temp', security_token: 'wrong' }],
  ['password', { username: 'reader', password: 'wrong', domain: 'acme' }],
  ['environment', { environment: true }],
])('wrong credentials cause no storm of requests and are told: %s', async (_, auth) => {
  await using cloud = await startCloud({
    credentials: {
      accessKeys: [
        { accessKey: 'AKFIXED', secretKey: 'sk-fixed' },
        { accessKey: 'AKTEMP', secretKey: 'sk-temp', securityToken: 'st-temp' },
      ],
      users: [{ name: 'reader', password: 'right', domain: 'acme' }],
    },
  });
  const discovery = { services: { enabled: true, refresh: '100ms' } };
  const text = configText(cloud.url, { project: { auth, discovery }, api: { rate_limit: 1_000 } });
  const began = Date.now();
  await using exporter = await serve(text, {
    env: { HUAWEICLOUD_SDK_AK: 'AKFIXED', HUAWEICLOUD_SDK_SK: 'wrong' },
  });
  await vi.waitFor(async () => {
    const scrape = await exporter.scrape();
    expect(scrape.text).toContain(UP);
    expect(sum(scrape, UP)).toBe(0);
    // Four things that want to be read, ten times each.
    expect(sum(scrape, 'modelarts_refresh_errors_total', 'reason="auth"')).toBeGreaterThan(40);
  }, WAIT);
  // It is tried again after ten seconds, then after twenty and so on, which a busy machine may take.
  expect(cloud.requests.count()).toBeLessThanOrEqual(1 + Math.log2(1 + (Date.now() - began) / 10_000));
  const scrape = await exporter.scrape();
  expect(sum(scrape, 'modelarts_refresh_errors_total')).toBe(
    sum(scrape, 'modelarts_refresh_errors_total', 'reason="auth"'),
  );
  const targets = (await (await fetch(`${exporter.url}/api/v1/targets`)).json()) as {
    data: { error: { reason: string; message: string } }[];
  };
  for (const { error } of targets.data) expect(error.reason).toBe('auth');
  // Once for each target and listing, not once for each refresh.
  expect(exporter.binary.stderr.match(/level=warn/g)?.length).toBeLessThanOrEqual(4);
});

test.concurrent.each<[string, Fault]>([
  ['with Retry-After in seconds', { kind: 'throttled', retryAfter: 2 }],
  ['with Retry-After as a date', { kind: 'throttled', retryAfter: 3, form: 'date' }],
  ['with the period in the text', { kind: 'throttled', message: 'limit:5,time:2 second' }],
  ['without a word of when', { kind: 'throttled', message: 'no details' }],
])('a 429 pauses the whole project and fails no other target: %s', async (_, fault) => {
  await using cloud = await startCloud();
  await using exporter = await serve(configText(cloud.url));
  expect(sum(await exporter.scrape(), UP)).toBe(3);
  const quiet = fault.kind === 'throttled' && (fault.retryAfter ?? fault.message?.includes('time:')) ? 2 : 1;

  cloud.faults.add(fault, { operation: 'training_job_events', times: 1 });
  await vi.waitFor(async () => {
    const { text } = await exporter.scrape('/metrics', { 'x-prometheus-scrape-timeout-seconds': '1' });
    expect(text).toMatch(/reason="throttled"} 1\n/);
  }, WAIT);
  const refused = cloud.requests.entries.find(({ status }) => status === 429)?.at ?? Number.NaN;
  const later = () => cloud.requests.entries.filter(({ at }) => at > refused);
  const next = await vi.waitFor(async () => {
    await exporter.scrape('/metrics', { 'x-prometheus-scrape-timeout-seconds': '1' });
    return later().find(({ operation }) => operation === 'training_job_events') ?? expect.fail();
  }, WAIT);
  const silence = quiet * 1_000 - 100;
  expect(next.at - refused).toBeGreaterThan(silence);
  // Of the others there is only what was on its way when the answer came.
  const others = later().flatMap(({ at, path }) => (at - refused < silence ? [path] : []));
  expect(others).toEqual([...new Set(others)]);
  await vi.waitFor(async () => expect(sum(await exporter.scrape(), UP)).toBe(3), WAIT);
  const scrape = await exporter.scrape();
  expect(sum(scrape, 'modelarts_refresh_errors_total')).toBe(1);
  for (const id of [SERVICE, JOB, POOL]) expect(sample(scrape, UP, id)).toBe(1);
  expect(exporter.binary.stderr).toContain('msg=throttled');
});
