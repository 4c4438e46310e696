import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemDisk } from '../src/disk.ts';
import { readState } from '../src/state/open-state-file.ts';
import type { Fault } from '../test/simulator-kit/faults/fault.ts';
import { startExporter } from './built-exporter.ts';
import { answering } from './programs.ts';
import { scrapeText } from './scrape.ts';
import { change, lows } from './statistics.ts';
import { Subject } from './subject.ts';

// The demo's cloud at high speed, where targets come and go and answers fail, read by the exporter as it is
// built and scraped by two. In the end memory and handles must be flat and every total must be the truth.

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    speed: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error('--minutes takes a number above 0');

/** The part of the time in which memory may still grow to its working size. */
const WARM_UP = 0.4;
/** Growth from there to the end, as a part of the mean, that is no more than chance. */
const GROWTH_MAX = 0.1;
/** Minutes; several collections of garbage. */
const STRETCH = 1 / 6;
const SCRAPE_INTERVAL = 1_000;
const FAULT_INTERVAL = 4_000;
/** Collects garbage often, so that what is measured is what is kept. */
const GC = ['--expose-gc', '--import', 'data:text/javascript,setInterval(gc, 2000).unref()'];

const FAULTS: readonly (readonly Fault[])[] = [
  [],
  [{ kind: 'latency', ms: 300 }],
  [
    { kind: 'status', status: 500 },
    { kind: 'status', status: 503 },
  ],
  [{ kind: 'reset' }, { kind: 'cut' }],
  [],
  [{ kind: 'truncated_json' }, { kind: 'not_json' }, { kind: 'wrong_shape', shape: 'list_is_missing' }],
  [{ kind: 'throttled', retryAfter: 1 }],
  [{ kind: 'huge', bytes: 20_000_000 }],
];

/** Short periods, so that all that is kept for a while is full before the warm-up ends. */
function soakYaml(demo: string): string {
  return demo
    .replace('min_interval: 5s', 'min_interval: 1s\n  window: 30s\n  overlap: 30s')
    .replace('interval: 5s', 'interval: 1s\n  resolve_after: 30s')
    .replaceAll('refresh: 10s, linger: 1m', 'refresh: 2s, linger: 5s')
    .concat('state: { file: state.json }\napi: { rate_limit: 200, timeout: 2s }\n');
}

interface Sample {
  /** Bytes, less those of the state file: it holds what is kept of removed targets for days, and grows with them. */
  readonly heap: number;
  readonly rss: number;
  readonly files: number;
  readonly handles: number;
  readonly series: number;
}

function sampleOf(exposition: string, stateBytes: number): Sample {
  const sum = (name: string) =>
    [...exposition.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    );
  return {
    heap: sum('nodejs_heap_size_used_bytes') + sum('nodejs_external_memory_bytes') - stateBytes,
    rss: sum('process_resident_memory_bytes'),
    files: sum('process_open_fds'),
    handles: sum('nodejs_active_handles'),
    series: exposition.split('\n').filter((line) => line.startsWith('modelarts_')).length,
  };
}

/** Totals as they are shown, by target and classes, without zeros. */
function totalsOf(exposition: string): Map<string, number> {
  const totals = new Map<string, number>();
  for (const [, text = '', value] of exposition.matchAll(
    /^modelarts_\w+_(?:events|updates)_total\{(.*)\} (\S+)$/gm,
  )) {
    const labels = new Map([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, label]) => [name, label]));
    const words = [
      'service_id',
      'training_job_id',
      'pool',
      'event_type',
      'level',
      'source',
      'type',
      'reason',
      'result',
    ];
    const key = words.flatMap((word) => labels.get(word) ?? []).join(' ');
    if (labels.size > 1 && Number(value) > 0) totals.set(key, Number(value));
  }
  return totals;
}

await using cloud = new Subject('demo-cloud');
const demo = await cloud.ask<string>('start', { speed: Number(values.speed), seed: Number(values.seed) });
await using exporter = await startExporter(soakYaml(demo), GC);
await answering(`${exporter.url}/-/ready`, exporter.child);

const stateFile = join(exporter.folder, 'state.json');
const began = performance.now();
const end = began + minutes * 60_000;
const samples: (readonly [minute: number, sample: Sample])[] = [];
const targets = new Set<string>();
let scrapes = 0;
let failures = 0;

function stateBytes(): number {
  return statSync(stateFile, { throwIfNoEntry: false })?.size ?? 0;
}

async function keepScraping(accept: string, onExposition: (exposition: string) => void): Promise<void> {
  while (performance.now() < end) {
    scrapes += 1;
    await scrapeText(`${exporter.url}/metrics`, { accept }).then(onExposition, (error: unknown) => {
      failures += 1;
      console.error(`a scrape failed: ${error}`);
    });
    await sleep(SCRAPE_INTERVAL);
  }
}

async function keepStriking(): Promise<void> {
  for (let turn = 0; performance.now() < end; turn += 1) {
    const faults = FAULTS[turn % FAULTS.length];
    await cloud.ask('strike', { faults, probability: 0.2 });
    await sleep(FAULT_INTERVAL);
  }
}

await Promise.all([
  keepScraping('text/plain', (exposition) => {
    samples.push([(performance.now() - began) / 60_000, sampleOf(exposition, stateBytes())]);
    for (const [, target = ''] of exposition.matchAll(/^modelarts_target_up\{.*target="([^"]*)"/gm))
      targets.add(target);
  }),
  keepScraping('application/openmetrics-text;version=1.0.0', () => {}),
  keepStriking(),
]);

const { faults, requests } = await cloud.ask<{ faults: number; requests: number }>('calm');
const state = await readState(systemDisk, stateFile);
const truth = new Map(Object.entries(await cloud.ask<Record<string, number>>('truth', state?.countingSince)));
let wrong: string[] = [];
// What failed last is tried again later and later, and what is missing lingers.
for (let tries = 0; tries < 60; tries += 1) {
  const totals = totalsOf(await scrapeText(`${exporter.url}/metrics`));
  wrong = [...new Set([...truth.keys(), ...totals.keys()])]
    .filter((key) => truth.get(key) !== totals.get(key))
    .map((key) => `${key}: shown ${totals.get(key) ?? 0}, true ${truth.get(key) ?? 0}`);
  if (wrong.length === 0) break;
  await sleep(SCRAPE_INTERVAL);
}

const watched = samples.filter(([minute]) => minute >= minutes * WARM_UP);
const isFlat = (['heap', 'rss', 'files', 'handles'] as const).map((what) => {
  const points = watched.map(([minute, sample]) => [minute, sample[what]] as const);
  // Between two collections the heap holds garbage too, and of a larger state file more of it.
  const { first, last, relative } = change(what === 'heap' ? lows(points, STRETCH) : points);
  const unit = what === 'heap' || what === 'rss' ? 2 ** 20 : 1;
  console.log(
    `${what.padEnd(8)} ${(first / unit).toFixed(1)} -> ${(last / unit).toFixed(1)}${unit === 1 ? '' : ' MiB'} (${(100 * relative).toFixed(1)} % after warm-up)`,
  );
  return relative <= GROWTH_MAX;
});
const counted = [...truth.values()].reduce((sum, count) => sum + count, 0);
console.log(
  `${minutes} minutes at speed ${values.speed}: ${scrapes} scrapes, ${failures} failed; ${requests} API requests, ${faults} faults; ` +
    `${targets.size} targets seen, ${samples.at(-1)?.[1].series} series at the end, ${(stateBytes() / 2 ** 20).toFixed(1)} MiB of state`,
);
console.log(
  `${truth.size} totals of ${counted} events: ${wrong.length === 0 ? 'all exact' : `${wrong.length} WRONG`}`,
);
for (const line of wrong) console.log(`  ${line}`);
process.exitCode = failures === 0 && wrong.length === 0 && truth.size > 0 && isFlat.every(Boolean) ? 0 : 1;
