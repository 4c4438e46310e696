import { once } from 'node:events';
import { get, request } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseExposition } from '../metrics/parse.ts';
import { WAIT } from '../patience.ts';
import { ALERT, POOL, SERVICE, type Site, site } from './fake-backend.ts';

let web: Site;
beforeEach(async () => {
  web = await site();
});
afterEach(async () => {
  await web.listening.close();
  expect(web.errors).toEqual([]);
});

function fetchFrom(path: string, init?: RequestInit): Promise<Response> {
  return fetch(web.url + path, init);
}

/** An answer of the JSON API. */
async function api(path: string): Promise<{ status: string; data: Record<string, unknown>[] }> {
  const res = await fetchFrom(path);
  return (await res.json()) as Awaited<ReturnType<typeof api>>;
}

function gate(): { promise: Promise<void>; release: () => void } {
  let release = () => {};
  const promise = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { promise, release };
}

test('/metrics gives all targets and the exporter itself', async () => {
  const res = await fetchFrom('/metrics');
  expect(res.status).toBe(200);
  expect(res.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const series = parseExposition(await res.text());
  expect(series.get('modelarts_target_up{"project":"prod","kind":"service","target":"s1"}')).toBe('1');
  expect(series.get('modelarts_target_up{"project":"dev","kind":"pool","target":"pool-1"}')).toBe('0');
  expect(series.get('modelarts_scrapes_partial_total{}')).toBe('0');
  expect(web.backend.deadlines).toEqual([10_000]);
});

test('/metrics speaks OpenMetrics and gzip where they are asked for', async () => {
  const res = await fetchFrom('/metrics', {
    headers: {
      accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'accept-encoding': 'gzip',
    },
  });
  expect(res.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  expect(res.headers.get('content-encoding')).toBe('gzip');
  expect(await res.text()).toMatch(/\n# EOF\n$/);
});

test('name[] shows only the metrics that it names, of the targets and of the exporter', async () => {
  const text = await (
    await fetchFrom('/metrics?name[]=modelarts_target_up&name[]=modelarts_scrapes_partial_total')
  ).text();
  expect(new Set([...parseExposition(text).keys()].map((series) => series.split('{')[0]))).toEqual(
    new Set(['modelarts_target_up', 'modelarts_scrapes_partial_total']),
  );
});

test('a selection refreshes and shows the chosen targets and nothing else', async () => {
  const text = await (await fetchFrom('/metrics?kind=pool&kind=training_job&project=dev')).text();
  expect([...parseExposition(text).keys()]).toEqual([
    'modelarts_target_up{"project":"dev","kind":"pool","target":"pool-1"}',
  ]);
  expect(web.backend.scraped).toEqual([['pool-1']]);
  expect(await (await fetchFrom('/metrics?project=prod&kind=pool')).text()).toBe('');
});

test.each([
  '/metrics?kind=node',
  '/metrics?kind=',
  '/metrics?project=nobody',
  '/metrics?kind=pool&kind=Pool',
])('%s is 400 and refreshes nothing', async (path) => {
  const res = await fetchFrom(path);
  expect(res.status).toBe(400);
  expect(await res.text()).toMatch(/^unknown (kind|project).*\n$/);
  expect(web.backend.scraped).toEqual([]);
});

test('the scraper’s timeout less the offset is the deadline', async () => {
  const headers = { 'X-Prometheus-Scrape-Timeout-Seconds': '3.5' };
  await (await fetchFrom('/metrics', { headers })).text();
  await (await fetchFrom('/probe?project=prod&kind=service&target=s1', { headers })).text();
  expect(web.backend.deadlines).toEqual([3_000, 3_000]);
});

test('/probe gives one target, as /metrics gives it', async () => {
  const res = await fetchFrom('/probe?project=prod&kind=service&target=s1');
  expect(res.status).toBe(200);
  expect([...parseExposition(await res.text())]).toEqual([
    ['modelarts_target_up{"project":"prod","kind":"service","target":"s1"}', '1'],
  ]);
});

test.each([
  ['/probe', 400],
  ['/probe?kind=service&target=s1', 400],
  ['/probe?project=prod&target=s1', 400],
  ['/probe?project=prod&kind=service', 400],
  ['/probe?project=&kind=service&target=s1', 400],
  ['/probe?project=prod&kind=service&target=', 400],
  ['/probe?project=prod&kind=node&target=s1', 400],
  ['/probe?project=prod&kind=service&target=s1&target=s2', 400],
  ['/probe?project=prod&kind=service&target=s2', 404],
  ['/probe?project=dev&kind=service&target=s1', 404],
  ['/probe?project=nobody&kind=service&target=s1', 404],
  ['/probe?project=prod&kind=service&target=http%3A%2F%2F169.254.169.254', 404],
])('%s is %d', async (path, status) => {
  expect((await fetchFrom(path)).status).toBe(status);
});

test('/sd describes each target so that no relabelling is needed', async () => {
  const res = await fetchFrom('/sd');
  expect(res.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const host = new URL(web.url).host;
  const groups = (await res.json()) as unknown[];
  expect(groups).toHaveLength(2);
  expect(groups[0]).toEqual({
    targets: [host],
    labels: {
      __scheme__: 'http',
      __metrics_path__: '/probe',
      __param_project: 'prod',
      __param_kind: 'service',
      __param_target: 's1',
      __meta_modelarts_project: 'prod',
      __meta_modelarts_region: 'cn-north-4',
      __meta_modelarts_kind: 'service',
      __meta_modelarts_target: 's1',
      __meta_modelarts_target_name: 'Recommender',
      __meta_modelarts_origin: 'configured',
      instance: 'prod/service/s1',
    },
  });
});

test('/sd gives the address that the asker used, if it is one', async () => {
  const ask = async (host: string) => {
    const [res] = await once(get(`${web.url}/sd`, { headers: { host } }), 'response');
    let text = '';
    for await (const part of res) text += part;
    return JSON.parse(text)[0].targets;
  };
  expect(await ask('exporter.monitoring.svc:10979')).toEqual(['exporter.monitoring.svc:10979']);
  expect(await ask('[::1]:1')).toEqual(['[::1]:1']);
  expect(await ask('evil/path?x')).toEqual([new URL(web.url).host]);
});

test('healthy, ready and not ready', async () => {
  expect((await fetchFrom('/-/healthy')).status).toBe(200);
  expect((await fetchFrom('/-/ready')).status).toBe(200);
  web.backend.isReady = false;
  expect((await fetchFrom('/-/ready')).status).toBe(503);
  expect((await fetchFrom('/-/healthy')).status).toBe(200);
});

test('it is ready while listings fail, and says which', async () => {
  web.backend.failing = [{ project: 'prod', kind: 'training_job', reason: 'forbidden' }];
  const ready = await fetchFrom('/-/ready');
  expect([ready.status, await ready.text()]).toEqual([
    200,
    'modelarts-exporter is ready\nthe listing of training_job in project prod fails: forbidden\n',
  ]);
});

test.each(['POST', 'PUT'])('%s reloads', async (method) => {
  const res = await fetchFrom('/-/reload', { method });
  expect(res.status).toBe(200);
  expect(web.backend.reloads).toBe(1);
});

test('a reload of a bad file is 500 with the problems', async () => {
  web.backend.reloadResult = {
    ok: false,
    problems: ['c.yaml:1:2: projects: missing', 'c.yaml:3:4: x: unknown key'],
  };
  const res = await fetchFrom('/-/reload', { method: 'POST' });
  expect(res.status).toBe(500);
  expect(await res.text()).toBe('c.yaml:1:2: projects: missing\nc.yaml:3:4: x: unknown key\n');
});

test('without the lifecycle API a reload is 403', async () => {
  const other = await site({ enableLifecycle: false });
  const res = await fetch(`${other.url}/-/reload`, { method: 'POST' });
  await other.listening.close();
  expect(res.status).toBe(403);
  expect(other.backend.reloads).toBe(0);
});

test.each([
  ['cross-site', 403, 0],
  ['same-origin', 200, 1],
] as const)('a browser asks for a reload: %s is %i', async (from, status, reloads) => {
  const res = await fetchFrom('/-/reload', { method: 'POST', headers: { 'sec-fetch-site': from } });
  expect(res.status).toBe(status);
  expect(web.backend.reloads).toBe(reloads);
});

test('/api/v1/targets', async () => {
  const since = 1_700_000_000_000;
  web.backend.view = [
    {
      ...SERVICE,
      standing: { status: 'failed', outlook: 'broken', since, remarks: ['batch'], pools: ['p1'] },
    },
    POOL,
  ];
  const { status, data } = await api('/api/v1/targets');
  expect(status).toBe('success');
  expect(data).toEqual([
    {
      project: 'prod',
      region: 'cn-north-4',
      kind: 'service',
      target: 's1',
      name: 'Recommender',
      origin: 'configured',
      status: 'failed',
      outlook: 'broken',
      since: '2023-11-14T22:13:20.000Z',
      remarks: ['batch'],
      pools: ['p1'],
      health: 'up',
      lastRefresh: '2023-11-14T22:13:20.000Z',
      lastSuccess: '2023-11-14T22:13:20.000Z',
      refreshSeconds: 0.25,
      recentEvents: { normal: 3, abnormal: 1 },
    },
    expect.objectContaining({ health: 'down', error: { reason: 'forbidden', message: 'pool_events: 403' } }),
  ]);
  web.backend.view = [
    { ...POOL, up: undefined },
    { ...POOL, deleted: true },
  ];
  expect((await api('/api/v1/targets')).data.map(({ health }) => health)).toEqual(['unknown', 'deleted']);
});

test.each([
  ['kind=pool', ['pool-1']],
  ['project=prod', ['s1']],
  ['state=down', ['pool-1']],
  ['state=broken', ['s1']],
  ['state=failed', ['s1']],
  ['state=running', []],
  ['q=RECOMM', ['s1']],
  ['q=pool-', ['pool-1']],
  ['limit=1', ['s1']],
  ['limit=0', ['s1', 'pool-1']],
  ['kind=&project=&state=&q=&limit=', ['s1', 'pool-1']],
])('/api/v1/targets?%s selects', async (query, ids) => {
  web.backend.view = [{ ...SERVICE, standing: { status: 'failed', outlook: 'broken', remarks: [] } }, POOL];
  expect((await api(`/api/v1/targets?${query}`)).data.map(({ target }) => target)).toEqual(ids);
});

test.each(['kind=node', 'project=nobody', 'state=x', 'limit=x'])(
  '/api/v1/targets?%s is 400 in the envelope',
  async (query) => {
    const res = await fetchFrom(`/api/v1/targets?${query}`);
    expect(res.status).toBe(400);
    expect(await res.json()).toEqual({ status: 'error', errorType: 'bad_data', error: expect.any(String) });
  },
);

test.each(['/', '/alerts', '/sd', '/api/v1/targets', '/docs', '/assets/style.css'])(
  '%s is compressed for who takes gzip, and only for them',
  async (path) => {
    web.backend.view = Array.from({ length: 20 }, (_, i) => ({ ...SERVICE, id: `s${i}` }));
    const ask = async (coding: string) => {
      const [res] = await once(get(web.url + path, { headers: { 'accept-encoding': coding } }), 'response');
      const parts: Buffer[] = [];
      for await (const part of res) parts.push(part);
      expect(res.headers.vary).toBe('Accept-Encoding');
      return { coding: res.headers['content-encoding'], body: Buffer.concat(parts) };
    };
    const packed = await ask('br, gzip;q=0.5');
    const plain = await ask('gzip;q=0, identity');
    expect([packed.coding, plain.coding]).toEqual(['gzip', undefined]);
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
    expect(packed.body.length).toBeLessThan(plain.body.length);
  },
);

test.each([
  ['', '#0b57b7'],
  ['?firing=3', '>3<'],
  ['?firing=300', '>99<'],
  ['?firing=x%22', '#0b57b7'],
  ['?firing=unknown', '>?<'],
])('the icon%s tells how many alerts fire', async (query, part) => {
  expect(await (await fetchFrom(`/assets/icon.svg${query}`)).text()).toContain(part);
});

test('/api/v1/events, with its filters', async () => {
  const { data } = await api('/api/v1/events');
  expect(data).toEqual([
    {
      time: '2023-11-14T22:13:20.123Z',
      project: 'prod',
      region: 'cn-north-4',
      kind: 'service',
      target: 's1',
      name: 'Recommender',
      event_type: 'abnormal',
      message: 'Pulling image failed.',
      problem: true,
    },
  ]);
  await fetchFrom('/api/v1/events?limit=7&project=prod&kind=service&target=s1&problem=false');
  expect(web.backend.filters).toEqual([
    [{}, 100],
    [{ project: 'prod', kind: 'service', id: 's1', problem: false }, 7],
  ]);
});

test('an empty limit is as good as none', async () => {
  await fetchFrom('/api/v1/events?limit=');
  expect(web.backend.filters).toEqual([[{}, 100]]);
});

test.each([
  ['0', Number.POSITIVE_INFINITY],
  ['1', 1],
  ['1001', 1_001],
  ['99999', 99_999],
])('limit=%s of events is no error', async (text, limit) => {
  expect((await fetchFrom(`/api/v1/events?limit=${text}`)).status).toBe(200);
  expect(web.backend.filters).toEqual([[{}, limit]]);
});

test.each(['limit=-1', 'limit=x', 'limit=1.5', 'kind=node', 'project=nobody', 'problem=maybe'])(
  '/api/v1/events?%s is 400 in the envelope',
  async (query) => {
    const res = await fetchFrom(`/api/v1/events?${query}`);
    expect(res.status).toBe(400);
    expect(await res.json()).toEqual({ status: 'error', errorType: 'bad_data', error: expect.any(String) });
  },
);

test('/api/v1/alerts and /api/v1/status/config', async () => {
  web.backend.firing = [
    {
      ...ALERT,
      labels: { alertname: 'A' },
      annotations: { summary: 's' },
      startsAt: 1_000,
      generatorUrl: 'http://x/',
    },
  ];
  expect(await (await fetchFrom('/api/v1/alerts')).json()).toEqual({
    status: 'success',
    data: [
      {
        labels: { alertname: 'A' },
        annotations: { summary: 's' },
        state: 'firing',
        startsAt: '1970-01-01T00:00:01.000Z',
        generatorURL: 'http://x/',
      },
    ],
  });
  expect((await api('/api/v1/status/config')).data).toEqual(web.backend.config);
});

test('an unknown endpoint of the API is 404 in the envelope', async () => {
  const res = await fetchFrom('/api/v1/nothing');
  expect(res.status).toBe(404);
  expect(await res.json()).toMatchObject({ status: 'error', errorType: 'not_found' });
});

const PATHS = [
  '/metrics',
  '/probe?project=prod&kind=service&target=s1',
  '/sd',
  '/-/healthy',
  '/-/ready',
  '/api/v1/targets',
];

test.each(PATHS)('HEAD %s has the headers of GET and no body', async (path) => {
  const got = await fetchFrom(path);
  const head = await fetchFrom(path, { method: 'HEAD' });
  expect(head.status).toBe(got.status);
  for (const name of ['content-type', 'content-encoding', 'vary']) {
    expect(head.headers.get(name)).toBe(got.headers.get(name));
  }
  expect(web.backend.deadlines.length).toBeLessThanOrEqual(1);
  expect(await head.text()).toBe('');
});

test('HEAD /probe of a target that is not known is 404', async () => {
  const res = await fetchFrom('/probe?project=prod&kind=service&target=nobody', { method: 'HEAD' });
  expect(res.status).toBe(404);
});

test.each(PATHS)('other methods of %s are 405', async (path) => {
  for (const method of ['POST', 'DELETE', 'OPTIONS']) {
    const res = await fetchFrom(path, { method });
    expect(res.status).toBe(405);
    expect(res.headers.get('allow')).toBe('GET, HEAD');
  }
});

test('GET /-/reload is 405', async () => {
  const res = await fetchFrom('/-/reload');
  expect(res.status).toBe(405);
  expect(res.headers.get('allow')).toBe('POST, PUT');
});

test.each([
  '/nothing',
  '/../../etc/passwd',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/%00',
  '/%',
  '/metrics/../x',
  '/METRICS',
  '//etc/passwd',
])('%s is 404 and leads nowhere', async (path) => {
  const [res] = await once(get({ ...target(), path }), 'response');
  res.resume();
  expect(res.statusCode).toBe(404);
});

test('every answer has the security headers and tells nothing of the software', async () => {
  for (const path of [...PATHS, '/nothing', '/metrics?kind=x']) {
    const { headers } = await fetchFrom(path);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('server')).toBeNull();
    expect(headers.get('etag')).toBeNull();
  }
});

test('an answer that breaks off is cut, and told of as a fault of ours', async () => {
  web.store.chunks = function* () {
    yield 'a 1\n';
    throw new Error('broken');
  };
  const broken = fetchFrom('/metrics').then((res) => res.text());
  await expect(broken).rejects.toThrow();
  expect(web.errors.splice(0).map(String)).toEqual(['Error: broken']);
});

test('a fault of ours is 500 without its text', async () => {
  web.backend.refresh = () => Promise.reject(new Error('password=hunter2'));
  const res = await fetchFrom('/metrics');
  expect(res.status).toBe(500);
  expect(await res.text()).toBe('internal server error\n');
  expect(web.errors.splice(0)).toHaveLength(1);
});

test('one scrape too many is 503, and a place becomes free again', async () => {
  const other = await site({ limits: { scrapes: 2, probes: 1 } });
  const { promise, release } = gate();
  other.backend.refresh = () => promise;
  const running = [fetch(`${other.url}/metrics`), fetch(`${other.url}/metrics`)];
  await vi.waitFor(() => expect(other.backend.deadlines).toHaveLength(2), WAIT);
  expect((await fetch(`${other.url}/metrics`)).status).toBe(503);
  release();
  for (const res of await Promise.all(running)) expect(await res.text()).toContain('modelarts_target_up');
  expect((await fetch(`${other.url}/metrics`)).status).toBe(200);
  await other.listening.close();
});

test('a client that gives up gives its place back', async () => {
  const other = await site({ limits: { scrapes: 1, probes: 1 } });
  const { promise, release } = gate();
  other.backend.refresh = () => promise;
  const aborting = new AbortController();
  const gone = fetch(`${other.url}/metrics`, { signal: aborting.signal }).catch(() => 'aborted');
  await vi.waitFor(() => expect(other.backend.deadlines).toHaveLength(1), WAIT);
  aborting.abort();
  expect(await gone).toBe('aborted');
  release();
  await vi.waitFor(async () => expect((await fetch(`${other.url}/metrics`)).status).toBe(200), WAIT);
  await other.listening.close();
  expect(other.errors).toEqual([]);
});

function target(): { host: string; port: string } {
  const { hostname, port } = new URL(web.url);
  return { host: hostname, port };
}

test.each([{ 'content-length': '70000' }, { 'transfer-encoding': 'chunked' }])(
  'a large body is refused and the connection closed: %j',
  async (headers) => {
    const req = request(`${web.url}/-/reload`, { method: 'POST', headers });
    req.on('error', () => {});
    req.flushHeaders();
    const [res] = await once(req, 'response');
    expect(res.statusCode).toBe(413);
    expect(res.headers.connection).toBe('close');
    res.resume();
    await once(req, 'close');
    expect(web.backend.reloads).toBe(0);
  },
);

test('a request line or headers of 20 kB are refused', async () => {
  for (const [path, headers] of [
    [`/${'x'.repeat(20_000)}`, {}],
    ['/', { a: 'x'.repeat(20_000) }],
  ] as const) {
    const [res] = await once(get({ ...target(), path, headers }), 'response');
    res.resume();
    expect(res.statusCode).toBe(431);
  }
});

test('what is no HTTP is 400', async () => {
  const { host, port } = target();
  const socket = connect(Number(port), host);
  socket.write('this is no HTTP\r\n\r\n');
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1.1 400 /);
  socket.destroy();
});
