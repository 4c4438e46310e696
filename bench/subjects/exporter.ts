import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { ProjectApi } from '../../src/collection/project.ts';
import { TARGET_FAMILIES, targetSeries } from '../../src/collection/target-series.ts';
import { exporterBackend } from '../../src/commands/exporter-backend.ts';
import { systemDisk } from '../../src/disk.ts';
import { createExporter, type Exporter } from '../../src/exporter.ts';
import type { Logger } from '../../src/log.ts';
import { expositionText } from '../../src/metrics/exposition.ts';
import { LabelBounds } from '../../src/metrics/label-bounds.ts';
import { metadata } from '../../src/metrics/lines.ts';
import { apiFactory } from '../../src/modelarts/api-factory.ts';
import { createBreakers } from '../../src/modelarts/breaker.ts';
import { Quotas } from '../../src/modelarts/quotas.ts';
import { stateLocks } from '../../src/state/state-lock.ts';
import { systemTimers } from '../../src/timers.ts';
import { listen } from '../../src/web/access/listen.ts';
import { createApp } from '../../src/web/app.ts';
import { cannedAnswer, historyOf } from '../canned-answers.ts';
import { type Cost, costOf } from '../cost.ts';
import { fleetConfig, type Mix, NOW, PROJECT } from '../fleet.ts';
import { obey } from '../subject.ts';

// The exporter as it is, but for a clock that stands still between two rounds.

const version = '0.0.0';
const INTERVAL = 30_000;

let now = NOW;
const clock = () => now;
let exporter: Exporter | undefined;
let requests = 0;
let joinable: string[] | undefined;

function quietLog(): Logger {
  const say = (message: string, fields = {}) => console.error(message, fields);
  return { debug: () => {}, info: () => {}, warn: say, error: say };
}

/** Answers without HTTP, but parses every answer anew, as a client must. */
function cloudInside(past: number | undefined, lostNodes: boolean): ProjectApi {
  return {
    async request({ operation, query }) {
      requests += 1;
      const told = past === undefined ? undefined : historyOf(operation, query ?? {}, past);
      const answer = told ?? cannedAnswer(operation);
      return JSON.parse(lostNodes ? answer.replace('to 8/0/0/0', 'to 7/1/0/0') : answer);
    },
    projectId: async () => PROJECT,
    isThrottled: () => false,
    timers: systemTimers,
    load: () => ({ rate: 20, part: 20, isScarce: false, throttledFor: 0 }),
    close: () => {},
  };
}

interface Start {
  readonly mix: Mix;
  /** Left out: answers come from within, without HTTP. */
  readonly cloud?: string;
  readonly concurrency?: number;
  /** Events of each service and training job; left out: a handful. Only where the cloud is inside. */
  readonly past?: number;
  /** Every pool has an abnormal node. Only where the cloud is inside. */
  readonly lostNodes?: boolean;
}

async function start({ mix, cloud, concurrency = 16, past, lostNodes = false }: Start): Promise<void> {
  const log = quietLog();
  const config = fleetConfig(mix, { endpoint: cloud ?? 'http://cloud.invalid', concurrency });
  exporter = await createExporter(config, {
    clock,
    timers: systemTimers,
    disk: systemDisk,
    lockState: stateLocks(systemTimers),
    // So that the fleet's past counts.
    startedAt: NOW - 86_400_000,
    log,
    version,
    shard: { index: 0, count: 1 },
    durable: false,
    createApi:
      cloud === undefined
        ? () => cloudInside(past, lostNodes)
        : apiFactory({
            clock,
            timers: systemTimers,
            env: {},
            log,
            random: Math.random,
            version,
            breakers: createBreakers(systemTimers),
            quotas: new Quotas(clock, systemTimers.now),
          }),
  });
}

function running(): Exporter {
  if (exporter === undefined) throw new Error('not started');
  return exporter;
}

async function refreshAll(): Promise<void> {
  now += INTERVAL;
  await running().collector.collect(Number.POSITIVE_INFINITY);
}

async function refreshAndShow(): Promise<void> {
  await refreshAll();
  await render();
}

async function repeat(times: number, work: () => Promise<void>): Promise<void> {
  for (let done = 0; done < times; done += 1) await work();
}

/** What a scrape of everything costs without HTTP. */
async function render(): Promise<void> {
  const { collector, metrics } = running();
  collector.moveWindows();
  await writeSeries(await metrics.text('text'));
}

async function writeSeries(self = ''): Promise<void> {
  const chunks = running().series.chunks('text');
  for await (const chunk of expositionText({ format: 'text', chunks, self })) {
    flatten(chunk);
  }
}

/** A string that was put together is a tree of its parts until somebody looks into it. */
function flatten(text: string): void {
  Number(text);
}

/** The strings that the series store strings together, in its order. */
function readyLines(): string[] {
  const { collector } = running();
  const bounds = new LabelBounds(100);
  const lines = collector.targets().map((target) => targetSeries(target, now, bounds));
  return TARGET_FAMILIES.flatMap((family) => {
    const texts = lines.flatMap((families) => families.get(family) ?? []);
    return texts.length === 0 ? [] : [metadata(family, 'text'), ...texts];
  });
}

const delay = monitorEventLoopDelay({ resolution: 1 });

obey({
  start,
  /** Refreshes every target once. */
  round: (): Promise<Cost> => costOf(refreshAll),
  rounds: (times: number): Promise<Cost> => costOf(() => repeat(times, refreshAll)),
  /** The same, and renders the exposition each time. */
  roundsAndExpositions: (times: number): Promise<Cost> => costOf(() => repeat(times, refreshAndShow)),
  /** Renders the target series so many times. */
  renderSeries: (times: number): Promise<Cost> => costOf(() => repeat(times, () => writeSeries())),
  /** Joins the same strings so many times. */
  joinLines(times: number): Promise<Cost> {
    joinable ??= readyLines();
    const lines = joinable;
    return costOf(() => repeat(times, async () => flatten(lines.join(''))));
  },
  exposition: () => [...running().series.chunks('text')].join(''),
  /** Serves the exposition. */
  async listen() {
    const reload = async () => ({ ok: true }) as const;
    const app = createApp({
      backend: exporterBackend(
        running(),
        { version, startedAt: NOW, clock, ending: new AbortController().signal },
        reload,
      ),
      store: running().series,
      self: running().metrics,
      scrapers: running().scrapers,
      enableLifecycle: false,
      onError: console.error,
      read: (file) => readFileSync(file, 'utf8'),
    });
    const { urls } = await listen(app, {
      addresses: [{ host: '127.0.0.1', port: 0 }],
      timers: systemTimers,
      onError: console.error,
    });
    return urls[0];
  },
  /** Processor time of this process so far, in milliseconds. */
  spent() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
  watchLoop() {
    delay.enable();
    delay.reset();
  },
  /** Milliseconds for which the event loop was held up at most since it is watched. */
  longestStall: () => delay.max / 1e6,
  /** Bytes in use and bytes of the exposition's target series. */
  async memory() {
    for (let again = 0; again < 3; again += 1) {
      globalThis.gc?.();
      await setImmediate();
    }
    const { heapUsed, external } = process.memoryUsage();
    let rendered = 0;
    let series = 0;
    for (const chunk of exporter?.series.chunks('text') ?? []) {
      rendered += Buffer.byteLength(chunk);
      series += chunk.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
    }
    return { used: heapUsed + external, rendered, series };
  },
  /** Kilobytes at the worst moment of this process. */
  peakMemory: () => process.resourceUsage().maxRSS,
  /** Requests since the last question, where the cloud is inside. */
  requests() {
    const count = requests;
    requests = 0;
    return count;
  },
});
