import { writeFile } from 'node:fs/promises';
import { Cloud } from '../../src/simulator/cloud.ts';
import { parseSamples } from '../collection/running-exporter.ts';
import { JOB, POOL, PROJECT, prodAt, SERVICE } from '../configuration.ts';
import {
  startTestSimulator,
  type TestSimulator,
  type TestSimulatorOptions,
} from '../simulator-kit/test-simulator.ts';
import { BuiltBinary, folderWith } from './built-binary.ts';

export { JOB, POOL, PROJECT, SERVICE };

/** A configuration file as an object, but for what `configText` fills in. */
export interface Settings {
  readonly [section: string]: unknown;
  /** Merged into the project `prod`. */
  readonly project?: Readonly<Record<string, unknown>>;
  /** Projects beside it, whole. */
  readonly more?: readonly unknown[];
  /** All projects, whole, instead of these. */
  readonly projects?: readonly unknown[];
}

/** A simulated cloud with one service, one training job and one pool, that ends with its scope. */
export async function startCloud(
  options: Partial<TestSimulatorOptions> = {},
): Promise<TestSimulator & AsyncDisposable> {
  const cloud = options.cloud ?? new Cloud();
  if (cloud.projects.length === 0) {
    cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
    cloud.addService(PROJECT, { service_id: SERVICE, service_name: 'digits' });
    cloud.addJob(PROJECT, { id: JOB, name: 'mnist' });
    cloud.addPool(PROJECT, { name: POOL });
  }
  const simulator = await startTestSimulator({ now: Date.now, ...options, cloud });
  return Object.assign(simulator, { [Symbol.asyncDispose]: () => simulator.close() });
}

/** A configuration of project `prod` with one target of each kind, at the simulator; every JSON text is YAML. */
export function configText(url: string, { project, more = [], ...rest }: Settings = {}): string {
  const prod = {
    ...prodAt(url),
    services: [{ id: SERVICE }],
    training_jobs: [{ id: JOB }],
    pools: [{ name: POOL }],
    ...project,
  };
  const file = {
    collection: { min_interval: '100ms' },
    api: { retries: 0, rate_limit: 10_000 },
    projects: [prod, ...more],
    ...rest,
  };
  return JSON.stringify(file, undefined, 2);
}

export interface Scrape {
  readonly status: number;
  readonly text: string;
  /** By name and labels, as they are written. */
  readonly samples: ReadonlyMap<string, number>;
}

export interface Serving extends AsyncDisposable {
  readonly binary: BuiltBinary;
  readonly url: string;
  /** Path of a file in the folder of the configuration, where the program runs. */
  file(name: string): string;
  scrape(path?: string, headers?: Record<string, string>): Promise<Scrape>;
  /** Writes the configuration file anew, without a reload. */
  write(config: string): Promise<void>;
  /** POST /-/reload. */
  reload(config: string): Promise<{ readonly status: number; readonly text: string }>;
}

/** Runs the built exporter until the end of the scope. */
export async function serve(
  config: string,
  options: {
    readonly args?: readonly string[];
    readonly env?: Record<string, string>;
    readonly files?: Readonly<Record<string, string>>;
    /** True by default. */
    readonly lifecycle?: boolean;
  } = {},
): Promise<Serving> {
  const folder = await folderWith({ 'config.yaml': config, ...options.files });
  const binary = new BuiltBinary(
    [
      '--web.listen-address=127.0.0.1:0',
      ...(options.lifecycle === false ? [] : ['--web.enable-lifecycle']),
      ...(options.args ?? []),
    ],
    { cwd: folder.path, ...(options.env === undefined ? {} : { env: options.env }) },
  );
  const end = async () => {
    await binary[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  };
  const url = await binary.url().catch(async (error: unknown) => {
    await end();
    throw error;
  });
  const write = (text: string) => writeFile(folder.file('config.yaml'), text);
  return {
    binary,
    url,
    file: folder.file,
    async scrape(path = '/metrics', headers = {}) {
      const response = await fetch(`${url}${path}`, { headers });
      const text = await response.text();
      return { status: response.status, text, samples: response.ok ? parseSamples(text) : new Map() };
    },
    write,
    async reload(text) {
      await write(text);
      const response = await fetch(`${url}/-/reload`, { method: 'POST' });
      return { status: response.status, text: await response.text() };
    },
    [Symbol.asyncDispose]: end,
  };
}

/** The only sample whose series holds all the parts; an error where there is none, or more than one. */
export function sample({ samples }: Scrape, ...parts: readonly string[]): number {
  const found = [...samples].filter(([series]) => parts.every((part) => series.includes(part)));
  const [first] = found;
  if (first === undefined || found.length > 1) {
    const near = [...samples.keys()].filter((series) => series.includes(parts[0] ?? ''));
    throw new Error(`${found.length} series with ${parts.join(' and ')} among\n${near.join('\n')}`);
  }
  return first[1];
}

/** The sum of all samples whose series hold all the parts; 0 where there is none. */
export function sum({ samples }: Scrape, ...parts: readonly string[]): number {
  return [...samples]
    .filter(([series]) => parts.every((part) => series.includes(part)))
    .reduce((total, [, value]) => total + value, 0);
}
