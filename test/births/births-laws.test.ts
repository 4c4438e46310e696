import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { KIND_NAMES, rowOf } from '../../src/kind-table.ts';
import { parseSamples } from '../collection/running-exporter.ts';
import { temporaryFolder } from '../collection/temporary-folder.ts';
import { configOf, prodAt } from '../configuration.ts';
import { runs } from '../laws.ts';
import { Server } from '../metrics/server.ts';
import {
  createSocketlessSimulator,
  type SocketlessSimulator,
} from '../simulator-kit/socketless-simulator.ts';
import { ScrapedExporter, Scraper } from './scraped-exporter.ts';
import { type Count, PROJECTS, TARGETS, World } from './world.ts';

interface Habit {
  readonly path: string;
  readonly isOpenMetrics?: boolean;
  readonly sees: (count: Count) => boolean;
}

const isOfTarget = ({ labels }: Count) => labels['target'] !== undefined;
const isOf = (label: string, ...values: readonly string[]) => {
  return (count: Count) => isOfTarget(count) && values.includes(count.labels[label] ?? '');
};
const everything = { path: '/metrics', sees: () => true };
/**
 * All come from one address with the same user agent. The first two can't be told apart by what they ask for, but by
 * their connections, which they therefore keep.
 */
const HABITS: readonly Habit[] = [
  everything,
  everything,
  { ...everything, isOpenMetrics: true },
  { path: '/metrics?kind=pool', sees: isOf('kind', 'pool') },
  {
    path: '/metrics?kind=service&kind=pool&project=prod',
    isOpenMetrics: true,
    sees: (count) => isOf('project', 'prod')(count) && isOf('kind', 'service', 'pool')(count),
  },
  {
    path: '/metrics?name[]=modelarts_service_events_total',
    sees: ({ name }) => name === 'modelarts_service_events_total',
  },
  { path: '/probe', sees: isOfTarget },
];

type Step =
  | {
      readonly kind: 'happen';
      readonly of: (typeof KIND_NAMES)[number];
      readonly target: number;
      readonly what: number;
    }
  | { readonly kind: 'update'; readonly target: number; readonly result: 'SUCCESS' | 'FAIL' }
  | { readonly kind: 'fail'; readonly status: number }
  | { readonly kind: 'scrape' | 'give up'; readonly who: number }
  | { readonly kind: 'discover' | 'look' | 'poll' | 'restart' };

const target = fc.nat(TARGETS.length - 1);
const who = fc.nat(HABITS.length - 1);
const just = <K extends Step['kind']>(...kinds: K[]) => fc.constantFrom(...kinds);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: just('happen'),
      of: fc.constantFrom(...KIND_NAMES),
      target,
      what: fc.nat(3),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: just('update'), target, result: fc.constantFrom('SUCCESS', 'FAIL') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: just('fail'), status: fc.constantFrom(500, 418) }) },
  { weight: 7, arbitrary: fc.record({ kind: just('scrape'), who }) },
  { weight: 2, arbitrary: fc.record({ kind: just('give up'), who: who.filter((index) => index > 1) }) },
  { weight: 4, arbitrary: fc.record({ kind: just('discover', 'look', 'poll', 'restart') }) },
);

/** An exporter, those who scrape it, and the cloud that it tells of. */
class Scene {
  readonly world: World;
  readonly #simulator: SocketlessSimulator;
  readonly #config: Config;
  readonly #servers = HABITS.map((habit) => ({ habit, server: new Server(), scraper: new Scraper(habit) }));
  /** The failed requests, by HTTP status. */
  readonly #failures: Record<string, number> = {};
  #running: ScrapedExporter | undefined;

  constructor(world: World, simulator: SocketlessSimulator, config: Config) {
    this.world = world;
    this.#simulator = simulator;
    this.#config = config;
  }

  get #isDurable(): boolean {
    return this.#config.state.file !== '';
  }

  get #exporter(): ScrapedExporter {
    if (this.#running === undefined) throw new Error('it is not running');
    return this.#running;
  }

  async start(): Promise<void> {
    const { createExchange } = this.#simulator;
    this.#running = await ScrapedExporter.start(this.#config, {
      clock: () => this.world.now,
      createExchange,
    });
    await this.#discover();
    // A process that knows nothing of those before it knows nobody who is yet to come.
    if (!this.#isDurable || this.world.isNew) await this.#everybody();
  }

  async take(step: Step): Promise<void> {
    const { world } = this;
    world.now += 20;
    switch (step.kind) {
      case 'happen':
        return world.happen(step.of, step.target, step.what);
      case 'update':
        return world.update(step.target, step.result);
      case 'fail':
        this.#simulator.faults.add({ kind: 'status', status: step.status }, { times: 1 });
        return;
      case 'poll':
        return this.#poll();
      case 'scrape':
        return this.#scrape(step.who);
      case 'give up':
        return this.#giveUp(step.who);
      case 'discover':
        return this.#discover();
      case 'look':
        return this.#look();
      case 'restart':
        return this.#restart();
    }
  }

  /** Lets everybody see everything. */
  async drain(): Promise<void> {
    this.#simulator.faults.clear();
    const { collector } = this.#exporter.exporter;
    for (let round = 0; round < 4; round += 1) {
      this.world.now += 20;
      if (round < 2) await this.#discover();
      await this.#poll();
      await this.#everybody();
      await collector.flush();
    }
    for (const [code, count] of Object.entries(failuresOf(await this.#byHand())))
      this.#failures[code] = (this.#failures[code] ?? 0) + count;
    expect(this.#exporter.errors).toEqual([]);
  }

  check(): void {
    const truth = this.world.truth();
    for (const { habit, server } of this.#servers) {
      expect([habit.path, sums(gainsOf(server))]).toEqual([habit.path, sums(truth.filter(habit.sees))]);
      // What the exporter tells of itself begins anew with each process, and what was not yet shown ends with it.
      if (habit.path === '/metrics' && !this.#isDurable)
        expect(failuresOf(server.gained)).toEqual(this.#failures);
    }
  }

  async stop(): Promise<void> {
    for (const { scraper } of this.#servers) scraper.close();
    await this.#exporter.stop();
  }

  async #restart(): Promise<void> {
    if (!this.#isDurable) await this.drain();
    await this.#exporter.stop();
    // Jobs and pools tell whole seconds, and nothing is to count for two epochs.
    if (!this.#isDurable) this.world.now += 2_000;
    const goesOn = new RegExp(`^modelarts_(events|${KIND_NAMES.join('|')})_`);
    for (const { server } of this.#servers) {
      server.restarted((series) => this.#isDurable && goesOn.test(series));
    }
    await this.start();
  }

  /** Whoever probes is there for a target from the moment at which /sd has it. */
  async #discover(): Promise<void> {
    await this.#exporter.exporter.collector.discover();
    await this.#scrape(HABITS.findIndex(({ path }) => path === '/probe'));
  }

  async #poll(): Promise<void> {
    await this.#exporter.exporter.collector.collect(Number.POSITIVE_INFINITY);
  }

  async #everybody(): Promise<void> {
    for (const index of HABITS.keys()) await this.#scrape(index);
  }

  async #scrape(index: number): Promise<void> {
    const { habit, server, scraper } = this.#servers[index] ?? raise();
    for (const path of this.#pathsOf(habit)) {
      // Else many of them wait for the disk to have rested.
      const flushed = this.#exporter.exporter.collector.flush();
      server.take(await scraper.scrape(this.#exporter.url + path), this.world.now / 1000);
      await flushed;
    }
  }

  async #giveUp(index: number): Promise<void> {
    const { habit, scraper } = this.#servers[index] ?? raise();
    for (const path of this.#pathsOf(habit)) await this.#exporter.scrapeInVain(scraper, path);
  }

  /** Somebody who is no scraper is shown no less than anybody else. */
  async #look(): Promise<void> {
    const samples = await this.#byHand();
    for (const { server } of this.#servers) {
      const less = [...server.last].filter(([series, value]) => (samples.get(series) ?? value) < value);
      expect(less).toEqual([]);
    }
  }

  async #byHand(): Promise<ReadonlyMap<string, number>> {
    return parseSamples(await (await fetch(`${this.#exporter.url}/metrics`)).text());
  }

  #pathsOf({ path }: Habit): readonly string[] {
    if (path !== '/probe') return [path];
    return this.#exporter.exporter.collector.targets().map(({ key: { project, kind, id } }) => {
      return `/probe?${new URLSearchParams({ project, kind, target: id })}`;
    });
  }
}

test('whoever scrapes what and when, each scraper sees a first 0 and then the whole sum', async () => {
  const folder = await temporaryFolder();
  let stories = 0;
  const tell = async (steps: readonly Step[], schedule: string, isDurable: boolean) => {
    stories += 1;
    const world = new World();
    const simulator = createSocketlessSimulator({ now: () => world.now, cloud: world.cloud });
    const discovery = {
      services: { enabled: true },
      inference_services: { enabled: true },
      training_jobs: { enabled: true },
      pools: { enabled: true },
    };
    const config = configOf({
      collection: { schedule, min_interval: '1ms' },
      state: { file: isDurable ? join(folder, String(stories)) : '' },
      api: { retries: 0, rate_limit: 10_000 },
      projects: Object.entries(PROJECTS).map(([name, project_id]) => {
        return { ...prodAt(simulator.url), name, project_id, discovery };
      }),
    });
    const scene = new Scene(world, simulator, config);
    await scene.start();
    try {
      for (const each of steps) await scene.take(each);
      await scene.drain();
      scene.check();
    } finally {
      await scene.stop();
    }
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 10, maxLength: 40 }),
      fc.constantFrom('scrape', 'background'),
      fc.boolean(),
      tell,
    ),
    { ...runs(12), endOnFailure: true },
  );
});

/** What a server has gained, told as the truth tells it. */
function gainsOf(server: Server): Count[] {
  return [...server.gained].flatMap(([series, count]) => {
    const [, name = '', text = ''] = /^(\w+)\{(.*)\}$/.exec(series) ?? [];
    const labels = Object.fromEntries(
      [...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value]),
    );
    if (name === 'modelarts_events_total') return { name, labels, count };
    const kind = KIND_NAMES.find((each) => new RegExp(`^modelarts_${each}_(events|updates)_`).test(name));
    if (kind === undefined) return [];
    const { id, name: display } = rowOf(kind).labels;
    const { [id]: target = '', [display]: _, ...classes } = labels;
    return { name, labels: { kind, target, ...classes }, count };
  });
}

/** By name and labels. */
function sums(counts: readonly Count[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { name, labels, count } of counts) {
    const key = `${name} ${JSON.stringify(Object.entries(labels).sort())}`;
    if (count > 0) sums[key] = (sums[key] ?? 0) + count;
  }
  return sums;
}

/** The requests that the cloud failed, as the exporter counts them. */
function failuresOf(samples: ReadonlyMap<string, number>): Record<string, number> {
  const failures: Record<string, number> = {};
  for (const [series, count] of samples) {
    const code = /^modelarts_api_requests_total\{.*code="(500|418)"/.exec(series)?.[1];
    if (code !== undefined && count > 0) failures[code] = (failures[code] ?? 0) + count;
  }
  return failures;
}

function raise(): never {
  throw new Error('there is nobody of that number');
}
