import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../test/free-port.ts';
import { end } from './programs.ts';

const MAIN = new URL('../src/main.js', import.meta.url).pathname;

/**
 * The whole program in a process of its own, with a configuration in a folder that goes with it.
 * @param flags of node
 */
export async function startExporter(yaml: string, flags: readonly string[] = []) {
  const folder = await mkdtemp(join(tmpdir(), 'modelarts-exporter-bench-'));
  const file = join(folder, 'config.yaml');
  await writeFile(file, yaml);
  const address = `127.0.0.1:${await freePort()}`;
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [...flags, MAIN, `--config.file=${file}`, `--web.listen-address=${address}`, '--log.level=error'],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  return {
    /** When it was started, on the clock of `performance.now()`. */
    began,
    child,
    folder,
    url: `http://${address}`,
    async [Symbol.asyncDispose]() {
      await end(child, 'SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
