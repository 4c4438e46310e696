import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { TargetView } from '../../src/collection/target-view.ts';
import { PROGRAMS, testWith } from '../programs.ts';
import { ALERT, NOTICE, POOL, SERVICE, type Site, site } from '../web/fake-backend.ts';

const JOB: TargetView = {
  ...SERVICE,
  kind: 'training_job',
  id: 'job-1',
  name: 'resnet',
  recent: { error: 2, info: 5 },
};
const HOSTILE = `<script>alert(1)</script><img src=x onerror=alert(2)>"'><svg onload=alert(3)> \u202e & &lt; ${'x'.repeat(100_000)}`;

const test = testWith('chromium');

let browser: Browser;
let web: Site;
let pages: Page[];
let complaints: string[];

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: PROGRAMS.chromium, args: ['--no-sandbox'] });
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
      annotations: { summary: 'Recommender is abnormal' },
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
      annotations: { summary: 'resnet failed' },
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
  pages = [];
  complaints = [];
});

afterEach(async () => {
  await Promise.all(pages.map((page) => page.context().close()));
  await web.listening.close();
  expect(complaints).toEqual([]);
  expect(web.errors).toEqual([]);
});

/** A page of a new context; whatever it complains of, asks or fetches from elsewhere fails the test. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  pages.push(page);
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(web.url)) complaints.push(`request ${request.url()}`);
  });
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
  expect(await page.title()).toBe('modelarts-exporter');
  expect(await textOf(page.locator('#summary'))).toMatch(
    /targets\s+3\s+down\s+1\s+not read yet\s+0\s+up\s+2\s+deleted\s+0\s+firing alerts\s+2\s+version\s+1\.2\.3\s+up for\s+2 h 47 min/i,
  );
  expect(await textOf(row(page, '#wrong', 'pool-1'))).toMatch(/down.*never/s);
  expect(await textOf(page.locator('#wrong .why'))).toMatch(/no permission.*403/);
  expect(await textOf(page.locator('#wrong'))).toContain('Recommender is abnormal');
  const link = (name: string) => page.getByRole('link', { name, exact: true }).getAttribute('href');
  expect(await link('ModelArtsTrainingJobError')).toBe('/targets/prod/training_job/job-1');
  expect(await link('What to do on ModelArtsTrainingJobError')).toBe(
    '/docs/runbooks#modelartstrainingjoberror',
  );
  expect(await textOf(row(page, '#targets', 'Recommender'))).toMatch(/s1.*up.*1 min ago.*1 abnormal/s);
  expect(await textOf(row(page, '#targets', 'resnet'))).toMatch(/2 error/);
  expect(await textOf(page.locator('#events'))).toMatch(/Pulling image failed\..*Exit code 137\./s);
  expect(await textOf(page.locator('#events'))).not.toContain('Model started.');
  for (const name of ['Metrics', 'Service discovery', 'Events (JSON)']) {
    expect(await page.getByRole('link', { name }).getAttribute('href')).toMatch(/^\//);
  }
});

test.each([true, false])('filters work (scripts %s)', async (javaScriptEnabled) => {
  const page = await open('/', { javaScriptEnabled });
  await page.getByLabel('Kind').selectOption('Training jobs');
  await page.getByRole('button', { name: 'Show' }).click();
  expect(await page.locator('#targets tbody th').count()).toBe(1);
  expect(await textOf(page.locator('#events'))).not.toContain('Pulling');
  await page.getByRole('link', { name: 'Reset' }).click();
  await page.getByLabel('Target', { exact: true }).fill('RECOMM');
  await page.getByRole('button', { name: 'Show' }).click();
  expect(await page.getByLabel('Target', { exact: true }).inputValue()).toBe('RECOMM');
  expect(await page.locator('#targets tbody th').count()).toBe(1);
  expect(await textOf(page.locator('#events'))).not.toContain('137');
  await page.goto(`${web.url}/?severity=critical`);
  expect(await textOf(page.locator('#events'))).toMatch(/^(?!.*Pulling).*137/s);
  await page.getByLabel('Events', { exact: true }).selectOption('all events');
  await page.getByRole('button', { name: 'Show' }).click();
  expect(await textOf(page.locator('#events'))).toContain('Model started.');
  await page.goto(`${web.url}/?project=dev&state=down`);
  expect(await page.locator('#targets tbody th').count()).toBe(1);
});

test.each(['kind=node', 'project=nobody', 'state=x', 'severity=x', 'page=0', 'page=x'])(
  '/?%s is 400',
  async (query) => {
    expect((await fetch(`${web.url}/?${query}`)).status).toBe(400);
  },
);

test('what changes appears without a reload, and nothing is taken from under the reader', async () => {
  const page = await open('/');
  await page.clock.install();
  await page.reload();
  await page.getByLabel('Target', { exact: true }).fill('half typed');
  await page.locator('#wrong').getByRole('link', { name: 'pool-1' }).focus();
  web.backend.view = [{ ...SERVICE, up: false, error: { reason: 'timeout', message: 'late' } }, POOL, JOB];
  web.backend.shown = [{ ...NOTICE, message: 'Something new.' }];
  await page.clock.fastForward(10_001);
  await page.getByText('Something new.').waitFor();
  expect(await textOf(page.locator('#targets'))).toContain('The answer took too long');
  expect(await textOf(page.locator('#wrong'))).not.toContain('took too long');
  expect(await page.getByLabel('Target', { exact: true }).inputValue()).toBe('half typed');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('pool-1');
  expect(await textOf(page.locator('#freshness'))).toMatch(/^Updated /);
  await page.getByLabel('Kind').focus();
  await page.clock.fastForward(10_001);
  await page.locator('#wrong').getByText('took too long').waitFor();
});

test('an exporter that is gone is said', async () => {
  const page = await open('/');
  await page.clock.install();
  await page.reload();
  await web.listening.close();
  await page.clock.fastForward(10_001);
  await page.getByText('does not answer').waitFor();
  expect(complaints.splice(0).every((text) => text.includes('ERR_CONNECTION_REFUSED'))).toBe(true);
});

test('an exporter that answers with a fault is said', async () => {
  const page = await open('/');
  await page.clock.install();
  await page.reload();
  web.backend.alerts = () => {
    throw new Error('broken');
  };
  await page.clock.fastForward(10_001);
  await page.getByText('does not answer').waitFor();
  expect(await page.locator('#targets tbody th').count()).toBe(3);
  expect(complaints.splice(0).every((text) => text.includes('500'))).toBe(true);
  expect(web.errors.splice(0)).toHaveLength(1);
});

test('a failed update is critical', async () => {
  web.backend.shown = [
    { ...NOTICE, severity: 'critical', fields: { result: 'fail' }, message: 'Update failed.' },
  ];
  const page = await open('/?severity=critical');
  expect(await textOf(page.locator('#events'))).toContain('Update failed.');
});

test('alerts stand critical before warning and newest first, and are cut', async () => {
  const alert = (alertname: string, severity: string, startsAt: number) => ({
    ...ALERT,
    labels: { alertname, severity },
    annotations: { summary: 's' },
    startsAt,
  });
  const critical = Array.from({ length: 9 }, (_, i) => alert(`C${i}`, 'critical', i * 1_000));
  web.backend.firing = [alert('W1', 'warning', 9_000), alert('W2', 'warning', 99_000), ...critical];
  const page = await open('/');
  const names = await page.locator('#wrong table').first().locator('tbody th > bdi').allInnerTexts();
  expect(names).toEqual(['C8', 'C7', 'C6', 'C5', 'C4', 'C3', 'C2', 'C1', 'C0', 'W2']);
  expect(await page.getByRole('link', { name: '1 more' }).getAttribute('href')).toBe('/api/v1/alerts');
});

test('the tenth of many targets that are down leads to all of them', async () => {
  web.backend.view = Array.from({ length: 12 }, (_, i) => ({
    ...POOL,
    id: `pool-${String.fromCharCode(110 - i)}`,
  }));
  web.backend.shown = [
    { ...NOTICE, kind: 'pool', fields: { type: 'warning', reason: 'NodeDown', count: 1 } },
  ];
  const page = await open('/');
  expect(await page.locator('#summary .bad').allInnerTexts()).toEqual([
    expect.stringMatching(/down\s+12/i),
    expect.stringMatching(/firing alerts\s+2/i),
  ]);
  expect(await page.locator('#wrong tbody th', { hasText: 'pool-' }).count()).toBe(10);
  expect(await textOf(page.locator('#events'))).toMatch(/warning, NodeDown ·/);
  await page.getByRole('link', { name: 'All 12 targets that are down' }).click();
  expect(await page.locator('#targets tbody th').allInnerTexts()).toEqual(
    [...'cdefghijklmn'].map((letter) => `pool-${letter}`),
  );
});

test('10,000 targets are paged in less than 200 kB', async () => {
  web.backend.view = Array.from({ length: 10_000 }, (_, i) => ({
    ...(i % 3 === 0 ? { ...POOL, project: 'prod' } : SERVICE),
    id: `a0b1c2d3-0000-4444-8888-${String(i).padStart(12, '0')}`,
    name: `a service with quite a long name ${String(i).padStart(5, '0')}`,
    error: { reason: 'other', message: '<'.repeat(1_000) },
  }));
  web.backend.shown = Array.from({ length: 500 }, () => ({ ...NOTICE, message: '<'.repeat(1_000) }));
  const res = await fetch(`${web.url}/`);
  expect((await res.text()).length).toBeLessThan(200_000);
  const page = await open('/');
  expect(await page.locator('#targets tbody th').count()).toBe(50);
  await page.getByRole('link', { name: 'Next' }).click();
  expect(await textOf(page.locator('#targets'))).toContain('Page 2 of 200');
  await page.getByRole('link', { name: 'Last' }).click();
  expect(await page.locator('#targets tbody th').count()).toBe(50);
  await page.goto(`${web.url}/?page=999&state=down`);
  expect(await textOf(page.locator('#targets'))).toContain('Page 67 of 67');
});

test('a target’s page', async () => {
  const page = await open('/');
  await page.locator('#targets').getByRole('link', { name: 'Recommender' }).click();
  expect(page.url()).toBe(`${web.url}/targets/prod/service/s1`);
  expect(await textOf(page.getByRole('heading', { level: 1 }))).toBe('Recommender');
  expect(await textOf(page.locator('#facts'))).toMatch(
    /up.*Service.*prod \(cn-north-4\).*s1.*configured.*0\.25 s/s,
  );
  expect(await textOf(page.locator('#alerts'))).toContain('ModelArtsServiceAbnormalEvent');
  expect(await textOf(page.locator('#alerts'))).not.toContain('ModelArtsTrainingJobError');
  const detail = await textOf(page.locator('#detail'));
  expect(detail).toMatch(
    /environment preparation\s+20\.171 s.*image pulling\s+40\.342 s.*model startup\s+not known/s,
  );
  expect(detail).toMatch(/fail.*abnormal\s+0.*worker-0\s+137/s);
  const widths = await page
    .locator('#detail svg rect')
    .evaluateAll((bars) => bars.map((bar) => bar.getAttribute('width')));
  expect(widths).toEqual(['50.00', '100.00', '0.00', '0.00']);
  expect(await textOf(page.locator('#events'))).toMatch(/Pulling image failed\..*Model started\./s);
  expect(
    await (await page.request.get(`${web.url}/probe?project=prod&kind=service&target=s1`)).text(),
  ).toContain('s1');
});

test('ids of any characters have a page', async () => {
  const id = '../a b/ä?#%"<\'';
  web.backend.view = [{ ...SERVICE, id, name: undefined }];
  const page = await open('/');
  await page.locator('#targets').getByRole('link').click();
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
  };
  web.backend.view = [{ ...SERVICE, ...hostile }];
  web.backend.shown = [{ ...NOTICE, name: HOSTILE, message: HOSTILE, fields: { event_type: HOSTILE } }];
  web.backend.firing = [
    {
      ...ALERT,
      labels: { alertname: HOSTILE, severity: 'critical' },
      annotations: { summary: HOSTILE },
      startsAt: 0,
      generatorUrl: 'javascript:alert(5)',
    },
  ];
  web.backend.details = {
    status: HOSTILE,
    tables: [
      {
        title: 'Hostile',
        columns: ['Text'],
        rows: [[{ text: HOSTILE }], [{ verdict: HOSTILE, news: 'none' }], [{ amount: 1, unit: 'seconds' }]],
        empty: '',
      },
    ],
  };
  for (const path of [
    '/',
    '/targets/prod/service/s1',
    `/?target=${encodeURIComponent(HOSTILE.slice(0, 150))}`,
  ]) {
    const page = await open(path, { viewport: { width: 375, height: 700 } });
    expect(await textOf(page.locator('#events .message').first())).toContain(HOSTILE.slice(0, 70));
    expect(await page.locator('main script, main img, a[href^="javascript:"]').count()).toBe(0);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
  }
});

test.each([
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['phone', { colorScheme: 'light', viewport: { width: 375, height: 700 } }],
] as const)('axe finds nothing (%s)', async (_name, options) => {
  for (const path of [
    '/',
    '/?target=nothing',
    '/targets/prod/service/s1',
    '/targets/dev/pool/pool-1',
    '/docs',
    '/docs/metrics',
  ]) {
    const page = await open(path, options);
    await page.evaluate(axe.source);
    const violations = await page.evaluate(
      'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + " " + nodes[0].html))',
    );
    expect(violations).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
      page.viewportSize()?.width ?? 0,
    );
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
