import { exporterBackend } from '../../src/commands/exporter-backend.ts';
import type { Config } from '../../src/config/config.ts';
import type { Disk } from '../../src/disk.ts';
import { EventLog } from '../../src/event-log/event-log.ts';
import { createExporter } from '../../src/exporter.ts';
import type { Logger } from '../../src/log.ts';
import { apiFactory } from '../../src/modelarts/api-factory.ts';
import { createBreakers } from '../../src/modelarts/breaker.ts';
import { Quotas } from '../../src/modelarts/quotas.ts';
import type { LockState } from '../../src/state/state-lock.ts';
import type { Timers } from '../../src/timers.ts';
import type { AlertmanagerCluster } from './alertmanagers.ts';
import { SimulatedDisk } from './disk.ts';
import type { Draws } from './draws.ts';
import { Life } from './life.ts';
import type { Network } from './network.ts';
import type { Scraped } from './scraper.ts';

export interface MachineOptions {
  readonly config: () => Config;
  readonly time: { readonly clock: () => number; readonly timers: Timers };
  readonly network: Network;
  readonly cluster: AlertmanagerCluster;
  readonly draws: Draws;
  readonly shard: { readonly index: number; readonly count: number };
  readonly log: Logger;
}

const POST_LATENCY = 30;
/** Milliseconds between two looks whether the event log takes lines again. */
const LOG_LOOK = 1_000;

/** A host with one exporter, which may be killed and started again; its disk and its clock stay. */
export class Machine {
  readonly disk: SimulatedDisk;
  /** Lines of the event log that reached it. */
  lines = 0;
  /** Milliseconds by which its clock is wrong. */
  clockError = 0;
  isLogStuck = false;
  /** Alertmanagers that it can't reach. */
  readonly unreachable = new Set<number>();
  /** Starts that failed. */
  readonly failedStarts: unknown[] = [];
  running: Scraped | undefined;
  #life = new Life();
  readonly #options: MachineOptions;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.disk = new SimulatedDisk(options.time.timers, options.draws.random);
  }

  /** Begins to start; that takes a while, since the state is read. */
  start(): void {
    const life = new Life();
    this.#life = life;
    this.#open(life).then(
      (running) => {
        if (life.isOver) return;
        this.running = running;
        running.exporter.start();
      },
      (error: unknown) => this.failedStarts.push(error),
    );
  }

  /** Ends at once, with nothing done any more. */
  kill(): void {
    this.#life.end();
    this.running = undefined;
  }

  losePower(): void {
    this.kill();
    this.disk.losePower();
  }

  /** Asks the exporter to end, and waits until it has. */
  async stop(): Promise<void> {
    const { running } = this;
    const life = this.#life;
    this.running = undefined;
    await running?.exporter.stop();
    life.end();
  }

  reload(): void {
    void this.running?.exporter.configure(this.#options.config());
  }

  async #open(life: Life): Promise<Scraped> {
    const { config, time, network, draws, shard, log } = this.#options;
    const timers = life.timers(time.timers);
    const disk: Disk = life.disk(this.disk);
    const clock = () => time.clock() + this.clockError;
    const quotas = new Quotas(clock, timers.now);
    const lockState: LockState = async () => ({ release: async () => {} });
    const sink = {
      write: (bytes: Buffer) =>
        life.await(async () => {
          while (this.isLogStuck) await timers.sleep(LOG_LOOK);
          this.lines += bytes.toString().split('\n').length - 1;
          return bytes.length;
        }),
      release: async () => {},
    };
    const startedAt = clock();
    const exporter = await createExporter(config(), {
      clock,
      timers,
      disk,
      lockState,
      startedAt,
      log,
      version: '0.0.0',
      shard,
      durable: true,
      quotas,
      eventLog: new EventLog(sink, timers, log),
      createAlertmanager: ({ url }) => this.#alertmanager(Number(new URL(url).port) - 1, timers),
      createApi: apiFactory({
        clock,
        timers,
        env: {},
        log,
        random: draws.random,
        version: '0.0.0',
        breakers: createBreakers(timers),
        quotas,
        createExchange: (options) => network.exchange(options),
      }),
    });
    const backend = exporterBackend(
      exporter,
      { version: '0.0.0', startedAt, clock, ending: new AbortController().signal },
      async () => ({ ok: true }),
    );
    return { exporter, backend };
  }

  #alertmanager(index: number, timers: Timers) {
    const { cluster, time } = this.#options;
    return {
      post: async (alerts: Parameters<AlertmanagerCluster['members'][number]['post']>[0]) => {
        await timers.sleep(POST_LATENCY);
        const member = cluster.members[index];
        if (member === undefined || !member.isUp || this.unreachable.has(index)) {
          return { kind: 'failed', message: 'ECONNREFUSED' } as const;
        }
        return member.post(alerts, time.clock());
      },
      close: () => {},
    };
  }
}
