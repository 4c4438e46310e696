import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { freePort } from '../free-port.ts';
import { WAIT } from '../patience.ts';
import { PROGRAMS } from '../programs.ts';

/** A line as Loki gives it back: when, in nanoseconds since 1970, and the text. */
type LokiLine = readonly [at: string, text: string];

interface Stream {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: readonly LokiLine[];
}

/** A real Loki in a process of its own, with a folder that goes with it. */
export class RealLoki {
  readonly url: string;
  readonly #folder: string;
  #process: ChildProcess | undefined;
  #log = '';

  private constructor(url: string, folder: string) {
    this.url = url;
    this.#folder = folder;
  }

  static async start(): Promise<RealLoki> {
    const folder = await mkdtemp(join(tmpdir(), 'loki-'));
    const port = await freePort();
    const address = '127.0.0.1';
    // What a Loki of one process needs; the limits are its own.
    const config = {
      auth_enabled: false,
      analytics: { reporting_enabled: false },
      server: {
        http_listen_address: address,
        http_listen_port: port,
        grpc_listen_address: address,
        grpc_listen_port: await freePort(),
        log_level: 'warn',
      },
      common: {
        instance_addr: address,
        path_prefix: join(folder, 'data'),
        replication_factor: 1,
        ring: { kvstore: { store: 'inmemory' } },
        storage: {
          filesystem: {
            chunks_directory: join(folder, 'data', 'chunks'),
            rules_directory: join(folder, 'data', 'rules'),
          },
        },
      },
      ingester: { lifecycler: { min_ready_duration: '0s' } },
      schema_config: {
        configs: [
          {
            from: '2024-01-01',
            store: 'tsdb',
            object_store: 'filesystem',
            schema: 'v13',
            index: { prefix: 'index_', period: '24h' },
          },
        ],
      },
    };
    await writeFile(join(folder, 'config.yaml'), JSON.stringify(config));
    const loki = new RealLoki(`http://${address}:${port}`, folder);
    await loki.resume();
    return loki;
  }

  /** Starts it where it stopped. */
  async resume(): Promise<void> {
    const process = spawn(PROGRAMS.loki, [`-config.file=${join(this.#folder, 'config.yaml')}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = process;
    for (const output of [process.stdout, process.stderr])
      output.on('data', (chunk: Buffer) => {
        this.#log += chunk.toString();
      });
    await vi.waitFor(async () => {
      const response = await fetch(`${this.url}/ready`).catch(() => undefined);
      if (response?.ok !== true) throw new Error(`not ready: ${this.#log.slice(-2_000)}`);
    }, WAIT);
  }

  /** Ends the process; its data stay. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
    const ended = once(process, 'exit');
    process.kill(signal);
    await ended;
  }

  /** Gives it lines as Alloy and Vector do. @throws with Loki's own words */
  async push(streams: readonly Stream[]): Promise<void> {
    const response = await fetch(`${this.url}/loki/api/v1/push`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ streams }),
    });
    if (!response.ok) throw new Error(await response.text());
  }

  /** All lines that a query finds since an instant in Unix milliseconds. @throws with Loki's own words */
  async lines(query: string, since: number): Promise<readonly LokiLine[]> {
    const asked = new URLSearchParams({
      query,
      start: `${since}000000`,
      limit: '5000',
      direction: 'forward',
    });
    // A query that comes just after its start Loki may never answer.
    const signal = AbortSignal.timeout(20_000);
    const response = await fetch(`${this.url}/loki/api/v1/query_range?${asked}`, { signal });
    const text = await response.text();
    if (!response.ok) throw new Error(`${query}: ${text}`);
    const { data } = JSON.parse(text) as { readonly data: { readonly result: readonly Stream[] } };
    return data.result.flatMap(({ values }) => values);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL');
    await rm(this.#folder, { recursive: true, force: true });
  }
}
