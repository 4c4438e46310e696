import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../src/config/config.ts';
import { EventLog } from '../../src/event-log/event-log.ts';
import type { Exporter } from '../../src/exporter.ts';
import { systemTimers } from '../../src/timers.ts';
import { configOf } from '../configuration.ts';
import type { SocketlessSimulator } from '../simulator-kit/socketless-simulator.ts';
import { recordingLog } from '../state/state-entries.ts';
import { createTestExporter } from '../test-exporter.ts';

export interface CrashingOptions {
  /** Of the state files: a new one after each crash, with what the one before it held at that moment. */
  readonly folder: string;
  /** Where nothing is to be had over HTTP. */
  readonly createExchange?: SocketlessSimulator['createExchange'];
  readonly clock: () => number;
  /** The configuration but for the state file. */
  readonly settings: object;
}

/**
 * An exporter that can die at any moment, with all that was not on the disk or on the wire. To the process
 * it goes on for a while, but to nobody's eyes.
 */
export class CrashingExporter {
  /** Lines of the event log that were written by whichever exporter lived then. */
  readonly lines: string[] = [];
  /** The event log takes nothing more. */
  isLogFull = false;
  readonly log = recordingLog();
  readonly #options: CrashingOptions;
  readonly #dead: Promise<void>[] = [];
  /** The largest value that each counter was ever exposed with. */
  readonly #seen = new Map<string, number>();
  #config: Config;
  #lives = 0;
  #exporter: Exporter | undefined;

  constructor(options: CrashingOptions) {
    this.#options = options;
    this.#config = configOf(options.settings);
  }

  get exporter(): Exporter {
    if (this.#exporter === undefined) throw new Error('it is not alive');
    return this.#exporter;
  }

  get file(): string {
    return join(this.#options.folder, `state-${this.#lives}`);
  }

  async start(): Promise<void> {
    const { clock, createExchange } = this.#options;
    const life = this.#lives;
    const sink = {
      write: async (bytes: Buffer) => {
        // Long enough to die meanwhile.
        await sleep(3);
        if (this.isLogFull) throw new Error('ENOSPC: no space left on device, write');
        if (life === this.#lives) this.lines.push(...bytes.toString().trimEnd().split('\n'));
        return bytes.length;
      },
      release: async () => {},
    };
    this.#exporter = await createTestExporter(this.#configured, {
      clock,
      log: this.log,
      durable: true,
      eventLog: new EventLog(sink, systemTimers, this.log),
      timers: systemTimers,
      ...(createExchange && { createExchange }),
    });
    this.totals();
  }

  /** What was exposed until now is remembered, what is on the disk is kept, and the rest is lost. */
  crash(): void {
    this.totals();
    const { file } = this;
    this.#lives += 1;
    if (existsSync(file)) copyFileSync(file, this.file);
    this.#dead.push(this.exporter.stop());
    this.#exporter = undefined;
  }

  /** Takes effect at the next start. */
  set settings(settings: object) {
    this.#config = configOf(settings);
  }

  async configure(settings: object): Promise<void> {
    this.settings = settings;
    await this.exporter.configure(this.#configured);
  }

  /**
   * Counters as they are exposed now.
   * @throws where one has gone back
   */
  totals(): Map<string, number> {
    const totals = new Map<string, number>();
    const { series, metrics } = this.exporter;
    const text = [...series.chunks('text')].join('') + metrics.eventTotals.text('text', false);
    for (const [, name = '', count] of text.matchAll(/^(\w+_total\{.*\}) (\d+)$/gm)) {
      const value = Number(count);
      const before = this.#seen.get(name) ?? 0;
      if (value < before) throw new Error(`${name} went back from ${before} to ${value}`);
      this.#seen.set(name, value);
      totals.set(name, value);
    }
    return totals;
  }

  async end(): Promise<void> {
    if (this.#exporter !== undefined) this.#dead.push(this.#exporter.stop());
    await Promise.all(this.#dead);
  }

  /** With the state file of this life. */
  get #configured(): Config {
    return { ...this.#config, state: { ...this.#config.state, file: this.file } };
  }
}
