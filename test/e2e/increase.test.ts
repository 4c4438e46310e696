import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, vi } from 'vitest';
import { DEFAULT_TOKEN } from '../../src/simulator/access/credentials.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { freePort } from '../free-port.ts';
import { WAIT_QUIETLY } from '../patience.ts';
import { testWith } from '../programs.ts';
import { countEvents, countUpdates, type Truth } from '../simulator-kit/ground-truth.ts';
import { startTestSimulator } from '../simulator-kit/test-simulator.ts';
import { BuiltBinary, folderWith } from './built-binary.ts';
import { RealPrometheus } from './real-prometheus.ts';

const PROJECT = '0123456789abcdef0123456789abcdef';

/** Of what happens, before the restart and after it. */
const ROUNDS = 10;

/** Everything is discovered, so that all series are late ones. */
const config = (url: string, state: string) => `
collection: { min_interval: 400ms }
state: { file: '${state}' }
api: { rate_limit: 1000 }
projects:
  - name: prod
    region: cn-north-4
    project_id: ${PROJECT}
    endpoint: ${url}
    auth: { token: ${DEFAULT_TOKEN} }
    discovery:
      services: { enabled: true, refresh: 500ms }
      training_jobs: { enabled: true, refresh: 500ms }
      pools: { enabled: true, refresh: 500ms }
`;

const ANCHOR = RealPrometheus.hasAnchored ? ' anchored' : '';
const PROBLEMS = ['abnormal', 'warning', 'error'];

/** Jobs that burst before they are found, services that are deployed, pools with reasons never seen before. */
class Busy {
  readonly cloud = new Cloud();
  #round = 0;

  constructor() {
    this.cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  }

  happen(): void {
    const { cloud } = this;
    const now = Date.now();
    const round = this.#round++;
    const [job, service, pool] = [`job-${round}`, `service-${round}`, `pool-${round % 3}`];
    cloud.addJob(PROJECT, { id: job, create_time: now });
    for (let worker = 0; worker < 8; worker++) {
      const level = worker % 2 === 0 ? 'Error' : 'Info';
      cloud.addJobEvent(job, { time: now, level, source: 'job', message: `worker-${worker} in ${round}` });
    }
    cloud.addService(PROJECT, { service_id: service, publish_at: now });
    cloud.addServiceEvent(service, {
      occur_time: now,
      event_type: 'abnormal',
      event_info: `failed ${round}`,
    });
    cloud.addUpdateRecord(service, {
      update_time: now,
      result: round % 2 === 0 ? 'FAIL' : 'SUCCESS',
      config: [],
    });
    if (round < 3) cloud.addPool(PROJECT, { name: pool });
    cloud.addPoolEvent(pool, {
      type: 'Warning',
      reason: `Reason${round}`,
      message: 'new',
      firstTimestamp: now,
      count: 3,
    });
  }
}

/** How much happened since then, by what asks for it. */
function truthOf(cloud: Cloud, since: number): Readonly<Record<string, number>> {
  const events = countEvents(cloud, since);
  const total = (isMeant: (event: Truth) => boolean) =>
    events.filter(isMeant).reduce((sum, { count }) => sum + count, 0);
  const updates = [...countUpdates(cloud, since).values()];
  return {
    modelarts_training_job_events_total: total(({ kind }) => kind === 'training_job'),
    modelarts_service_events_total: total(({ kind }) => kind === 'service'),
    modelarts_pool_events_total: total(({ kind }) => kind === 'pool'),
    modelarts_events_total: total(() => true),
    'modelarts_events_total{problem="true"}': total(({ classes: [first = ''] }) => PROBLEMS.includes(first)),
    modelarts_service_updates_total: updates.reduce((sum, { success, fail }) => sum + success + fail, 0),
  };
}

/** Waits until `increase` shows at each server what happened. */
async function expectIncrease(
  servers: Readonly<Record<string, RealPrometheus>>,
  truth: ReturnType<typeof truthOf>,
): Promise<void> {
  for (const [who, server] of Object.entries(servers)) {
    for (const [name, count] of Object.entries(truth)) {
      await vi.waitFor(async () => {
        const increase = (await server.value(`sum(increase(${name}[1h]${ANCHOR}))`)) ?? 0;
        expect([who, name, increase > 0.99 * count]).toEqual([who, name, true]);
        // Without an anchor Prometheus estimates what was before the first sample and after the last.
        const gain = RealPrometheus.hasAnchored ? increase : await server.gain(`${name}[1h]`);
        const isRight = gain > 0.99 * count && gain <= count;
        expect([who, name, gain, isRight]).toEqual([who, name, gain, true]);
      }, WAIT_QUIETLY);
    }
  }
}

/** Waits until each server has scraped so often more. */
async function expectScrapes(servers: readonly RealPrometheus[], times: number): Promise<void> {
  const scrapes = (server: RealPrometheus) => server.value('sum(sum_over_time(up[5m]))');
  const before = new Map<RealPrometheus, number>();
  for (const server of servers) before.set(server, (await scrapes(server)) ?? 0);
  await vi.waitFor(async () => {
    for (const server of servers) {
      expect((await scrapes(server)) ?? 0).toBeGreaterThanOrEqual((before.get(server) ?? 0) + times);
    }
  }, WAIT_QUIETLY);
}

describe.concurrent.each([
  { title: 'with a state file', state: 'state' },
  { title: 'without a state file', state: '' },
])('$title', ({ state }) => {
  testWith('prometheus')(
    'increase() over a restart and a reload shows what happened, at each server from when it was there',
    async () => {
      const busy = new Busy();
      await using simulator = Object.assign(await startTestSimulator({ now: Date.now, cloud: busy.cloud }), {
        async [Symbol.asyncDispose](this: { close(): Promise<void> }) {
          await this.close();
        },
      });
      await using folder = await folderWith({ 'config.yaml': config(simulator.url, state) });
      const port = await freePort();
      const start = () =>
        new BuiltBinary(
          ['--config.file=config.yaml', `--web.listen-address=127.0.0.1:${port}`, '--web.enable-lifecycle'],
          { cwd: folder.path },
        );
      const scraping = (interval: string) =>
        RealPrometheus.start(`
global: { scrape_interval: ${interval} }
scrape_configs: [{ job_name: modelarts, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]
`);
      const since = Date.now();
      await using first = start();
      await first.url();
      await using quick = await scraping('4s');
      // Nothing but its connection tells it from the first.
      await using twin = await scraping('4s');
      await using slow = await scraping('5s');
      const there = { quick, twin, slow };
      await expectScrapes(Object.values(there), 1);
      for (let round = 0; round < ROUNDS; round++) {
        busy.happen();
        await sleep(500);
      }
      await expectIncrease(there, truthOf(busy.cloud, since));

      await using late = await scraping('4s');
      await expectScrapes([late], 1);
      const joined = Date.now();
      // What the process has read and nobody has seen yet is to be there after the restart, where it can be.
      if (state !== '') for (let round = 0; round < 3; round++) busy.happen();
      await sleep(state === '' ? 0 : 500);
      await first.end();
      await using second = start();
      await second.url();
      if (state === '') await expectScrapes([...Object.values(there), late], 1);
      for (let round = 0; round < ROUNDS; round++) {
        busy.happen();
        if (round === ROUNDS / 2) await fetch(`http://127.0.0.1:${port}/-/reload`, { method: 'POST' });
        // A look by hand, such as curl takes, changes nothing for them.
        await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
        await sleep(500);
      }
      await expectIncrease(there, truthOf(busy.cloud, since));
      await expectIncrease({ late }, truthOf(busy.cloud, RealPrometheus.readsStartTimes ? since : joined));
    },
  );
});
