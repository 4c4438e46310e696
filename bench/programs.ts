import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../test/free-port.ts';
import { inParallel } from './cost.ts';
import { scrape } from './scrape.ts';

const BLACKBOX = '/usr/bin/prometheus-blackbox-exporter';
const ALERTMANAGER = '/usr/bin/prometheus-alertmanager';

/** A program of Debian in a process of its own. */
export interface Program {
  readonly url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Blackbox extends Program {
  /** Probes every URL, so many at once. @returns processor time in milliseconds */
  probe(urls: readonly string[], concurrency: number): Promise<number>;
}

/** Undefined, and said loudly, where it is not installed. */
export async function startBlackbox(): Promise<Blackbox | undefined> {
  const program = await start(BLACKBOX, 'modules: { http_2xx: { prober: http } }', '/-/healthy');
  if (program === undefined) return undefined;
  const agent = new Agent({ keepAlive: true });
  const cpu = async () => {
    const text = await (await fetch(`${program.url}/metrics`)).text();
    return 1000 * Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]);
  };
  return {
    ...program,
    async probe(urls, concurrency) {
      const before = await cpu();
      await inParallel(urls, concurrency, async (url) => {
        const probe = `${program.url}/probe?module=http_2xx&target=${encodeURIComponent(url)}`;
        const { status } = await scrape(probe, { agent });
        if (status !== 200) throw new Error(`the blackbox exporter answered ${status}`);
      });
      return (await cpu()) - before;
    },
  };
}

/** Undefined, and said loudly, where it is not installed. */
export function startAlertmanager(): Promise<Program | undefined> {
  return start(
    ALERTMANAGER,
    'route: { receiver: nobody }\nreceivers: [{ name: nobody }]',
    '/-/ready',
    (folder) => [`--storage.path=${join(folder, 'data')}`, '--cluster.listen-address='],
  );
}

async function start(
  path: string,
  config: string,
  healthy: string,
  more: (folder: string) => readonly string[] = () => [],
): Promise<Program | undefined> {
  if (!existsSync(path)) {
    console.error(`\n  *** NOT INSTALLED, so what needs it is NOT MEASURED: ${path} ***\n`);
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'modelarts-exporter-bench-'));
  const file = join(folder, 'config.yml');
  await writeFile(file, `${config}\n`);
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(path, [`--config.file=${file}`, `--web.listen-address=${address}`, ...more(folder)], {
    stdio: 'ignore',
  });
  const url = `http://${address}`;
  await answering(`${url}${healthy}`, child);
  return {
    url,
    async [Symbol.asyncDispose]() {
      await end(child, 'SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until a program answers with 200. @throws when it ends instead */
export async function answering(url: string, child: ChildProcess, pause = 50): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with code ${child.exitCode}`);
    const status = await scrape(url).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    await sleep(pause);
  }
}

export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}
