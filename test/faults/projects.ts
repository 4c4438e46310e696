import { expect } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { KIND_NAMES, type KindName } from '../../src/kind-table.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { configOf } from '../configuration.ts';
import { countEvents } from '../simulator-kit/ground-truth.ts';
import { createSocketlessSimulator } from '../simulator-kit/socketless-simulator.ts';
import { startTestSimulator } from '../simulator-kit/test-simulator.ts';
import { createTestExporter } from '../test-exporter.ts';
import { type Played, timeoutOf } from './cases.ts';

export const START = Date.parse('2024-05-06T07:08:09.000Z');
export const MINUTE = 60_000;
/** Projects at one simulator, each with its own kind of credentials and a target of each kind. */
export const PROJECTS = {
  token: { id: 'a'.repeat(32), region: 'cn-north-4', auth: { token: 'a-token' } },
  keys: { id: 'b'.repeat(32), region: 'cn-east-3', auth: { access_key: 'AKAKAKAK', secret_key: 'a-secret' } },
  user: {
    id: 'c'.repeat(32),
    region: 'cn-south-1',
    auth: { username: 'reader', password: 'a-password', domain: 'acme' },
  },
  ecs: { id: 'd'.repeat(32), region: 'cn-southwest-2', auth: { ecs_metadata: true } },
  environment: { id: 'e'.repeat(32), region: 'ap-southeast-1', auth: { environment: true } },
} as const;
export type ProjectName = keyof typeof PROJECTS;
export const PROJECT_NAMES: readonly ProjectName[] = ['token', 'keys', 'user', 'ecs', 'environment'];
export const TARGETS = PROJECT_NAMES.length * KIND_NAMES.length;

export const idOf = (project: ProjectName, kind: KindName) => `${kind}-of-${project}`;

/** The lines of all counters, and of which targets are up. */
const SHOWN = /^(\w+_(?:total|target_up))(\{.*\}) (\S+)$/gm;
/** By the name of the metric, and then by the whole series. */
type Samples = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** A cloud of all projects, and who may ask it. */
export function simulatorOptions(now: () => number) {
  const cloud = new Cloud();
  for (const name of PROJECT_NAMES) {
    const { id, region } = PROJECTS[name];
    cloud.addProject({ id, name: region });
    cloud.addService(id, { service_id: idOf(name, 'service') });
    cloud.addInferenceService(id, { id: idOf(name, 'inference_service') });
    cloud.addJob(id, { id: idOf(name, 'training_job') });
    cloud.addPool(id, { name: idOf(name, 'pool') });
  }
  return {
    now,
    cloud,
    credentials: {
      tokens: [{ token: 'a-token' }],
      accessKeys: [
        { accessKey: 'AKAKAKAK', secretKey: 'a-secret' },
        { accessKey: 'AKOFENVIRONMENT', secretKey: 'another-secret' },
      ],
      users: [{ name: 'reader', password: 'a-password', domain: 'acme' }],
    },
  };
}

export const ENVIRONMENT = { HUAWEICLOUD_SDK_AK: 'AKOFENVIRONMENT', HUAWEICLOUD_SDK_SK: 'another-secret' };

/** All projects at this address. @param timeout milliseconds */
export function configAt(url: string, timeout: number): Config {
  return configOf({
    limits: { response_bytes: 65_536 },
    api: { retries: 0, rate_limit: 10_000, timeout: `${timeout}ms` },
    projects: PROJECT_NAMES.map((name) => ({
      name,
      region: PROJECTS[name].region,
      project_id: PROJECTS[name].id,
      endpoint: url,
      iam_endpoint: url,
      auth: name === 'ecs' ? { ...PROJECTS.ecs.auth, ecs_metadata_endpoint: url } : PROJECTS[name].auth,
      services: [{ id: idOf(name, 'service') }],
      inference_services: [{ id: idOf(name, 'inference_service') }],
      training_jobs: [{ id: idOf(name, 'training_job') }],
      pools: [{ name: idOf(name, 'pool') }],
      discovery: {
        services: { enabled: true },
        inference_services: { enabled: true },
        training_jobs: { enabled: true },
        pools: { enabled: true },
      },
    })),
  });
}

/** An exporter with its real client; its clock, and all its waiting but for answers, are the test's. */
export async function runExporter(given: Played) {
  let now = START;
  const clock = () => now;
  const options = simulatorOptions(clock);
  const { cloud } = options;
  const server = given.way === 'over HTTP' ? await startTestSimulator(options) : undefined;
  const socketless = createSocketlessSimulator(options);
  const { url, faults } = server ?? socketless;
  const exporter = await createTestExporter(configAt(url, timeoutOf(given)), {
    clock,
    env: ENVIRONMENT,
    ...(server === undefined && { createExchange: socketless.createExchange }),
  });
  const { collector, reporter } = exporter;
  let serial = 0;
  return {
    cloud,
    faults,
    collector,
    reporter,
    /** Lets something happen everywhere, and time pass, and reads it. */
    async live(milliseconds: number): Promise<void> {
      for (const name of PROJECT_NAMES) happen(cloud, name, now + 1_000, serial);
      serial += 1;
      now += milliseconds;
      await collector.collect(Number.POSITIVE_INFINITY);
    },
    /** Lets time pass in which nobody asks for anything. */
    pass(milliseconds: number): void {
      now += milliseconds;
    },
    /** All counters, and which targets are up. */
    async samples(): Promise<Samples> {
      const text = [...exporter.series.chunks('text')].join('') + (await exporter.metrics.text('text'));
      const samples = new Map<string, Map<string, number>>();
      for (const [, name = '', labels = '', value] of text.matchAll(SHOWN)) {
        const family = samples.get(name) ?? new Map<string, number>();
        const series = name + labels;
        if (family.has(series)) throw new Error(`given twice: ${series}`);
        samples.set(name, family.set(series, Number(value)));
      }
      return samples;
    },
    async [Symbol.asyncDispose]() {
      await exporter.stop();
      await server?.close();
    },
  };
}

export type Run = Awaited<ReturnType<typeof runExporter>>;

/** A few events of every kind, some of them identical, and an update; no two of all these calls are alike. */
export function happen(cloud: Cloud, project: ProjectName, at: number, serial: number): void {
  const service = idOf(project, 'service');
  const words = `event ${serial}`;
  for (const event_type of ['normal', 'abnormal', 'abnormal']) {
    cloud.addServiceEvent(service, { event_type, event_info: words, occur_time: at + 123 });
  }
  cloud.addUpdateRecord(service, { result: 'FAIL', update_time: at + 200, config: [] });
  for (const event_type of ['NORMAL', 'ABNORMAL', 'WARNING', 'WARNING']) {
    const inference = idOf(project, 'inference_service');
    cloud.addInferenceEvent(inference, { event_type, event_info: words, at: at + 321 });
  }
  for (const level of ['Info', 'Error', 'Error']) {
    cloud.addJobEvent(idOf(project, 'training_job'), { time: at, level, source: 'Task', message: words });
  }
  const pool = { type: 'Warning', reason: 'NodeNotReady', firstTimestamp: at };
  cloud.addPoolEvent(idOf(project, 'pool'), { ...pool, message: words, count: 1 + (serial % 3) });
}

export function sum(samples: Samples, name: string, ...parts: readonly string[]): number {
  let total = 0;
  for (const [series, value] of samples.get(name) ?? [])
    if (parts.every((part) => series.includes(part))) total += value;
  return total;
}

/** As many events of these targets are counted as there were. */
export function expectExact({ cloud }: Run, samples: Samples, ids: readonly string[]): void {
  for (const { target, kind, classes, count } of countEvents(cloud, START)) {
    if (!ids.includes(target)) continue;
    const labels = [target, ...classes].map((value) => `"${value}"`);
    const counted = sum(samples, `modelarts_${kind}_events_total`, ...labels);
    expect([target, classes, counted]).toEqual([target, classes, count]);
  }
}
