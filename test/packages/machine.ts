import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';

const NAMESPACES = ['--mount', '--pid', '--cgroup', '--uts', '--ipc'];

/** A machine on which packages can be installed, that is gone with the test. It shares only the network with ours. */
export class Machine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'machine-'));
  readonly #process = spawn(
    '/usr/bin/unshare',
    [...NAMESPACES, '--fork', '--kill-child', '/bin/bash', `${import.meta.dirname}/machine.sh`, this.#folder],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );

  static async start(): Promise<Machine> {
    const machine = new Machine();
    let complaint = '';
    machine.#process.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    const isRunning = async () => {
      await machine.run('systemctl is-system-running').catch((error: unknown) => {
        throw new Error(`${complaint}${error}`);
      });
    };
    await vi.waitFor(isRunning, { timeout: 60_000, interval: 100 });
    return machine;
  }

  /** What a command of the shell prints. @throws Error with what it complains of, where it fails */
  async run(command: string): Promise<string> {
    const args = ['--target', this.#init(), '--all', '--root', '/bin/sh', '-e', '-c', command];
    const env = { PATH: '/usr/bin:/usr/sbin' };
    return (await promisify(execFile)('/usr/bin/nsenter', args, { env })).stdout.trim();
  }

  /** @param command of the package manager, which gets the path of the package */
  async install(file: string, command: string): Promise<void> {
    await copyFile(file, this.#path('/root/package'));
    await this.run(`${command} /root/package`);
  }

  /** Writes over a file, whose owner and mode stay. */
  write(file: string, text: string): Promise<void> {
    return writeFile(this.#path(file), text);
  }

  /** Where we find a file of it. */
  #path(file: string): string {
    return `/proc/${this.#init()}/root${file}`;
  }

  /** Its process 1, as we number it. */
  #init(): string {
    const { pid } = this.#process;
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGKILL');
      await once(this.#process, 'exit');
    }
    rmSync(this.#folder, { recursive: true });
  }
}
