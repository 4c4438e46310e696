import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../free-port.ts';
import type { History } from './history.ts';

/** A series as Prometheus answers with it. */
interface Series {
  readonly metric: Readonly<Record<string, string>>;
}

/** A real Prometheus that has stored a history, until it is closed. */
export interface StoredHistory {
  /** @param path such as `query_range` @throws Error in Prometheus's own words */
  ask(path: string, parameters: Readonly<Record<string, string>>): Promise<readonly Series[]>;
  close(): Promise<void>;
}

const run = promisify(execFile);

/** Starts one that has stored what a history tells, and scrapes nothing. */
export async function prometheusOf(history: History): Promise<StoredHistory> {
  const folder = await mkdtemp(join(tmpdir(), 'history-'));
  const samples = join(folder, 'samples');
  const config = join(folder, 'prometheus.yml');
  const data = join(folder, 'data');
  await pipeline(Readable.from(history.openmetrics()), createWriteStream(samples));
  await run('/usr/bin/promtool', ['tsdb', 'create-blocks-from', 'openmetrics', samples, data]);
  await writeFile(config, '');
  const port = await freePort();
  const server = spawn(
    '/usr/bin/prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  while ((await fetch(`${url}/-/ready`).catch(() => undefined))?.ok !== true) await wait(200);
  return {
    async ask(path, parameters) {
      const body = new URLSearchParams(parameters);
      const response = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body });
      const answer = (await response.json()) as { error?: string; data?: { result: readonly Series[] } };
      if (answer.data === undefined) throw new Error(`${parameters['query']}: ${answer.error}`);
      return answer.data.result;
    },
    async close() {
      const ended = once(server, 'exit');
      server.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
