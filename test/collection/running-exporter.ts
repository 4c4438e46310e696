import { onTestFinished } from 'vitest';
import type { Shard } from '../../src/collection/shard.ts';
import { EventLog } from '../../src/event-log/event-log.ts';
import type { Exporter } from '../../src/exporter.ts';
import type { LogFields, Logger } from '../../src/log.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { systemTimers } from '../../src/timers.ts';
import { configOf, JOB, POOL, PROJECT, prodAt, SERVICE } from '../configuration.ts';
import {
  createSocketlessSimulator,
  type SocketlessSimulator,
} from '../simulator-kit/socketless-simulator.ts';
import {
  startTestSimulator,
  type TestSimulator,
  type TestSimulatorOptions,
} from '../simulator-kit/test-simulator.ts';
import { createTestExporter } from '../test-exporter.ts';

export { JOB, POOL, PROJECT, SERVICE };

/** The configuration file as an object, but for the project's endpoints and credentials. */
export interface Settings {
  readonly collection?: Record<string, unknown>;
  readonly limits?: Record<string, unknown>;
  readonly api?: Record<string, unknown>;
  readonly alerting?: Record<string, unknown>;
  /** Merged into the only project. */
  readonly project?: Record<string, unknown>;
}

interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: LogFields;
}

export interface RunningExporter<S = TestSimulator> {
  readonly exporter: Exporter;
  readonly simulator: S;
  readonly cloud: Cloud;
  readonly log: readonly LogLine[];
  /** The lines of the event log. */
  events(): Promise<readonly string[]>;
  /** Unix milliseconds, the same for the exporter and the cloud. */
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

interface Options extends Partial<Omit<TestSimulatorOptions, 'now' | 'cloud'>> {
  /** When it begins, in Unix milliseconds. */
  readonly now: number;
  readonly cloud?: Cloud;
}

/** An exporter with its real client against a simulated cloud over HTTP; both end with the test. */
export async function runExporter(
  settings: Settings,
  options: Options,
  shard?: Shard,
): Promise<RunningExporter> {
  const time = { now: options.now };
  const cloud = cloudOf(options);
  const simulator = await startTestSimulator({ ...options, now: () => time.now, cloud });
  onTestFinished(() => simulator.close());
  return runBeside({ simulator, settings, time, shard });
}

/** The same without HTTP, for laws of what is counted, which take many requests. */
export function runSocketlessExporter(
  settings: Settings,
  options: Pick<Options, 'now' | 'cloud' | 'dialect' | 'seed'>,
): Promise<RunningExporter<SocketlessSimulator>> {
  const time = { now: options.now };
  const cloud = cloudOf(options);
  const simulator = createSocketlessSimulator({ ...options, now: () => time.now, cloud });
  return runBeside({ simulator, settings, time, createExchange: simulator.createExchange });
}

function cloudOf({ cloud = new Cloud() }: Pick<Options, 'cloud'>): Cloud {
  if (cloud.projects.length === 0) cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  return cloud;
}

interface Parts<S> {
  readonly simulator: S;
  readonly settings: Settings;
  readonly time: { now: number };
  readonly shard?: Shard | undefined;
  readonly createExchange?: SocketlessSimulator['createExchange'];
}

async function runBeside<S extends { readonly url: string; readonly cloud: Cloud }>(
  parts: Parts<S>,
): Promise<RunningExporter<S>> {
  const { simulator, settings, time, shard = { index: 0, count: 1 }, createExchange } = parts;
  const clock = () => time.now;
  const log: LogLine[] = [];
  const logger = recordingLogger(log);
  const written: Buffer[] = [];
  const eventLog = new EventLog(
    {
      write: async (bytes) => written.push(bytes) && bytes.length,
      release: async () => {},
    },
    systemTimers,
    logger,
  );
  const config = configAt(simulator.url, settings);
  const exporter = await createTestExporter(config, {
    clock,
    log: logger,
    shard,
    eventLog,
    ...(createExchange && { createExchange }),
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
    cloud: simulator.cloud,
    log,
    async events() {
      await eventLog.flush();
      return Buffer.concat(written).toString().split('\n').slice(0, -1);
    },
    now: clock,
    setNow: (value) => {
      time.now = value;
    },
    async poll(milliseconds = 30_000) {
      time.now += milliseconds;
      await collector.collect(Number.POSITIVE_INFINITY);
    },
    async reload(changed) {
      await exporter.configure(configAt(simulator.url, changed));
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

function configAt(url: string, { project, ...rest }: Settings) {
  return configOf({
    ...rest,
    api: { retries: 0, rate_limit: 10_000, ...rest.api },
    projects: [{ ...prodAt(url), ...project }],
  });
}

function recordingLogger(lines: LogLine[]): Logger {
  const note =
    (level: keyof Logger) =>
    (message: string, fields: LogFields = {}) => {
      if (level !== 'debug') lines.push({ level, message, fields });
    };
  return { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
}
