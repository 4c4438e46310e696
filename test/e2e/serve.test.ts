import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { WAIT } from '../patience.ts';
import { countEvents } from '../simulator-kit/ground-truth.ts';
import {
  configText,
  JOB,
  POOL,
  PROJECT,
  type Scrape,
  SERVICE,
  sample,
  serve,
  startCloud,
  sum,
} from './scene.ts';

/** Nothing is read again by itself. */
const ONCE = { collection: { min_interval: '1h' } };
const UP = 'modelarts_target_up{';

test.concurrent('it is ready when every listed target was tried', async () => {
  await using cloud = await startCloud();
  cloud.faults.add({ kind: 'latency', ms: 1_000 }, { path: POOL });
  cloud.faults.add({ kind: 'status', status: 500 }, { path: JOB });
  await using exporter = await serve(configText(cloud.url));
  const answers = new Set<number>();
  await vi.waitFor(async () => {
    const { status, text } = await exporter.scrape('/-/ready');
    answers.add(status);
    expect([status, text]).toEqual([200, 'modelarts-exporter is ready\n']);
  }, WAIT);
  expect([...answers]).toEqual([503, 200]);
  expect((await exporter.scrape('/-/healthy')).status).toBe(200);
});

test.concurrent('a scrape is answered in time with what there is, and the rest follows', async () => {
  await using cloud = await startCloud();
  const text = configText(cloud.url, {
    collection: { min_interval: '100ms', timeout_offset: '500ms' },
    api: { retries: 0, timeout: '6s', rate_limit: 10_000 },
  });
  await using exporter = await serve(text);
  const before = await exporter.scrape();
  cloud.faults.add({ kind: 'hang' }, { path: SERVICE });
  cloud.faults.add({ kind: 'latency', ms: 300 }, { path: POOL });
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(lastSuccess(before, SERVICE) + 200), WAIT);
  const partial = await exporter.scrape('/metrics', { 'x-prometheus-scrape-timeout-seconds': '2.5' });
  expect(partial.status).toBe(200);
  for (const id of [SERVICE, JOB, POOL]) expect(sample(partial, UP, id)).toBe(1);
  expect(lastSuccess(partial, SERVICE)).toBe(lastSuccess(before, SERVICE));
  // It waited for what came late, but not for what did not come.
  for (const id of [JOB, POOL]) expect(lastSuccess(partial, id)).toBeGreaterThan(lastSuccess(before, id));
  const timeouts = 'modelarts_refresh_errors_total{project="prod",kind="service",reason="timeout"}';
  expect(partial.samples.get(timeouts)).toBe(0);
  await vi.waitFor(async () => {
    const quick = { 'x-prometheus-scrape-timeout-seconds': '1' };
    const scrape = await exporter.scrape('/metrics', quick);
    expect(scrape.samples.get(timeouts)).toBe(1);
    // A scraper's first scrape shows every counter as 0.
    expect(sample(scrape, 'modelarts_scrapes_partial_total')).toBeGreaterThanOrEqual(1);
  }, WAIT);
});

test.concurrent.each([
  ['hangs', { kind: 'hang' }],
  ['is cut off', { kind: 'reset' }],
] as const)(
  'a target that %s from the start does not hide those that are tried after it',
  async (_, fault) => {
    await using cloud = await startCloud();
    cloud.faults.add(fault, { path: SERVICE });
    const api = { retries: 0, timeout: '500ms', rate_limit: 10_000 };
    await using exporter = await serve(configText(cloud.url, { api }));
    await vi.waitFor(async () => {
      const scrape = await exporter.scrape();
      expect([SERVICE, JOB, POOL].map((id) => sample(scrape, UP, id))).toEqual([0, 1, 1]);
    }, WAIT);
  },
);

test.concurrent('a target that fails hides no other, and the query selects', async () => {
  await using cloud = await startCloud();
  cloud.faults.add({ kind: 'status', status: 500 }, { path: JOB });
  cloud.cloud.addProject({ id: 'f'.repeat(32), name: 'eu-west-0' });
  cloud.cloud.addPool('f'.repeat(32), { name: 'pool-west' });
  const west = {
    name: 'west',
    region: 'eu-west-0',
    project_id: 'f'.repeat(32),
    endpoint: cloud.url,
    auth: { token: 'simulator-token' },
    pools: [{ name: 'pool-west' }],
  };
  await using exporter = await serve(configText(cloud.url, { ...ONCE, more: [west] }));
  const all = await exporter.scrape();
  expect([JOB, SERVICE, POOL, 'pool-west'].map((id) => sample(all, UP, id))).toEqual([0, 1, 1, 1]);
  expect(sample(all, 'modelarts_refresh_errors_total', 'prod', 'training_job', 'server')).toBe(1);
  expect(all.text).toContain('process_cpu_seconds_total');
  expect(sample(all, 'modelarts_scrapes_partial_total')).toBe(0);

  const seen = async (query: string) => {
    const { text } = await exporter.scrape(`/metrics?${query}`);
    expect(text).not.toMatch(/^(process_|nodejs_|modelarts_exporter_)/m);
    return [SERVICE, JOB, POOL, 'pool-west'].filter((id) => text.includes(id));
  };
  expect(await seen('kind=pool')).toEqual([POOL, 'pool-west']);
  expect(await seen('kind=pool&project=west')).toEqual(['pool-west']);
  expect(await seen('kind=service&kind=training_job')).toEqual([SERVICE, JOB]);
  expect(await seen('project=prod')).toEqual([SERVICE, JOB, POOL]);
  expect((await exporter.scrape('/metrics?kind=cron')).status).toBe(400);
  expect((await exporter.scrape('/metrics?project=nobody')).status).toBe(400);
});

test.concurrent('/probe through /sd shows just what /metrics shows', async () => {
  await using cloud = await startCloud();
  await using exporter = await serve(configText(cloud.url, ONCE));
  const metrics = await exporter.scrape();
  const response = await fetch(`${exporter.url}/sd`);
  const groups = (await response.json()) as { labels: Record<string, string> }[];
  expect(groups).toHaveLength(3);
  const probed: string[] = [];
  for (const { labels } of groups) {
    const query = ['project', 'kind', 'target'].map((name): [string, string] => [
      name,
      labels[`__param_${name}`] ?? '',
    ]);
    const { status, text } = await exporter.scrape(
      `${labels['__metrics_path__']}?${new URLSearchParams(query)}`,
    );
    expect(status).toBe(200);
    probed.push(...samplesOf(text));
  }
  const ofTargets = samplesOf(metrics.text).filter((line) =>
    /^modelarts_(service|inference_service|training_job|pool|target)_/.test(line),
  );
  expect(probed.sort()).toEqual(ofTargets.sort());
  expect((await exporter.scrape('/probe?project=prod&kind=pool&target=elsewhere')).status).toBe(404);
  expect((await exporter.scrape('/probe?project=prod&kind=pool')).status).toBe(400);
});

test.concurrent('scrapers at the same time share one fetch, and min_interval bounds them all', async () => {
  await using cloud = await startCloud();
  const interval = 1_500;
  await using exporter = await serve(
    configText(cloud.url, { collection: { min_interval: `${interval}ms` } }),
  );
  await exporter.scrape();
  cloud.faults.add({ kind: 'latency', ms: 150 });
  cloud.requests.clear();
  const began = Date.now();
  while (Date.now() < began + 2 * interval) {
    const [one, two] = await Promise.all([exporter.scrape(), exporter.scrape()]);
    expect([one.status, two.status]).toEqual([200, 200]);
  }
  const reads = cloud.requests.count('training_job_events');
  expect(reads).toBeGreaterThanOrEqual(1);
  // Ten per cent early counts as due.
  expect(reads).toBeLessThanOrEqual(1 + (Date.now() - began) / (0.9 * interval));
});

test.concurrent('in the background everything is read without a scrape, and no scrape waits', async () => {
  await using cloud = await startCloud();
  const collection = { schedule: 'background', min_interval: '300ms' };
  const api = { retries: 0, rate_limit: 10_000, timeout: '5m' };
  await using exporter = await serve(configText(cloud.url, { collection, api }));
  await vi.waitFor(() => expect(cloud.requests.count('training_job_events')).toBeGreaterThan(4), WAIT);
  expect(sum(await exporter.scrape(), UP)).toBe(3);

  cloud.faults.add({ kind: 'hang' });
  const before = cloud.requests.count();
  await vi.waitFor(() => expect(cloud.requests.count()).toBeGreaterThan(before), WAIT);
  const began = performance.now();
  const scrape = await exporter.scrape('/metrics', { 'x-prometheus-scrape-timeout-seconds': '300' });
  // One that waited would do so for as long as a request may take, or the scrape: five minutes.
  expect(performance.now() - began).toBeLessThan(60_000);
  expect(sum(scrape, UP)).toBe(3);
  expect(sample(scrape, 'modelarts_scrapes_partial_total')).toBe(0);
});

test.concurrent('a reload keeps what stays, adds and removes, and a bad file changes nothing', async () => {
  await using cloud = await startCloud();
  const before = configText(cloud.url, { project: { pools: [] } });
  await using exporter = await serve(before);
  await exporter.scrape();
  const event = { event_type: 'abnormal', event_info: 'Failed', occur_time: Date.now() };
  cloud.cloud.addServiceEvent(SERVICE, event);
  const counted = ['modelarts_service_events_total', SERVICE, 'abnormal'];
  await vi.waitFor(async () => expect(sample(await exporter.scrape(), ...counted)).toBe(1), WAIT);

  const after = configText(cloud.url, { project: { training_jobs: [] } });
  expect(await exporter.reload(after)).toMatchObject({ status: 200 });
  await vi.waitFor(async () => expect(sample(await exporter.scrape(), UP, POOL)).toBe(1), WAIT);
  let scrape = await exporter.scrape();
  expect(scrape.text).not.toContain(JOB);
  expect(sample(scrape, ...counted)).toBe(1);
  expect(sample(scrape, 'config_last_reload_successful')).toBe(1);

  const bad = after.replace('"region"', '"regoin"');
  const refused = await exporter.reload(bad);
  expect(refused.status).toBe(500);
  expect(refused.text).toMatch(/config\.yaml:\d+:\d+: projects\[0\]\.regoin: unknown key/);
  const homeless = await exporter.reload(after.replace('"projects"', '"event_log": "no/folder", "projects"'));
  expect([homeless.status, homeless.text]).toEqual([500, expect.stringContaining('event_log: the folder')]);
  scrape = await exporter.scrape();
  expect(sample(scrape, 'config_last_reload_successful')).toBe(0);
  expect(sample(scrape, UP, POOL)).toBe(1);
  expect(sample(scrape, ...counted)).toBe(1);

  await exporter.write(before);
  exporter.binary.process.kill('SIGHUP');
  await vi.waitFor(async () => {
    scrape = await exporter.scrape();
    expect(sample(scrape, UP, JOB)).toBe(1);
    expect(scrape.text).not.toContain(POOL);
  }, WAIT);
  expect(sample(scrape, 'config_last_reload_successful')).toBe(1);
  expect(sample(scrape, ...counted)).toBe(1);
  cloud.cloud.addServiceEvent(SERVICE, { ...event, occur_time: Date.now() });
  await vi.waitFor(async () => expect(sample(await exporter.scrape(), ...counted)).toBe(2), WAIT);

  await exporter.write(bad);
  exporter.binary.process.kill('SIGHUP');
  await vi.waitFor(async () => {
    expect(sample(await exporter.scrape(), 'config_last_reload_successful')).toBe(0);
  }, WAIT);
  expect((await exporter.binary.end()).code).toBe(0);
});

test.concurrent('with --config.auto-reload-interval a changed file is taken over, and a bad one told of', async () => {
  await using cloud = await startCloud();
  const before = configText(cloud.url, { project: { pools: [] } });
  await using exporter = await serve(before, { args: ['--config.auto-reload-interval=100ms'] });
  await vi.waitFor(async () => expect(sample(await exporter.scrape(), UP, JOB)).toBe(1), WAIT);

  const after = configText(cloud.url, { project: { training_jobs: [] } });
  await exporter.write(after);
  await vi.waitFor(async () => expect(sample(await exporter.scrape(), UP, POOL)).toBe(1), WAIT);
  expect((await exporter.scrape()).text).not.toContain(JOB);

  const isTaken = async () => sample(await exporter.scrape(), 'config_last_reload_successful');
  await exporter.write(after.replace('"region"', '"regoin"'));
  await vi.waitFor(async () => expect(await isTaken()).toBe(0), WAIT);
  expect(sample(await exporter.scrape(), UP, POOL)).toBe(1);
  expect(exporter.binary.stderr.match(/regoin/g)).toHaveLength(1);
  await exporter.write(after);
  await vi.waitFor(async () => expect(await isTaken()).toBe(1), WAIT);
});

test.concurrent('a ConfigMap is taken over as Kubernetes changes it: by a symbolic link', async () => {
  await using cloud = await startCloud();
  const text = (section: string) => configText(cloud.url, { project: { [section]: [] } });
  await using exporter = await serve(text('pools'), {
    args: ['--config.auto-reload-interval=100ms'],
    files: { '..first/config.yaml': text('pools'), '..second/config.yaml': text('training_jobs') },
  });
  const link = async (target: string, name: string) => {
    await symlink(target, exporter.file('new'));
    await rename(exporter.file('new'), exporter.file(name));
  };
  await link('..first', '..data');
  await link('..data/config.yaml', 'config.yaml');
  await vi.waitFor(async () => expect(sample(await exporter.scrape(), UP, JOB)).toBe(1), WAIT);
  await link('..second', '..data');
  await rm(exporter.file('..first'), { recursive: true });
  await vi.waitFor(async () => expect(sample(await exporter.scrape(), UP, POOL)).toBe(1), WAIT);
  expect((await exporter.scrape()).text).not.toContain(JOB);
});

test.concurrent('with --web.external-url all paths have its prefix, and alerts lead there', async () => {
  await using cloud = await startCloud();
  const event = { event_type: 'abnormal', event_info: 'Failed', occur_time: Date.now() - 1_000 };
  cloud.cloud.addServiceEvent(SERVICE, event);
  const url = 'https://tools.example.com/modelarts';
  await using exporter = await serve(configText(cloud.url), { args: [`--web.external-url=${url}`] });
  await vi.waitFor(async () => {
    const response = await fetch(`${exporter.url}/modelarts/api/v1/alerts`);
    expect(await response.text()).toContain(`"${url}/targets/prod/service/${SERVICE}"`);
  }, WAIT);
  expect((await exporter.scrape()).status).toBe(404);
  expect((await exporter.scrape('/modelarts/metrics?name[]=modelarts_target_up')).samples.size).toBe(3);
});

test.concurrent('without --web.enable-lifecycle nobody reloads over HTTP', async () => {
  await using cloud = await startCloud();
  await using exporter = await serve(configText(cloud.url), { lifecycle: false });
  expect(await exporter.reload(configText(cloud.url))).toMatchObject({ status: 403 });
});

test.concurrent('a wrong token is put right by a reload', async () => {
  await using cloud = await startCloud();
  await using exporter = await serve(configText(cloud.url, { project: { auth: { token: 'wrong' } } }));
  await vi.waitFor(async () => {
    const scrape = await exporter.scrape();
    expect(sum(scrape, UP)).toBe(0);
    expect(sum(scrape, 'modelarts_refresh_errors_total', 'auth')).toBeGreaterThan(3);
  }, WAIT);
  expect((await exporter.reload(configText(cloud.url))).status).toBe(200);
  await vi.waitFor(async () => expect(sum(await exporter.scrape(), UP)).toBe(3), WAIT);
});

test.concurrent('a rotated token_file is tried at once, without a reload', async () => {
  await using cloud = await startCloud();
  await using exporter = await serve(configText(cloud.url, { project: { auth: { token_file: 'token' } } }), {
    files: { token: 'simulator-token\n' },
  });
  expect(sum(await exporter.scrape(), UP)).toBe(3);
  cloud.credentials.tokens = [{ token: 'the-next-one' }];
  // A credential that is locked is left alone for five minutes, longer than anything is waited for here.
  const locked = { error_code: 'APIGW.0301', error_msg: 'failed attempts reach the limit' };
  const unlock = cloud.faults.add({ kind: 'status', status: 401, body: JSON.stringify(locked) });
  await vi.waitFor(async () => expect(sum(await exporter.scrape(), UP)).toBe(0), WAIT);
  unlock();
  await writeFile(exporter.file('token'), 'the-next-one\n');
  await vi.waitFor(async () => expect(sum(await exporter.scrape(), UP)).toBe(3), WAIT);
});

test.concurrent('what is over events_per_poll comes with the next refreshes, and nothing is lost', async () => {
  await using cloud = await startCloud();
  const text = configText(cloud.url, { limits: { events_per_poll: 100 } });
  await using exporter = await serve(text);
  await exporter.scrape();
  const epoch = Date.now();
  const event_type = 'normal';
  for (let i = 0; i < 350; i++) {
    // Several at one instant, and some identical.
    const at = epoch + Math.floor(i / 3);
    cloud.cloud.addServiceEvent(SERVICE, { event_type, event_info: `event ${i % 2}`, occur_time: at });
    const time = epoch + 1_000 * Math.floor(i / 7);
    cloud.cloud.addJobEvent(JOB, { time, level: 'Info', source: 'Job', message: `event ${i}` });
  }
  const seen = new Set<number>();
  await vi.waitFor(async () => {
    const scrape = await exporter.scrape();
    const counts = ['service', 'training_job'].map((kind) => sum(scrape, `modelarts_${kind}_events_total`));
    seen.add(counts[0] ?? 0);
    expect(counts).toEqual([350, 350]);
  }, WAIT);
  expect(seen.size).toBeGreaterThan(2);
  const scrape = await exporter.scrape();
  expect(sum(scrape, 'modelarts_truncated_polls_total')).toBe(0);
  const truth = countEvents(cloud.cloud, epoch - 1_000);
  expect(truth.map(({ kind, count }) => [kind, count])).toEqual([
    ['service', 350],
    ['training_job', 350],
  ]);
});

test.concurrent('a pool with more events than events_per_poll is truncated, and says so', async () => {
  await using cloud = await startCloud();
  for (let i = 0; i < 250; i++) {
    const firstTimestamp = Date.now() - 1_000 * i;
    cloud.cloud.addPoolEvent(POOL, { type: 'Normal', reason: 'Checked', message: `${i}`, firstTimestamp });
  }
  await using exporter = await serve(configText(cloud.url, { limits: { events_per_poll: 100 } }));
  const scrape = await exporter.scrape();
  expect(sample(scrape, UP, POOL)).toBe(1);
  expect(sample(scrape, 'modelarts_truncated_polls_total', 'pool')).toBeGreaterThanOrEqual(1);
  expect(exporter.binary.stderr).toContain('polls may have missed events');
});

test.concurrent('discovered targets come, count and go', async () => {
  await using cloud = await startCloud();
  const services = { enabled: true, refresh: '200ms', linger: '500ms' };
  const project = { services: [], training_jobs: [], pools: [], discovery: { services } };
  await using exporter = await serve(configText(cloud.url, { project }));
  await vi.waitFor(async () => expect(sample(await exporter.scrape(), UP, SERVICE)).toBe(1), WAIT);
  cloud.cloud.addService(PROJECT, { service_id: 'newcomer', service_name: 'ocr' });
  await vi.waitFor(async () => expect(sample(await exporter.scrape(), UP, 'newcomer')).toBe(1), WAIT);
  expect(sample(await exporter.scrape(), 'modelarts_discovered_targets')).toBe(2);
  cloud.cloud.removeService(SERVICE);
  await vi.waitFor(async () => expect((await exporter.scrape()).text).not.toContain(SERVICE), WAIT);
  expect(sample(await exporter.scrape(), UP, 'newcomer')).toBe(1);
});

/** Unix milliseconds. */
function lastSuccess(scrape: Scrape, id: string): number {
  return 1_000 * sample(scrape, 'modelarts_target_last_success_timestamp_seconds', id);
}

function samplesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}
