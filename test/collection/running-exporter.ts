import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Shard } from '../../src/collection/shard.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { createExporter, type Exporter } from '../../src/exporter.ts';
import type { LogFields, Logger } from '../../src/log.ts';
import { createBreakers } from '../../src/modelarts/breaker.ts';
import { createClient } from '../../src/modelarts/client.ts';
import { DEFAULT_TOKEN } from '../../src/simulator/access/credentials.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { systemTimers, type Timers } from '../../src/timers.ts';
import {
  startTestSimulator,
  type TestSimulator,
  type TestSimulatorOptions,
} from '../simulator-kit/test-simulator.ts';

export const PROJECT = '0123456789abcdef0123456789abcdef';
export const SERVICE = '11111111-2222-4333-8444-555555555555';
export const JOB = '66666666-7777-4888-9999-000000000000';
export const POOL = 'pool-6f5da086876d4cd084d36f8bd3346036';

/** The configuration file as an object, but for the project's endpoints and credentials. */
export interface Settings {
  readonly collection?: Record<string, unknown>;
  readonly limits?: Record<string, unknown>;
  readonly api?: Record<string, unknown>;
  /** Merged into the only project. */
  readonly project?: Record<string, unknown>;
}

interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: LogFields;
}

export interface RunningExporter {
  readonly exporter: Exporter;
  readonly simulator: TestSimulator;
  readonly cloud: Cloud;
  readonly log: readonly LogLine[];
  /** Epoch milliseconds, the same for the exporter and the cloud. */
  now(): number;
  setNow(now: number): void;
  /** Lets time pass, then refreshes what is due and waits for it. */
  poll(milliseconds?: number): Promise<void>;
  reload(settings: Settings): Promise<void>;
  /** Series of the targets as they stand, brought to now; by their text up to the value. */
  series(): Map<string, number>;
  seriesText(): string;
  /** The exporter's own metrics. */
  self(): Promise<Map<string, number>>;
}

/** An exporter with its real client against a simulated cloud over HTTP; both end with the test. */
export async function runExporter(
  settings: Settings,
  options: { now: number; cloud?: Cloud } & Partial<Omit<TestSimulatorOptions, 'now' | 'cloud'>>,
  shard: Shard = { index: 0, count: 1 },
): Promise<RunningExporter> {
  let { now, cloud = new Cloud() } = options;
  if (cloud.projects.length === 0) cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  const clock = () => now;
  const simulator = await startTestSimulator({ ...options, now: clock, cloud });
  onTestFinished(() => simulator.close());
  const log: LogLine[] = [];
  const logger = recordingLogger(log);
  const timers = hastyTimers();
  const breakers = createBreakers({ ...systemTimers, now: clock });
  const exporter = await createExporter(configOf(settings, simulator.url), {
    clock,
    startedAt: now,
    log: logger,
    version: '1.2.3',
    shard,
    durable: false,
    createApi: (project, { limits }, observer) =>
      createClient(project, {
        clock,
        observer,
        log: logger,
        responseBytes: limits.responseBytes,
        breakers,
        env: {},
        version: '1.2.3',
        random: () => 0.5,
        timers,
      }),
  });
  onTestFinished(() => exporter.stop());
  const { collector } = exporter;
  const seriesText = () => {
    collector.moveWindows();
    return [...exporter.series.chunks('text')].join('');
  };
  return {
    exporter,
    simulator,
    cloud,
    log,
    now: clock,
    setNow: (value) => {
      now = value;
    },
    async poll(milliseconds = 30_000) {
      now += milliseconds;
      await collector.collect(Number.POSITIVE_INFINITY);
    },
    async reload(changed) {
      await exporter.configure(configOf(changed, simulator.url));
    },
    seriesText,
    series: () => parseSamples(seriesText()),
    self: async () => parseSamples(await exporter.metrics.text('text')),
  };
}

/** Samples by their name and labels, as they are written. */
export function parseSamples(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const space = line.lastIndexOf(' ');
    const name = line.slice(0, space);
    if (samples.has(name)) throw new Error(`given twice: ${name}`);
    samples.set(name, Number(line.slice(space + 1)));
  }
  return samples;
}

function configOf({ project, ...rest }: Settings, url: string) {
  const file = {
    ...rest,
    api: { retries: 0, rate_limit: 10_000, ...rest.api },
    projects: [
      {
        name: 'prod',
        region: 'cn-north-4',
        project_id: PROJECT,
        endpoint: url,
        iam_endpoint: url,
        auth: { token: DEFAULT_TOKEN },
        ...project,
      },
    ],
  };
  // Every JSON text is YAML too.
  const parsed = parseConfig(JSON.stringify(file), { file: 'test', env: {}, directory: '.' });
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.config;
}

function recordingLogger(lines: LogLine[]): Logger {
  const note =
    (level: keyof Logger) =>
    (message: string, fields: LogFields = {}) => {
      if (level !== 'debug') lines.push({ level, message, fields });
    };
  return { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
}

/** Waiting makes time pass instead of taking it. */
function hastyTimers(): Timers {
  let now = 0;
  return {
    now: () => now,
    async sleep(duration) {
      now += duration;
      await setImmediate();
    },
  };
}
