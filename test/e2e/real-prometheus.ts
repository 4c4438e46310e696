import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { freePort } from '../free-port.ts';
import { WAIT } from '../patience.ts';
import { PROGRAMS } from '../programs.ts';

/** What a newer Prometheus is to do beside what it does by default; `npm run test:current` sets it. */
const FEATURES = process.env['TEST_PROMETHEUS_FEATURES'] ?? '';

/** Seconds since 1970, and the value. */
type Point = readonly [number, string];

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: Point;
}

/** A real Prometheus in a process of its own, with a database that goes with it. */
export class RealPrometheus {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;
  #log = '';

  private constructor(url: string, process: ChildProcess, folder: string) {
    this.url = url;
    this.#process = process;
    this.#folder = folder;
    process.stderr?.on('data', (chunk: Buffer) => {
      this.#log += chunk.toString();
    });
  }

  /**
   * Starts one that scrapes an exporter. An interval is how long a scrape may take, too: a second is short on a busy machine.
   * @param host of the exporter, with its port
   * @param rules of a file as `rule_files` takes it
   * @example
   * await using prometheus = await RealPrometheus.scraping(new URL(exporter.url).host);
   * await vi.waitFor(async () => expect(await prometheus.value('sum(modelarts_target_up)')).toBe(3), WAIT);
   */
  static scraping(host: string, { interval = '2s', rules = '' } = {}): Promise<RealPrometheus> {
    return RealPrometheus.start(
      `
global: { scrape_interval: ${interval}, scrape_timeout: ${interval}, evaluation_interval: ${interval} }
rule_files: [${rules === '' ? '' : 'rules.yml'}]
scrape_configs:
  - { job_name: modelarts, static_configs: [{ targets: ['${host}'] }] }
`,
      rules === '' ? {} : { 'rules.yml': rules },
    );
  }

  /** @param config the text of prometheus.yml; `files` are laid beside it by name */
  static async start(config: string, files: Readonly<Record<string, string>> = {}): Promise<RealPrometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
    await writeFile(join(folder, 'prometheus.yml'), config);
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const port = await freePort();
    const process = spawn(
      PROGRAMS.prometheus,
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=debug',
        ...(FEATURES === '' ? [] : [`--enable-feature=${FEATURES}`]),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const prometheus = new RealPrometheus(`http://127.0.0.1:${port}`, process, folder);
    await vi.waitFor(async () => {
      const response = await fetch(`${prometheus.url}/-/ready`);
      if (!response.ok) throw new Error(`not ready: ${prometheus.#log.slice(-2_000)}`);
    }, WAIT);
    return prometheus;
  }

  /** What it has logged against scrapes and rules. That a busy machine was too slow is no complaint. */
  get complaints(): string[] {
    const faults = /level=(?:warn|error).*(?:scrape|append|rule)|Scrape failed/i;
    return this.#log.split('\n').filter((line) => faults.test(line) && !line.includes('deadline exceeded'));
  }

  /** An instant query. @throws with Prometheus's own words */
  query(expression: string): Promise<readonly Sample[]> {
    return this.#ask(expression);
  }

  /** What the samples of counters have gained together: what `increase` tells of them, but for its estimate of both ends. */
  async gain(selector: string): Promise<number> {
    const series = await this.#ask<{ readonly values: readonly Point[] }>(selector);
    return series
      .flatMap(({ values }) =>
        values.map(([, value], index) => [Number(values[index - 1]?.[1] ?? value), Number(value)]),
      )
      .reduce((sum, [before = 0, after = 0]) => sum + (after < before ? after : after - before), 0);
  }

  async #ask<T = Sample>(expression: string): Promise<readonly T[]> {
    const response = await fetch(`${this.url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: expression }),
    });
    const answer = (await response.json()) as {
      status: string;
      error?: string;
      data: { result: readonly T[] };
    };
    if (answer.status !== 'success') throw new Error(`${expression}: ${answer.error}`);
    return answer.data.result;
  }

  /** Whether ranges may be `anchored`, so that `increase` estimates nothing. */
  static get hasAnchored(): boolean {
    return FEATURES.includes('promql-extended-range-selectors');
  }

  /** Whether a series that it did not know begins with 0 when it began to count, and so before the first scrape. */
  static get readsStartTimes(): boolean {
    return FEATURES.includes('created-timestamp-zero-ingestion');
  }

  /** The single value of a query; undefined where there is none. */
  async value(expression: string): Promise<number | undefined> {
    const [sample] = await this.query(expression);
    return sample === undefined ? undefined : Number(sample.value[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
    await rm(this.#folder, { recursive: true, force: true });
  }
}
