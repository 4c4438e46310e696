import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { startDemo } from '../../src/simulator/world/demo.ts';
import { DEMO } from '../../src/simulator/world/demo-cast.ts';
import { targetPath } from '../../src/target-key.ts';
import { openBrowser } from '../browser.ts';
import { WAIT } from '../patience.ts';
import { testWith } from '../programs.ts';
import { HOSTILE_TEXTS } from '../simulator-kit/hostile-text.ts';
import { BuiltBinary, folderWith } from './built-binary.ts';
import { flaws } from './flaws.ts';

const test = testWith('chromium');

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** A page in a context of its own, and everything that must not happen on it. */
async function visit(base: string) {
  const context = await browser.newContext();
  context.setDefaultTimeout(WAIT.timeout);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(base)) complaints.push(`request ${request.url()}`);
  });
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

interface Target {
  readonly project: string;
  readonly kind: 'service' | 'training_job' | 'pool';
  readonly target: string;
  readonly name: string;
}

test.concurrent('the demo is seen as it lives', async () => {
  await using demo = new BuiltBinary(['demo', '--speed=5', '--web.listen-address=127.0.0.1:0']);
  const url = await demo.url();
  const get = async <T>(path: string) => ((await (await fetch(url + path)).json()) as { data: T[] }).data;
  await vi.waitFor(async () => expect((await fetch(`${url}/-/ready`)).status).toBe(200), WAIT);
  const targets = await vi.waitFor(async () => {
    const found = await get<Target>('/api/v1/targets');
    expect(new Set(found.map(({ project, kind }) => project + kind)).size).toBe(7);
    return found;
  }, WAIT);

  await using visitor = await visit(url);
  const { page } = visitor;
  const count = (selector: string) => page.locator(selector).count();
  await vi.waitFor(
    async () => {
      await page.goto(url);
      expect(await count('#targets tbody th')).toBeGreaterThan(10);
      expect(await count('#events li')).toBeGreaterThan(5);
      expect(await count('#alerts li')).toBeGreaterThan(0);
    },
    { ...WAIT, interval: 500 },
  );

  await page.getByLabel('Project').selectOption('research');
  await page.getByLabel('Kind').selectOption('pool');
  await page.getByRole('button', { name: 'Show' }).click();
  expect(await page.locator('#targets tbody th').allInnerTexts()).toEqual([expect.stringContaining('lab')]);
  await page.getByRole('link', { name: 'Reset' }).click();

  // It changes without a reload.
  const before = await page.locator('#targets').innerHTML();
  await page
    .locator('#freshness')
    .getByText(/^Updated /)
    .waitFor({ timeout: WAIT.timeout });
  expect(await page.locator('#targets').innerHTML()).not.toBe(before);

  await page.locator('#targets').getByRole('link', { name: 'recommendation', exact: true }).click();
  const detail = page.locator('#detail');
  for (const heading of ['Latest run of each phase', 'Updates']) {
    expect(await detail.getByRole('heading', { name: heading }).count()).toBe(1);
  }
  expect(await count('#detail svg rect')).toBeGreaterThan(2);
  expect(await count('#detail .badge')).toBeGreaterThan(1);
  expect(await count('#events li')).toBeGreaterThan(5);

  const linkOf = ({ project, kind, target }: Target) => url + targetPath({ project, kind, id: target });
  const [pool = '', service = ''] = ['training-a', 'recommendation'].flatMap((name) =>
    targets.filter((target) => target.name === name).map(linkOf),
  );
  await page.goto(pool);
  expect(await detail.getByRole('heading', { name: 'Nodes' }).count()).toBe(1);
  const finished = await vi.waitFor(
    async () => {
      const jobs = (await get<Target>('/api/v1/targets')).filter(({ kind }) => kind === 'training_job');
      for (const link of jobs.map(linkOf)) {
        const text = await (await fetch(link)).text();
        if (/exit-codes-of-the-workers-title">[^<]*<\/h2>\s*<table/.test(text)) return link;
      }
      throw new Error('no job has exit codes');
    },
    { ...WAIT, interval: 500 },
  );
  await page.goto(finished);
  expect(await count('#exit-codes-of-the-workers-title + table tbody tr')).toBeGreaterThan(0);
  for (const path of [url, pool, service]) {
    await page.goto(path);
    expect(await flaws(page)).toEqual([]);
  }
  expect(visitor.complaints).toEqual([]);
  expect((await demo.end('SIGINT')).code).toBe(0);
});

test.concurrent('hostile texts and names of the cloud stay text', async () => {
  const demo = await startDemo({ now: Date.now });
  demo.pause();
  try {
    const { cloud } = demo.simulator;
    const { prod } = DEMO;
    cloud.service(prod.listedService).service_name = 'unused';
    const texts = Object.values(HOSTILE_TEXTS);
    for (const [index, event_info] of texts.entries()) {
      const occur_time = Date.now() - 1_000 - index;
      cloud.addServiceEvent(prod.listedService, { occur_time, event_type: 'abnormal', event_info });
      cloud.addService(prod.id, {
        service_id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
        service_name: event_info,
      });
    }
    await using folder = await folderWith({ 'config.yaml': demo.configYaml });
    await using exporter = new BuiltBinary(
      ['--config.file=config.yaml', '--web.listen-address=127.0.0.1:0'],
      { cwd: folder.path },
    );
    const url = await exporter.url();
    await using visitor = await visit(url);
    const { page, complaints } = visitor;
    const paths = [
      '/?q=recommendation',
      '/?kind=service',
      targetPath({ project: 'prod', kind: 'service', id: prod.listedService }),
    ];
    await vi.waitFor(
      async () => {
        await page.goto(url + paths[1]);
        expect(await page.locator('#targets tbody th').count()).toBeGreaterThan(texts.length);
      },
      { ...WAIT, interval: 500 },
    );
    for (const path of paths) {
      await vi.waitFor(
        async () => {
          await page.goto(url + path);
          expect(await page.getByText('<script>alert("event")</script>').first().isVisible()).toBe(true);
        },
        { ...WAIT, interval: 500 },
      );
      expect(await page.locator('main script, main img').count()).toBe(0);
      expect((await page.content()).length).toBeLessThan(200_000);
      expect(await flaws(page)).toEqual([]);
    }
    expect(complaints).toEqual([]);
  } finally {
    await demo.close();
  }
});
