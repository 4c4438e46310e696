import { get } from 'node:http';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { TargetView } from '../../src/collection/target-view.ts';
import type { Outlook } from '../../src/kinds/standing.ts';
import { openBrowser } from '../browser.ts';
import { testWith } from '../programs.ts';
import { ALERT, NOTICE, POOL, SERVICE, type Site, site } from '../web/fake-backend.ts';
import { flaws, LOOKS, look } from './flaws.ts';

const JOB: TargetView = {
  ...SERVICE,
  kind: 'training_job',
  id: 'job-1',
  name: 'resnet',
  recent: { error: 2, info: 5 },
  standing: {
    status: 'failed',
    outlook: 'broken',
    since: NOTICE.at,
    remarks: ['4 nodes', 'restarted once'],
    owner: 'alice',
  },
  problemHours: hours({ 20: 1, 23: 2 }),
};
/** Problems by the hour, of which 23 is under way. */
function hours(counts: Readonly<Record<number, number>>): number[] {
  return Array.from({ length: 24 }, (_, hour) => counts[hour] ?? 0);
}

const HOSTILE = `\u001b[31m<script>alert(1)</script><img src=x onerror=alert(2)>"'><svg onload=alert(3)> \u202e & &lt; ${'x'.repeat(100_000)}`;

const test = testWith('chromium');

let browser: Browser;
/** By what they were opened with: a context of its own costs a test as much again. */
const pages = new Map<string, Page>();
/** Those of them that the test has opened. */
const inUse = new Set<Page>();
let web: Site;
let complaints: string[];

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  web = await site();
  web.backend.view = [SERVICE, POOL, JOB];
  web.backend.shown = [
    NOTICE,
    {
      ...NOTICE,
      kind: 'training_job',
      id: 'job-1',
      name: 'resnet',
      severity: 'critical',
      fields: { level: 'error' },
      message: 'Exit code 137.',
    },
    { ...NOTICE, severity: 'info', fields: { event_type: 'normal' }, message: 'Model started.' },
  ];
  web.backend.firing = [
    {
      ...ALERT,
      labels: {
        alertname: 'ModelArtsServiceAbnormalEvent',
        severity: 'warning',
        project: 'prod',
        kind: 'service',
        service_id: 's1',
      },
      annotations: { summary: 'Recommender is abnormal', description: 'Pulling image\nfailed whole.' },
      startsAt: NOTICE.at,
      generatorUrl: `${web.url}/targets/prod/service/s1`,
    },
    {
      ...ALERT,
      labels: {
        alertname: 'ModelArtsTrainingJobError',
        severity: 'critical',
        project: 'prod',
        kind: 'training_job',
        training_job_id: 'job-1',
      },
      annotations: { summary: 'resnet failed', description: 'Exit code 137, out of memory.' },
      startsAt: NOTICE.at,
      generatorUrl: 'javascript:alert(4)',
    },
  ];
  web.backend.details = {
    tables: [
      {
        title: 'Latest deployment by phase',
        columns: ['Phase', 'Duration'],
        rows: [
          [{ text: 'environment preparation' }, { amount: 20.171, unit: 'seconds' }],
          [{ text: 'image pulling' }, { amount: 40.342, unit: 'seconds' }],
          [{ text: 'model startup' }, { amount: undefined, unit: 'seconds' }],
        ],
        empty: '',
      },
      {
        title: 'Updates',
        columns: ['Time', 'Result'],
        rows: [[{ instant: NOTICE.at }, { verdict: 'fail', news: 'bad' }]],
        empty: '',
      },
      {
        title: 'Nodes',
        columns: ['State', 'Nodes'],
        rows: [[{ text: 'abnormal' }, { amount: 0, unit: 'pieces' }]],
        empty: '',
      },
      {
        title: 'Exit codes of the workers',
        columns: ['Worker', 'Exit code'],
        rows: [[{ text: 'worker-0' }, { verdict: '137', news: 'bad' }]],
        empty: '',
      },
    ],
  };
  complaints = [];
});

afterEach(async () => {
  for (const page of inUse) await page.goto('about:blank');
  inUse.clear();
  await web.listening.close();
  expect(complaints).toEqual([]);
  expect(web.errors).toEqual([]);
});

/** Whatever the page complains of, asks or fetches from elsewhere fails the test. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const key = JSON.stringify(options);
  const page = pages.get(key) ?? (await newPage(options));
  pages.set(key, page);
  inUse.add(page);
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(options.viewport ?? LOOKS.light.viewport);
  await page.goto(web.url + path);
  return page;
}

async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(web.url)) complaints.push(`request ${request.url()}`);
  });
  return page;
}

/** With a clock that the test sets, in a context of its own. */
async function openWithClock(path: string): Promise<Page> {
  const page = await newPage();
  await page.clock.install();
  await page.goto(web.url + path);
  return page;
}

// biome-ignore lint/performance/useDomNodeTextContent: what the reader sees, not what the document holds
const textOf = (locator: Locator) => locator.innerText();

const row = (page: Page, section: string, name: string) =>
  page
    .locator(section)
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name, exact: true }) });

test('the front page tells what there is and what is wrong', async () => {
  const page = await open('/');
  expect(await page.title()).toBe('(2) modelarts-exporter');
  expect(await page.locator('link[rel=icon]').getAttribute('href')).toBe('/assets/icon.svg?firing=2');
  expect(await page.locator('.tiles li').allInnerTexts()).toEqual([
    '1 broken',
    '0 working',
    '2 status not known',
    '1 not readable',
  ]);
  // The worst comes first, with the words of ModelArts, its target and what to do.
  expect(await page.locator('#alerts li').allInnerTexts()).toEqual([
    expect.stringMatching(
      /critical resnet Training job in prod of alice since 22:13 UTC.*137.*ModelArtsTrainingJobError/s,
    ),
    expect.stringMatching(/warning Recommender.*Pulling image\nfailed whole\./s),
  ]);
  const link = (name: string) => page.locator('#alerts').getByRole('link', { name, exact: true });
  expect(await link('resnet').getAttribute('href')).toBe('/targets/prod/training_job/job-1');
  expect(await link('What to do on ModelArtsTrainingJobError').getAttribute('href')).toBe(
    '/docs/runbooks#modelartstrainingjoberror',
  );
  expect(await link('All 2 alerts with all words').getAttribute('href')).toBe('/alerts');
  expect(await textOf(row(page, '#targets', 'resnet'))).toMatch(
    /Training job in prod of alice.*failed since .*59 s.* · 4 nodes · restarted once.*read 1 min ago.*3$/s,
  );
  expect(await row(page, '#targets', 'resnet').locator('svg rect').count()).toBe(2);
  expect(await textOf(row(page, '#targets', 'pool-1'))).toMatch(
    /status not known.*Not readable \(last read never\)\. .*no permission/s,
  );
  expect(await page.locator('#targets tbody th a').allInnerTexts()).toEqual([
    'resnet',
    'pool-1',
    'Recommender',
  ]);
  expect(await textOf(page.locator('#events'))).toMatch(/Pulling image failed\..*Exit code 137\./s);
  expect(await textOf(page.locator('#events'))).not.toContain('Model started.');
  for (const name of ['Metrics', 'Service discovery (JSON)', 'Events (JSON)']) {
    expect(await page.getByRole('link', { name }).getAttribute('href')).toMatch(/^\//);
  }
});

test.each([true, false])(
  'one filter stands first and applies to everything (scripts %s)',
  async (javaScriptEnabled) => {
    const page = await open('/', { javaScriptEnabled });
    const names = () => page.locator('#targets tbody th a').allInnerTexts();
    const top = await page.locator('#targets').boundingBox();
    expect(top?.y).toBeLessThan(300);
    await page.getByLabel('Kind').selectOption('Training jobs');
    await page.getByRole('button', { name: 'Show' }).click();
    expect(await names()).toEqual(['resnet']);
    expect(await textOf(page.locator('#alerts'))).toMatch(/^1 firing alert\s.*resnet/s);
    expect(await textOf(page.locator('#events'))).not.toContain('Pulling');
    expect(await page.locator('.tiles li').allInnerTexts()).toEqual([
      '1 broken',
      '0 working',
      '0 not readable',
    ]);
    await page.getByRole('link', { name: 'Reset' }).click();
    await page.getByLabel('Search', { exact: true }).fill('RECOMM');
    await page.getByRole('button', { name: 'Show' }).click();
    expect(await page.getByLabel('Search', { exact: true }).inputValue()).toBe('RECOMM');
    expect(await names()).toEqual(['Recommender']);
    expect(await textOf(page.locator('#alerts'))).not.toContain('resnet');
    expect(await textOf(page.locator('#events'))).not.toContain('137');
    // What ModelArts wrote is found too.
    await page.goto(`${web.url}/?q=out+of+memory`);
    expect(await page.locator('#alerts li').count()).toBe(1);
    for (const state of ['broken', 'failed']) {
      await page.goto(`${web.url}/?state=${state}`);
      expect(await names()).toEqual(['resnet']);
      expect(await page.locator('#alerts li').count()).toBe(1);
      expect(await textOf(page.locator('#events'))).not.toContain('Pulling');
    }
    await page.goto(`${web.url}/?severity=critical`);
    expect(await textOf(page.locator('#events'))).toMatch(/^(?!.*Pulling).*137/s);
    expect(await textOf(page.locator('#alerts'))).toMatch(/^1 firing alert/);
    await page.getByLabel('Severity', { exact: true }).selectOption('All events');
    await page.getByRole('button', { name: 'Show' }).click();
    expect(await textOf(page.locator('#events'))).toContain('Model started.');
    await page.goto(`${web.url}/?project=dev&state=down`);
    expect(await names()).toEqual(['pool-1']);
  },
);

test('a tile leads to its targets and back', async () => {
  const page = await open('/?q=e');
  await page.getByRole('link', { name: '1 broken' }).click();
  expect(page.url()).toBe(`${web.url}/?state=broken&q=e`);
  expect(await page.locator('#targets tbody th').count()).toBe(1);
  await page.getByRole('link', { name: '1 broken' }).click();
  expect(page.url()).toBe(`${web.url}/?q=e`);
});

test.each([
  ['trouble', ['resnet', 'pool-1', 'Recommender']],
  ['name', ['pool-1', 'Recommender', 'resnet']],
  ['status', ['resnet', 'pool-1', 'Recommender']],
  ['problems', ['resnet', 'pool-1', 'Recommender']],
])('targets are sorted by %s on the server', async (sort, names) => {
  const page = await open(`/?sort=${sort}`, { javaScriptEnabled: false });
  expect(await page.locator('#targets tbody th a').allInnerTexts()).toEqual(names);
});

test('a deleted target is grey and last, and neither broken nor failed', async () => {
  web.backend.view = [{ ...JOB, deleted: true }, SERVICE];
  const page = await open('/');
  expect(await page.locator('#targets tbody th a').allInnerTexts()).toEqual(['Recommender', 'resnet']);
  expect(await page.locator('#targets .badge').last().getAttribute('class')).toBe('badge deleted');
  expect(await page.locator('.tiles li').allInnerTexts()).toContain('0 broken');
  await page.goto(`${web.url}/?state=failed`);
  expect(await textOf(page.locator('#targets'))).toContain('No targets.');
});

test.each(['kind=node', 'project=nobody', 'state=x', 'severity=x', 'page=0', 'page=x', 'sort=x', 'group=x'])(
  '/?%s is 400',
  async (query) => {
    expect((await fetch(`${web.url}/?${query}`)).status).toBe(400);
  },
);

test('what changes appears without a reload, and nothing is taken from under the reader', async () => {
  await using page = await openWithClock('/');
  await page.getByLabel('Search', { exact: true }).fill('half typed');
  await page.locator('#targets').getByRole('link', { name: 'pool-1' }).focus();
  web.backend.view = [{ ...SERVICE, up: false, error: { reason: 'timeout', message: 'late' } }, POOL, JOB];
  web.backend.shown = [{ ...NOTICE, message: 'Something new.' }];
  web.backend.firing = [];
  await page.clock.fastForward(10_001);
  await page.getByText('Something new.').waitFor();
  expect(await textOf(page.locator('#targets'))).not.toContain('The answer took too long');
  expect(await page.getByLabel('Search', { exact: true }).inputValue()).toBe('half typed');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('pool-1');
  expect(await textOf(page.locator('#freshness'))).toMatch(/^Updated /);
  expect(await page.title()).toBe('modelarts-exporter');
  expect(await page.locator('link[rel=icon]').getAttribute('href')).toBe('/assets/icon.svg');
  await page.getByLabel('Kind').focus();
  await page.clock.fastForward(10_001);
  await page.locator('#targets').getByText('took too long').waitFor();
});

test('what runs on a pool is listed with it, the worst first, and leads there and back', async () => {
  const onPool = (id: string, status: string, outlook: Outlook, pools: string[]) => ({
    ...SERVICE,
    project: 'dev',
    kind: 'training_job' as const,
    id,
    name: `name of ${id}`,
    standing: { status, outlook, remarks: ['4 nodes'], owner: 'li.wei', pools },
  });
  web.backend.view = [
    POOL,
    onPool('j1', 'running', 'working', ['pool-1']),
    onPool('j2', 'failed', 'broken', ['pool-1']),
    onPool('j3', 'running', 'working', ['pool-2']),
  ];
  const page = await open('/targets/dev/pool/pool-1');
  const listed = page.locator('#residents li');
  expect(await listed.count()).toBe(2);
  expect(await textOf(listed.first())).toBe('failed name of j2 Training job in dev of li.wei · 4 nodes');
  await listed.last().getByRole('link').click();
  expect(await textOf(page.locator('#facts'))).toContain('in pool-1');
  await page.getByRole('link', { name: 'pool-1' }).click();
  await page.getByRole('heading', { name: 'What runs on it' }).waitFor();
  await page.goto(`${web.url}/targets/dev/training_job/j3`);
  expect(await textOf(page.locator('#facts'))).toContain('in pool-2');
  expect(await page.locator('#residents li').count()).toBe(0);
});

test('an exporter that is gone is said', async () => {
  await using page = await openWithClock('/');
  web.backend.firing = [alertOf('ModelArtsServiceFailed', 'critical', web.backend.now)];
  await page.clock.fastForward(10_001);
  await expect.poll(() => page.title()).toMatch(/^\(1\) /);
  await web.listening.close();
  await page.clock.fastForward(10_001);
  await page.getByText('does not answer since').waitFor();
  expect(await page.title()).toBe('(?) modelarts-exporter');
  expect(await page.locator('link[rel=icon]').getAttribute('href')).toMatch(/icon\.svg\?firing=unknown$/);
  expect(await page.locator('#freshness').boundingBox()).toMatchObject({ y: 0 });
  // Refused, or reset where a connection was still open. The icon may be asked for late.
  await page.context().close();
  expect(complaints.splice(0).filter((text) => !/net::ERR_(CONNECTION_|EMPTY_RESPONSE)/.test(text))).toEqual(
    [],
  );
});

test('an exporter that answers with a fault is said', async () => {
  await using page = await openWithClock('/');
  web.backend.alerts = () => {
    throw new Error('broken');
  };
  await page.clock.fastForward(10_001);
  await page.getByText('does not answer').waitFor();
  expect(await page.locator('#targets tbody th').count()).toBe(3);
  await page.context().close();
  expect(complaints.splice(0).filter((text) => !text.includes('500'))).toEqual([]);
  expect(web.errors.splice(0)).toHaveLength(1);
});

test('a status that could not be read again is hollow, as what was known last', async () => {
  web.backend.view = [{ ...JOB, up: false, error: { reason: 'timeout', message: 'late' } }, SERVICE];
  const page = await open('/');
  const badge = row(page, '#targets', 'resnet').locator('.badge');
  expect(await badge.getAttribute('class')).toBe('badge broken last-known');
  expect(await textOf(row(page, '#targets', 'resnet'))).toMatch(/failed when last read · since/);
  await page.goto(`${web.url}/targets/prod/training_job/job-1`);
  expect(await textOf(page.locator('#facts .standing'))).toMatch(/^failed when last read · since/);
});

test('of an owner who is only an id the beginning is shown', async () => {
  const owner = 'b8abd5bc9ca84b9dac79b32fb3214799';
  web.backend.view = [{ ...JOB, standing: { status: 'running', outlook: 'working', remarks: [], owner } }];
  const page = await open('/');
  expect(await textOf(row(page, '#targets', 'resnet'))).toContain('in prod of user b8abd5bc…');
  expect(await page.locator('#targets bdi[title]').getAttribute('title')).toBe(owner);
});

test('what a kind has nothing to tell of takes one line', async () => {
  const nothing = (title: string, empty: string) => ({ title, columns: ['A'], rows: [], empty });
  web.backend.details = {
    tables: [nothing('Exits', 'No worker has ended.'), nothing('Faults', 'No fault.')],
  };
  const page = await open('/targets/prod/training_job/job-1');
  expect(await textOf(page.locator('#detail'))).toBe('No worker has ended. No fault.');
});

test('a failed update is critical', async () => {
  web.backend.shown = [
    { ...NOTICE, severity: 'critical', fields: { result: 'fail' }, message: 'Update failed.' },
  ];
  const page = await open('/?severity=critical');
  expect(await textOf(page.locator('#events'))).toContain('Update failed.');
});

const alertOf = (alertname: string, severity: string, startsAt: number, project = 'prod') => ({
  ...ALERT,
  labels: { alertname, severity, project },
  annotations: { summary: `summary of ${alertname}`, description: `words of ${alertname}` },
  startsAt,
});

test('the alerts of one target are one item, the worst first', async () => {
  const labels = { project: 'prod', kind: 'service', service_id: 's1' };
  const alert = (alertname: string, severity: string, startsAt: number) => {
    const made = alertOf(alertname, severity, startsAt);
    return { ...made, labels: { ...made.labels, ...labels } };
  };
  web.backend.firing = [
    alert('W1', 'warning', 1_000),
    alert('C1', 'critical', 9_000),
    alertOf('P1', 'warning', 0, 'dev'),
  ];
  const page = await open('/');
  expect(await page.locator('#alerts li').allInnerTexts()).toEqual([
    expect.stringMatching(
      /^critical Recommender .*since 1970-01-01 00:00 UTC.*\n+words of C1\n+words of W1\n+What to do: C1 W1$/s,
    ),
    expect.stringMatching(/^warning Project dev /),
  ]);
});

test('what befalls a whole project is told of its targets too', async () => {
  web.backend.firing = [alertOf('P1', 'critical', 0, 'dev'), alertOf('P2', 'critical', 0, 'prod')];
  web.backend.failing = [
    { project: 'dev', kind: 'pool', reason: 'auth' },
    { project: 'dev', kind: 'service', reason: 'auth' },
    { project: 'prod', kind: 'service', reason: 'server' },
  ];
  const page = await open('/');
  expect(await page.locator('#summary p').allInnerTexts()).toEqual([
    'Not listed in dev: resource pools, services. The credentials were refused. What is shown of them is what was known last.',
    expect.stringMatching(/^Not listed in prod: services\. ModelArts had a fault\./),
  ]);
  await page.goto(`${web.url}/?project=dev&kind=pool`);
  expect(await page.locator('#summary p').allInnerTexts()).toEqual([
    expect.stringMatching(/^Not listed in dev: resource pools\. /),
  ]);
  await page.goto(`${web.url}/targets/dev/pool/pool-1`);
  expect(await page.locator('#alerts li').allInnerTexts()).toEqual([
    expect.stringMatching(/^critical P1 .*words of P1$/s),
  ]);
  expect(await textOf(page.locator('#facts'))).toMatch(
    /no permission for it: pool_events: 403.*Not listed in dev: resource pools\./s,
  );
});

test('the alerts page has every word of each, in groups, with what to do', async () => {
  await using page = await openWithClock('/alerts');
  expect(await page.title()).toBe('(2) Alerts – modelarts-exporter');
  expect(await textOf(page.locator('.grouping'))).toMatch(/^2 firing, 1 of them critical\./);
  expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual([
    'ModelArtsTrainingJobError 1',
    'ModelArtsServiceAbnormalEvent 1',
  ]);
  expect(await page.locator('#alerts li').allInnerTexts()).toEqual([
    expect.stringMatching(
      /^critical resnet Training job in prod of alice since .*failed resnet failed\s+Exit code 137, out of memory\./s,
    ),
    expect.stringMatching(/^warning Recommender .*Pulling image\nfailed whole\./s),
  ]);
  await page.getByText('What to do').first().click();
  expect(await textOf(page.locator('details').first())).toMatch(/Meaning\./);
  await page.evaluate('document.activeElement.blur()');
  web.backend.firing = web.backend.firing.slice(1);
  await page.clock.fastForward(10_001);
  await page.getByText('1 firing').waitFor();
  await page.goto(`${web.url}/alerts?group=owner`);
  expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual(['alice 1']);
  await page.getByRole('link', { name: 'project', exact: true }).click();
  expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual(['prod 1']);
  await page.goto(`${web.url}/alerts?severity=warning&group=target`);
  expect(await textOf(page.locator('#alerts'))).toContain('No alert fires.');
});

test('the runbook that somebody reads stays open', async () => {
  await using page = await openWithClock('/alerts');
  await page.getByText('What to do').first().click();
  await page.evaluate('document.activeElement.blur()');
  web.backend.now += 60_000;
  await page.clock.fastForward(10_001);
  await page.getByText('(1 min 59 s ago)').first().waitFor();
  expect(await page.locator('details').first().getAttribute('open')).toBe('');
});

test('of many targets that are not readable the first are told, and what counts them leads to all', async () => {
  const names = [...'cdefghijklmn'].map((letter) => `pool-${letter}`);
  web.backend.view = names.toReversed().map((id) => ({ ...POOL, id, name: undefined }));
  web.backend.firing = names.map((pool, index) => {
    const alert = alertOf('ModelArtsTargetDown', index === 0 ? 'critical' : 'warning', index);
    return { ...alert, labels: { ...alert.labels, kind: 'pool', pool } };
  });
  const page = await open('/');
  const [worst = '', ...others] = names;
  expect(await page.locator('#alerts li p:first-child a').allInnerTexts()).toEqual([
    worst,
    ...others.toReversed().slice(0, 5),
  ]);
  await page.getByRole('link', { name: 'All 12 alerts with all words' }).click();
  await page.waitForURL(`${web.url}/alerts`);
  expect(await page.locator('#alerts li').count()).toBe(12);
  await page.goBack();
  await page.getByRole('link', { name: '12 not readable' }).click();
  await page.waitForURL(`${web.url}/?state=down`);
  expect(await page.locator('#targets tbody th a').allInnerTexts()).toEqual(names);
});

test('many alerts are paged, critical before warning and newest first', async () => {
  web.backend.firing = [
    alertOf('W1', 'warning', 99_000),
    ...Array.from({ length: 60 }, (_, i) => alertOf(`C${i}`, 'critical', i * 1_000)),
  ];
  const page = await open('/alerts?group=severity');
  expect(await page.locator('#alerts li').count()).toBe(50);
  expect(await page.locator('#alerts .what').first().textContent()).toBe('C59');
  await page.getByRole('link', { name: 'Next' }).click();
  expect(await page.locator('#alerts .what').last().textContent()).toBe('W1');
});

test('10,000 targets and 1,000 alerts are paged in less than 100 kB', async () => {
  web.backend.view = Array.from({ length: 10_000 }, (_, i) => ({
    ...(i % 3 === 0 ? { ...POOL, project: 'prod' } : { ...SERVICE, up: true }),
    id: `a0b1c2d3-0000-4444-8888-${String(i).padStart(12, '0')}`,
    name: `a service with quite a long name ${String(i).padStart(5, '0')}`,
    error: { reason: 'other', message: `<${i}`.repeat(300) },
    problemHours: hours({ 3: i, 20: 1 }),
  }));
  web.backend.shown = Array.from({ length: 500 }, (_, i) => ({ ...NOTICE, message: `<${i}`.repeat(300) }));
  web.backend.firing = Array.from({ length: 1_000 }, (_, i) => alertOf(`Alert${i}`, 'critical', i));
  for (const path of ['/', '/alerts', '/?project=prod']) {
    const length = await new Promise<number>((resolve, reject) =>
      get(`${web.url}${path}`, { headers: { 'accept-encoding': 'gzip' } }, async (answer) => {
        let bytes = 0;
        for await (const part of answer) bytes += part.length;
        resolve(answer.headers['content-encoding'] === 'gzip' ? bytes : Number.NaN);
      }).on('error', reject),
    );
    expect(length, path).toBeLessThan(100_000);
  }
  const page = await open('/');
  expect(await page.locator('#targets tbody th').count()).toBe(50);
  await page.getByRole('link', { name: 'Next' }).click();
  await page.getByText('Page 2 of 200').waitFor();
  await page.getByRole('link', { name: 'Last' }).click();
  await page.getByText('Page 200 of 200').waitFor();
  expect(await page.locator('#targets tbody th').count()).toBe(50);
  await page.goto(`${web.url}/?page=999&state=down`);
  expect(await textOf(page.locator('#targets'))).toContain('Page 67 of 67');
});

test('a target’s page', async () => {
  web.backend.elsewhere = [{ words: 'Grafana', url: 'https://grafana.example/d/x' }];
  const page = await open('/');
  await page.locator('#targets').getByRole('link', { name: 'resnet' }).click();
  expect(page.url()).toBe(`${web.url}/targets/prod/training_job/job-1`);
  expect(await textOf(page.getByRole('heading', { level: 1 }))).toBe('resnet');
  // What ModelArts says is the main thing; how reading goes is a small second.
  expect(await textOf(page.locator('#facts .standing'))).toMatch(
    /^failed since .* \(59 s ago\) · 4 nodes · restarted once$/,
  );
  expect(await textOf(page.locator('#facts'))).toMatch(
    /read 1 min ago in 0\.25 s · configured · 3 problem events in 24 h.*Training job in prod of alice \(cn-north-4\) · job-1 · Grafana/s,
  );
  expect(await page.getByRole('link', { name: 'Grafana' }).getAttribute('href')).toBe(
    'https://grafana.example/d/x',
  );
  expect(await textOf(page.locator('#alerts'))).toMatch(
    /ModelArtsTrainingJobError.*Exit code 137, out of memory\./s,
  );
  expect(await textOf(page.locator('#alerts'))).not.toContain('ModelArtsServiceAbnormalEvent');
  const detail = await textOf(page.locator('#detail'));
  expect(detail).toMatch(
    /environment preparation\s+20\.171 s.*image pulling\s+40\.342 s.*model startup\s+not known/s,
  );
  expect(detail).toMatch(/fail.*abnormal\s+0.*worker-0\s+137/s);
  const widths = await page
    .locator('#detail svg rect')
    .evaluateAll((bars) => bars.map((bar) => bar.getAttribute('width')));
  expect(widths).toEqual(['50.00', '100.00', '0.00', '0.00']);
  await page.goto(`${web.url}/targets/prod/service/s1`);
  expect(await textOf(page.locator('#events'))).toMatch(/Pulling image failed\..*Model started\./s);
  expect(
    await (await page.request.get(`${web.url}/probe?project=prod&kind=service&target=s1`)).text(),
  ).toContain('s1');
});

test('a timeline draws status, what was not seen, deployments, recoveries, problems and nodes of the last day', async () => {
  const { now } = web.backend;
  const ago = (hours: number) => now - hours * 3_600_000;
  web.backend.history = {
    standings: [
      { at: ago(30), status: 'running', outlook: 'working' },
      { at: ago(12), status: 'failed', outlook: 'broken' },
      { at: ago(6), status: 'running', outlook: 'working' },
    ],
    nodes: [
      { at: ago(20), nodes: { available: 8, abnormal: 0 } },
      { at: ago(12), nodes: { available: 4, abnormal: 4 } },
    ],
    unseen: [
      { from: ago(11), until: ago(9), why: 'not_running' },
      { from: ago(1), why: 'network' },
    ],
    moments: [
      { at: ago(3), what: 'deployment', words: 'deployed', news: 'good' },
      { at: ago(40), what: 'deployment', words: 'deployed', news: 'good' },
    ],
  };
  const page = await open('/targets/prod/training_job/job-1');
  const lane = page.locator('#timeline .timeline').first();
  const bars = lane.locator('rect.working, rect.broken');
  expect(
    await bars.evaluateAll((each) => each.map((bar) => [bar.getAttribute('x'), bar.getAttribute('width')])),
  ).toEqual([
    ['0', '480.0'],
    ['480', '240.0'],
    ['720', '240.0'],
  ]);
  expect(await lane.locator('title').allTextContents()).toEqual([
    'status not known',
    expect.stringMatching(/^running since \d\d:\d\d$/),
    expect.stringMatching(/^failed since/),
    expect.stringMatching(/^running since/),
    expect.stringMatching(/^not seen from \d\d:\d\d to \d\d:\d\d: The exporter did not run$/),
    expect.stringMatching(/^not seen from .*: ModelArts could not be reached$/),
    expect.stringMatching(/^deployed at/),
    expect.stringMatching(/^running again, after 6 h at/),
    expect.stringMatching(/^1 problem in the hour/),
    expect.stringMatching(/^2 problems in the hour/),
  ]);
  expect(await page.locator('#timeline path.available').getAttribute('d')).toBe('M160 4.0H480V45.0H960');
  const stretches = lane.locator('.unseen rect');
  expect(
    await stretches.evaluateAll((each) =>
      each.map((bar) => [bar.getAttribute('x'), bar.getAttribute('width')]),
    ),
  ).toEqual([
    ['520', '80.0'],
    ['920', '40.0'],
  ]);
  expect(await textOf(page.locator('#timeline p.unseen'))).toMatch(
    /^Not seen since .* \(1 h\): ModelArts could not be reached\. Not seen from .* to .* \(2 h\): The exporter did not run\.$/,
  );
  expect(await textOf(page.locator('#timeline .legend').last())).toMatch(
    /4 available 4 abnormal of at most 8/,
  );
  // Of the two of the project one had problems; what happened to the other is a deployment.
  await page.goto(`${web.url}/?project=prod`);
  expect(await page.locator('#timeline .lanes a').allInnerTexts()).toEqual(['resnet', 'Recommender']);
  expect(await page.locator('#timeline .lanes .unseen').count()).toBe(4);
  expect(await textOf(page.locator('#summary p.unseen'))).toMatch(
    /^Not seen from .*The exporter did not run\.$/,
  );
});

test('ids of any characters have a page', async () => {
  const id = '../a b/ä?#%"<\'';
  web.backend.view = [{ ...SERVICE, id, name: undefined }];
  const page = await open('/');
  await page.locator('#targets tbody').getByRole('link').click();
  expect(await textOf(page.getByRole('heading', { level: 1 }))).toBe(id);
});

test('a page of nobody is 404, a malformed path 400', async () => {
  expect((await fetch(`${web.url}/targets/prod/service/nobody`)).status).toBe(404);
  expect((await fetch(`${web.url}/targets/prod/node/s1`)).status).toBe(404);
  expect((await fetch(`${web.url}/targets/prod/service/%E0%A4%A`)).status).toBe(400);
});

test('hostile text stays text', async () => {
  const hostile = {
    name: HOSTILE,
    region: HOSTILE,
    error: { reason: 'other', message: HOSTILE } as const,
    up: false,
    standing: { status: HOSTILE, outlook: 'other', since: 0, remarks: [HOSTILE] } as const,
  };
  web.backend.history = {
    ...web.backend.history,
    standings: [{ at: web.backend.now - 1, status: HOSTILE, outlook: 'other' }],
    moments: [{ at: web.backend.now - 1, what: 'end', words: HOSTILE, news: 'bad' }],
  };
  web.backend.view = [{ ...SERVICE, ...hostile }];
  web.backend.shown = [{ ...NOTICE, name: HOSTILE, message: HOSTILE, fields: { event_type: HOSTILE } }];
  web.backend.firing = [
    {
      ...ALERT,
      labels: { alertname: HOSTILE, severity: 'critical' },
      annotations: { summary: HOSTILE, description: HOSTILE },
      startsAt: 0,
      generatorUrl: 'javascript:alert(5)',
    },
  ];
  web.backend.details = {
    tables: [
      {
        title: 'Hostile',
        columns: ['Text'],
        rows: [[{ text: HOSTILE }], [{ verdict: HOSTILE, news: 'none' }], [{ amount: 1, unit: 'seconds' }]],
        empty: '',
      },
    ],
  };
  const page = await open('/', { viewport: { width: 375, height: 700 } });
  for (const path of [
    '/',
    '/?project=prod',
    '/targets/prod/service/s1',
    `/?q=${encodeURIComponent(HOSTILE.slice(5, 150))}`,
    ...['alertname', 'project', 'owner', 'target', 'severity'].map((group) => `/alerts?group=${group}`),
  ]) {
    await page.goto(web.url + path);
    expect(await textOf(page.locator('#events .message, #alerts .message').first())).toContain(
      HOSTILE.slice(5, 70),
    );
    expect(await page.locator('main script, main img, a[href^="javascript:"]').count()).toBe(0);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
  }
});

test.each([
  '/',
  '/?q=nothing',
  '/?project=prod',
  '/alerts',
  '/docs/search?q=reload',
  '/targets/prod/service/s1',
  '/targets/dev/pool/pool-1',
  '/docs',
  '/docs/metrics',
])('axe finds nothing on %s, whatever it is looked at with', async (path) => {
  expect(await flaws(await open(path))).toEqual([]);
});

test('the longest tables and lines of the documents make no page wider than the window', async () => {
  for (const path of ['/docs/metrics', '/docs/runbooks']) {
    const page = await open(path);
    for (const one of Object.values(LOOKS)) {
      await look(page, one);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    }
  }
});

test('the keyboard comes past the navigation at once', async () => {
  const page = await open('/');
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('main');
});

test('assets have their types and may be kept', async () => {
  for (const [path, type] of [
    ['style.css', 'text/css; charset=utf-8'],
    ['live.js', 'text/javascript; charset=utf-8'],
    ['icon.svg', 'image/svg+xml; charset=utf-8'],
  ]) {
    const { status, headers } = await fetch(`${web.url}/assets/${path}`);
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      200,
      type,
      'max-age=300',
    ]);
  }
});
