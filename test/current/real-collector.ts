import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROGRAMS } from '../programs.ts';

/** A real OpenTelemetry collector in a process of its own. */
export class RealCollector {
  readonly #process: ChildProcess;
  #log = '';

  /** @param config path of its configuration */
  constructor(config: string) {
    // Its own metrics would have a fixed port.
    const args = ['--config', config, '--set=service.telemetry.metrics.level=none'];
    this.#process = spawn(PROGRAMS.otelcol, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#log += chunk.toString();
    });
  }

  /** How often it has put off what Loki did not take. */
  get retries(): number {
    return this.#log.split('Will retry').length - 1;
  }

  /** What it gave up on. That Loki can't be reached for a while is no complaint. */
  get complaints(): string[] {
    return this.#log
      .split('\n')
      .filter((line) => /\b(?:error|fatal)\b/.test(line) && !/Will retry/.test(line));
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }
}
