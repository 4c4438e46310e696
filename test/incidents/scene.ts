import type { Config } from '../../src/config/config.ts';
import { ApiError } from '../../src/modelarts/errors.ts';
import type { Exchange } from '../../src/modelarts/http-exchange.ts';
import { shippedFile } from '../../src/shipped-file.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { seededRandom } from '../../src/simulator/seeded-random.ts';
import { systemTimers } from '../../src/timers.ts';
import { type Listening, listen } from '../../src/web/access/listen.ts';
import { createApp } from '../../src/web/app.ts';
import { configOf, PROJECT, prodAt } from '../configuration.ts';
import { AlertmanagerCluster } from '../simulation/alertmanagers.ts';
import { drawsOf } from '../simulation/draws.ts';
import { Machine } from '../simulation/machine.ts';
import { createInnerExchange } from '../simulator-kit/inner-exchange.ts';
import { createVirtualTime, type VirtualTime } from '../simulator-kit/virtual-time.ts';

export const PROD = PROJECT;
export const RESEARCH = 'fedcba9876543210fedcba9876543210';
const NAMES: Readonly<Record<string, string>> = { [PROD]: 'prod', [RESEARCH]: 'research' };

/** How often the exporter looks at the cloud, and when it watches closely. */
const REFRESH = '15m';
const CLOSE_REFRESH = '5m';
const STATE = '/data/state';

/** A cloud of two projects and an exporter that reads them, on a simulated clock: a day passes in seconds. */
export class Scene {
  readonly cloud = new Cloud();
  /** Projects whose credential is refused, by id. */
  readonly refused = new Set<string>();
  readonly machine: Machine;
  readonly #time: VirtualTime;
  #refresh: string = REFRESH;
  readonly #plan: { readonly at: number; readonly happen: () => void }[] = [];

  /** @param start Unix milliseconds */
  constructor(start: number) {
    this.#time = createVirtualTime(start);
    for (const [id, name] of Object.entries(NAMES)) this.cloud.addProject({ id, name });
    this.machine = new Machine({
      config: () => configAt(this.#refresh),
      time: this.#time,
      network: { exchange: () => this.#exchange() },
      cluster: new AlertmanagerCluster(1, 360_000),
      draws: drawsOf(seededRandom(1, 'scene')),
      shard: { index: 0, count: 1 },
      onText: () => {},
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: console.error },
    });
  }

  get now(): number {
    return this.#time.clock();
  }

  /** Lets something happen later. @param at such as `2026-03-09 03:12`, in UTC */
  at(at: string, happen: () => void): void {
    this.#plan.push({ at: instant(at), happen });
  }

  /** Lets something happen so many milliseconds from now. */
  later(wait: number, happen: () => void): void {
    this.#plan.push({ at: this.now + wait, happen });
  }

  /** Lets time pass, and what is planned until then happen. @param end in Unix milliseconds */
  async until(end: number): Promise<void> {
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      await this.#time.pass(next.at - this.now);
      next.happen();
    }
    await this.#time.pass(end - this.now);
  }

  /** From now on the exporter looks more often. */
  watchClosely(): void {
    this.#refresh = CLOSE_REFRESH;
    this.machine.reload();
  }

  /** Starts the exporter with what another one has saved, if there was one, or itself. @returns that */
  startFrom(another: Buffer | undefined): Buffer {
    const { machine } = this;
    const saved = another ?? machine.disk.files.get(STATE);
    if (saved === undefined) throw new Error('nothing was saved');
    machine.disk.put(STATE, saved.toString());
    machine.start();
    return saved;
  }

  /** The exporter's pages, which show this very moment. @param read gives the text of a file that comes with the program */
  async open(read: (file: string) => string = shippedFile): Promise<Listening> {
    const { running } = this.machine;
    if (running === undefined) throw new Error('the exporter does not run');
    const { backend, exporter } = running;
    const { series: store, metrics: self, scrapers } = exporter;
    const onError = (error: unknown) => console.error(error);
    const app = createApp({ backend, store, self, scrapers, enableLifecycle: false, onError, read });
    return listen(app, { addresses: [{ host: '127.0.0.1', port: 0 }], onError, timers: systemTimers });
  }

  /** What happens may plan more. */
  #next(end: number) {
    const [first] = this.#plan.sort((a, b) => a.at - b.at);
    return first !== undefined && first.at <= end ? this.#plan.shift() : undefined;
  }

  #exchange(): Exchange {
    const { clock, timers } = this.#time;
    const inner = createInnerExchange({ cloud: this.cloud, throttle: undefined, clock, timers, latency: 80 });
    return async (call) => {
      const project = [...this.refused].find((id) => call.url.pathname.includes(id));
      if (project === undefined) return inner(call);
      await timers.sleep(80);
      throw new ApiError(
        'auth',
        `${call.operation}: 401 APIGW.0301 Incorrect IAM authentication information: access key is expired`,
        { status: 401 },
      );
    };
  }
}

function configAt(refresh: string): Config {
  const discovery = { enabled: true, refresh };
  return configOf({
    collection: { min_interval: refresh },
    state: { file: STATE },
    alerting: { interval: '5m', alertmanagers: [{ url: 'http://alertmanager.invalid:1' }] },
    links: { grafana: 'https://grafana.example.com' },
    projects: Object.entries(NAMES).map(([project_id, name]) => ({
      ...prodAt('http://cloud.invalid'),
      project_id,
      name,
      auth: { token: `token-of-${name}` },
      discovery: {
        services: discovery,
        inference_services: discovery,
        training_jobs: discovery,
        pools: discovery,
      },
    })),
  });
}

export function instant(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}
