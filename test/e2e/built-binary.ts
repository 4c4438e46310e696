import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inject, vi } from 'vitest';
import { WAIT } from '../patience.ts';

/** See program.ts; tests of documents run it as it was built. */
export const MAIN = inject('program') ?? new URL('../../dist/main.js', import.meta.url).pathname;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program in a process of its own. */
export class BuiltBinary {
  readonly process: ChildProcess;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
    this.process = spawn(process.execPath, [MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { PATH: process.env['PATH'], ...options.env },
    });
    this.process.stdout?.on('data', (chunk: Buffer) => {
      this.stdout += chunk.toString();
    });
    this.process.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
  }

  /** Base URL, once it listens. */
  async url(): Promise<string> {
    return vi.waitFor(() => {
      const address = /msg=listening addresses="?([^" ]+)/.exec(this.stderr)?.[1];
      if (address === undefined) throw new Error(`it does not listen: ${this.stderr}`);
      return address;
    }, WAIT);
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.process.kill(signal);
    return this.ended();
  }

  async ended(): Promise<Ended> {
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, 'close');
    return { code: this.process.exitCode, stdout: this.stdout, stderr: this.stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) await this.end('SIGKILL');
  }
}

/** Runs the program to its end. */
export function runBinary(
  args: readonly string[],
  options?: { cwd?: string; env?: Record<string, string> },
): Promise<Ended> {
  return new BuiltBinary(args, options).ended();
}

/** A folder with files, that goes when the test ends. */
export async function folderWith(files: Readonly<Record<string, string>>) {
  const path = await mkdtemp(join(tmpdir(), 'modelarts-exporter-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return {
    path,
    file: (name: string) => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
