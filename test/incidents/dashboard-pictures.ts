import { execFile } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { openBrowser } from '../browser.ts';
import { busyDay } from './busy-day.ts';
import { History } from './history.ts';
import { prometheusOf } from './prometheus-of.ts';
import type { Scene } from './scene.ts';
import { play, STORIES } from './stories.ts';

interface Panel {
  readonly type: string;
  readonly targets?: readonly { readonly expr: string; readonly instant?: boolean }[];
}

/** Of each picture: the dashboard, the hours that it shows, how much of it is seen, and of which target it is. */
const PICTURES = {
  'dashboard-overview': { dashboard: 'overview', hours: 24, height: 1_135, chosen: {} },
  'dashboard-service': {
    dashboard: 'service',
    hours: 24,
    height: 1_000,
    chosen: { service: 'recommendation' },
  },
  'dashboard-training-job': {
    dashboard: 'training-job',
    hours: 6,
    height: 900,
    chosen: { training_job: 'rank-distill-4' },
  },
  'dashboard-inference-service': {
    dashboard: 'inference-service',
    hours: 24,
    height: 1_144,
    chosen: { inference_service: 'assistant-chat' },
  },
  'dashboard-training-efficiency': { dashboard: 'training-efficiency', hours: 24, height: 1_866, chosen: {} },
  'dashboard-pool': { dashboard: 'pool', hours: 6, height: 1_210, chosen: { pool: 'training-a' } },
} as const;

const WIDTH = 1_400;
/** Seconds between two scrapes, and between two points of a line of so many hours. */
const SCRAPE = 60;
const stepOf = (hours: number) => Math.max(SCRAPE, Math.round((hours * 3_600) / 300 / SCRAPE) * SCRAPE);

/** Where Grafana's packages are kept from one time to the next: they are large, and nothing else needs them. */
const WORKSHOP = resolve('node_modules', '.cache', 'modelarts-exporter-dashboard-pictures');
const PAGE = 'http://pictures.invalid/';

/** The program of the page that draws, with all that it needs. */
async function bundle(): Promise<string> {
  cpSync(join('grafana', 'pictures'), WORKSHOP, { recursive: true });
  await promisify(execFile)('npm', ['install', '--ignore-scripts'], { cwd: WORKSHOP });
  const bundled = await rolldown({
    input: './page.tsx',
    cwd: WORKSHOP,
    platform: 'browser',
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    moduleTypes: { '.css': 'empty', '.svg': 'dataurl' },
    onwarn: () => {},
  });
  const { output } = await bundled.generate({ format: 'iife', codeSplitting: false });
  return output[0].code;
}

/** What Grafana's own pages have loaded before: its font, and the styles of what draws lines and tables. */
function styles(): string {
  const workshop = createRequire(join(WORKSHOP, 'package.json'));
  const read = (file: string) => readFileSync(join(WORKSHOP, 'node_modules', file));
  const fonts = [400, 500].map((weight) => {
    const font = read(`@fontsource/inter/files/inter-latin-${weight}-normal.woff2`).toString('base64');
    return `@font-face { font-family: Inter; font-weight: ${weight}; src: url(data:font/woff2;base64,${font}); }`;
  });
  const plot = read('uplot/dist/uPlot.min.css').toString();
  const table = readFileSync(join(workshop.resolve('@grafana/react-data-grid'), '..', 'styles.css'), 'utf8');
  return [...fonts, plot, table, 'body { margin: 0 }'].join('\n');
}

const [script, css] = [await bundle(), styles()];
const history = new History('job="modelarts",instance="modelarts-exporter:10979"');
const story = STORIES['a pool loses half its nodes'];
const plan = (scene: Scene) => {
  story.plan(scene);
  busyDay(scene);
};
const everyMinute = (now: Scene) => history.scrape(now);
const scene = await play({ ...story, plan }, { everyMinute });
scene.machine.kill();
const prometheus = await prometheusOf(history);
const browser = await openBrowser();
const end = scene.now;

for (const [name, { dashboard, hours, height, chosen }] of Object.entries(PICTURES)) {
  const step = stepOf(hours);
  const [kind, target] = Object.entries<string>(chosen)[0] ?? [];
  const info = `modelarts_target_info{kind="${kind}",target_name="${target}"}`;
  const [found] = kind === undefined ? [] : await prometheus.ask('query', at(info));
  const values: Readonly<Record<string, string>> = {
    project: '.*',
    instance: '.*',
    ...(kind === undefined ? {} : { [kind]: found?.metric['target'] ?? '' }),
    __interval: `${step}s`,
    __rate_interval: `${Math.max(step + SCRAPE, 4 * SCRAPE)}s`,
    __range: `${hours}h`,
  };
  const file = join('grafana', 'dashboards', `modelarts-${dashboard}.json`);
  const { title, panels } = JSON.parse(await readFile(file, 'utf8')) as {
    title: string;
    panels: readonly Panel[];
  };
  const answered = [];
  for (const panel of panels) {
    const answers = [];
    for (const asked of panel.targets ?? []) {
      // A `$1` belongs to a regular expression.
      const query = asked.expr.replace(
        /\$\{?([a-z_]\w*)\}?/g,
        (_, variable: string) => values[variable] ?? '',
      );
      const range = {
        query,
        start: `${end / 1_000 - hours * 3_600}`,
        end: `${end / 1_000}`,
        step: `${step}`,
      };
      const result = asked.instant
        ? await prometheus.ask('query', at(query))
        : await prometheus.ask('query_range', range);
      answers.push({ target: asked, result, step });
    }
    answered.push({ panel, answers });
  }
  const page = await browser.newPage({ viewport: { width: WIDTH, height: 4_000 } });
  // Times are told as so long ago, and the browser stores a few settings of its own origin.
  await page.clock.setFixedTime(end);
  await page.route(`${PAGE}**`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
  );
  await page.goto(PAGE);
  await page.addStyleTag({ content: css });
  await page.addScriptTag({ content: script });
  const variables = {
    Project: 'All',
    ...(target === undefined ? {} : { [title.replace(/^ModelArts /, '')]: target }),
  };
  const picture = {
    title,
    mode: 'light',
    from: end - hours * 3_600_000,
    to: end,
    width: WIDTH,
    chosen: { ...variables, Time: `Last ${hours} hours` },
    panels: answered,
  };
  await page.evaluate(`draw(${JSON.stringify(picture)})`);
  await page.setViewportSize({ width: WIDTH, height });
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: 45 });
  await page.close();
  const drawn = join('docs', 'images', `${name}.webp`);
  await writeFile(drawn, Buffer.from(data, 'base64'));
  console.log(drawn);
}
await browser.close();
await prometheus.close();

function at(query: string): Readonly<Record<string, string>> {
  return { query, time: `${end / 1_000}` };
}
