// Takes the pictures of pages that the documents show, of what happens in the demo: node scripts/status-page-picture.mjs
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

const demo = spawn(
  process.execPath,
  [path('dist/main.js'), 'demo', '--web.listen-address=127.0.0.1:0', '--log.level=error', '--speed=5'],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
const ended = once(demo, 'close');
let url;
for await (const line of createInterface(demo.stdout)) {
  url = /^ *status page +(\S+)$/.exec(line)?.[1];
  if (url !== undefined) break;
}
demo.stdout.resume();

async function dataOf(name) {
  return (await (await fetch(new URL(`api/v1/${name}`, url))).json()).data;
}

// What was discovered is read by the next scrape. Then until something has happened.
for (let dull = true; dull; ) {
  await fetch(new URL('metrics', url));
  await sleep(200);
  const unread = (await dataOf('targets')).some(({ health }) => health === 'unknown');
  const alerts = (await dataOf('alerts')).sort((a, b) => b.startsAt.localeCompare(a.startsAt));
  dull = unread || new Set(alerts.slice(0, 6).map(({ labels }) => labels.alertname)).size < 4;
}

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const pool = (await dataOf('targets')).find(({ kind }) => kind === 'pool');
const pages = {
  'status-page': '',
  'alerts-page': 'alerts',
  'target-page': `targets/${[pool.project, pool.kind, pool.target].map(encodeURIComponent).join('/')}`,
};
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
for (const [name, address] of Object.entries(pages)) {
  await page.goto(new URL(address, url).href);
  await page.screenshot({ path: path(`docs/images/${name}.png`) });
}
await browser.close();
demo.kill('SIGTERM');
await ended;
