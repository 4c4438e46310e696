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
import { HostClock } from './host-clock.ts';
import { Life } from './life.ts';
import type { Network } from './network.ts';
import { olderState } from './older-state.ts';
import type { Scraped } from './scraper.ts';

export interface MachineOptions {
  readonly config: (machine: Machine) => Config;
  readonly time: { readonly clock: () => number; readonly timers: Timers };
  readonly network: Pick<Network, 'exchange'>;
  readonly cluster: AlertmanagerCluster;
  readonly draws: Draws;
  readonly shard: { readonly index: number; readonly count: number };
  readonly log: Logger;
  /** Is given what leaves the exporter. */
  readonly onText: (where: string, text: string) => void;
}

/** How a stop went. */
interface Ending {
  /** Milliseconds. */
  readonly took: number;
  /** What the exporter still waited for a while later. */
  readonly pending: number;
}

const STATE = '/data/state';
const RESTARTED_AFTER = 20_000;
const POST_LATENCY = 30;
const LATE_POST_MAX = 25_000;
const POST_TIMEOUT = 10_000;
/** Milliseconds between two looks whether the event log takes lines again. */
const LOG_LOOK = 1_000;
/** What an exporter that has stopped still waits for then, it waits for in vain. */
const SETTLED_AFTER = 30_000;
const MISSED = 'polls may have missed events';

/** A host with one exporter, which may be killed and started again; its disk and its clock stay. */
export class Machine {
  readonly disk: SimulatedDisk;
  readonly clock: HostClock;
  /** Lines of the event log that reached it. */
  lines = 0;
  isLogStuck = false;
  arePostsLate = false;
  /** Alertmanagers that it can't reach. */
  readonly unreachable = new Set<number>();
  /** Targets of which a read may have missed events: the exporter says so. */
  readonly missed = new Set<string>();
  /** Starts that failed. */
  readonly failedStarts: unknown[] = [];
  readonly endings: Ending[] = [];
  running: Scraped | undefined;
  /** When the exporter that runs was started, in Unix milliseconds. */
  startedAt = 0;
  #isOn = false;
  /** The exporter that runs, and one that is to end before it begins. */
  readonly #lives = new Set<Life>();
  /** Of the one that runs. */
  #current = new Life();
  /** Settles when the last reload has ended. */
  #reloads: Promise<unknown> = Promise.resolve();
  /** The stop that is under way. */
  #stopping: Promise<void> = Promise.resolve();
  readonly #options: MachineOptions;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.disk = new SimulatedDisk(options.time.timers, options.draws.random);
    this.clock = new HostClock(options.time.clock);
  }

  /** What the exporter waits for. */
  get pending(): number {
    return [...this.#lives].reduce((sum, { pending }) => sum + pending, 0);
  }

  /** Begins to start, if it is not on; that takes a while, since the state is read. */
  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#reloads = Promise.resolve();
    const life = new Life();
    this.#lives.add(life);
    this.#stopping
      .then(() => {
        this.startedAt = this.#options.time.clock();
        return life.await(() => this.#open(life));
      })
      .then(
        (running) => {
          this.#current = life;
          this.running = running;
          running.exporter.start();
        },
        (error: unknown) => this.failedStarts.push(error),
      );
  }

  /** Ends at once, with nothing done any more. */
  kill(): void {
    for (const life of this.#lives) life.end();
    this.#lives.clear();
    this.#stopping = Promise.resolve();
    this.#isOn = false;
    this.running = undefined;
  }

  /** Is killed as soon as it writes, and started again soon. */
  killAmidSave(): void {
    this.disk.onWrite = () => {
      this.kill();
      void this.#options.time.timers.sleep(RESTARTED_AFTER).then(() => this.start());
    };
  }

  losePower(): void {
    this.kill();
    this.disk.losePower();
  }

  /** Is killed, and finds at its next start what another version has left. */
  replaceState(): void {
    this.kill();
    this.disk.put(STATE, '{"format":"modelarts-exporter-state","version":0}\n');
  }

  /** Is killed, and finds at its next start what a build has left that kept less of what is only shown or learnt. */
  ageState(): void {
    this.kill();
    const older = olderState(this.disk.files.get(STATE));
    if (older !== undefined) this.disk.put(STATE, older);
  }

  hang(): void {
    for (const life of this.#lives) life.hang();
  }

  goOn(): void {
    for (const life of this.#lives) life.goOn();
  }

  /** Asks the exporter to end. */
  async stop(): Promise<void> {
    const { running } = this;
    // It has not come so far that it could be asked.
    if (running === undefined) return this.kill();
    const life = this.#current;
    const { timers } = this.#options.time;
    this.running = undefined;
    this.#isOn = false;
    const began = timers.now();
    this.#stopping = running.exporter.stop();
    await this.#stopping;
    const took = timers.now() - began;
    await timers.sleep(SETTLED_AFTER);
    if (!life.isOver) this.endings.push({ took, pending: life.pending });
    life.end();
    this.#lives.delete(life);
  }

  /** One reload after the other, as in the program. */
  reload(): void {
    const configure = () => this.running?.exporter.configure(this.#options.config(this));
    this.#reloads = this.#reloads.then(configure);
  }

  async #open(life: Life): Promise<Scraped> {
    const { config, time, network, draws, shard, onText } = this.#options;
    const log = this.#log();
    const timers = life.timers(time.timers);
    const disk: Disk = life.disk(this.disk);
    const clock = this.clock.now;
    const quotas = new Quotas(clock, timers.now);
    const lockState: LockState = async () => ({ release: async () => {} });
    const sink = {
      // A process may end while nobody takes what it has written: that is not up to it.
      write: (bytes: Buffer) =>
        life.handOn(async () => {
          while (this.isLogStuck) await time.timers.sleep(LOG_LOOK);
          const text = bytes.toString();
          onText('the event log', text);
          this.lines += text.split('\n').length - 1;
          return bytes.length;
        }),
      release: async () => {},
    };
    const startedAt = clock();
    const exporter = await createExporter(config(this), {
      clock,
      timers,
      disk,
      lockState,
      startedAt,
      log,
      version: '0.0.0',
      shard,
      durable: true,
      ofProcess: false,
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
    return { exporter, backend, quotas };
  }

  #log(): Logger {
    const { log } = this.#options;
    return {
      ...log,
      warn: (message, fields) => {
        if (message === MISSED) this.missed.add(String(fields?.['target']));
        log.warn(message, fields);
      },
    };
  }

  #alertmanager(index: number, timers: Timers) {
    const { cluster, time, draws, onText } = this.#options;
    const isReachable = () => cluster.members[index]?.isUp === true && !this.unreachable.has(index);
    const closing = new AbortController();
    return {
      post: async (alerts: Parameters<AlertmanagerCluster['members'][number]['post']>[0]) => {
        onText('alerts', JSON.stringify(alerts));
        const latency = this.arePostsLate ? draws.random() * LATE_POST_MAX : POST_LATENCY;
        // What is on its way arrives, whatever becomes of who has sent it.
        const arrival = time.timers.sleep(latency).then(() => {
          if (!isReachable()) return { kind: 'failed', message: 'ECONNREFUSED' } as const;
          return cluster.members[index]?.post(alerts, time.clock()) ?? ({ kind: 'taken' } as const);
        });
        await timers.sleep(Math.min(latency, POST_TIMEOUT), closing.signal).catch(() => {});
        const isAnswered = latency <= POST_TIMEOUT && !closing.signal.aborted;
        return isAnswered ? arrival : ({ kind: 'failed', message: 'no answer' } as const);
      },
      close: () => closing.abort(),
    };
  }
}
