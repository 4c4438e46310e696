import { setTimeout as sleep } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { DEFAULT_TOKEN } from '../../src/simulator/access/credentials.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { freePort } from '../free-port.ts';
import { WAIT } from '../patience.ts';
import { testWith } from '../programs.ts';
import { countEvents, countUpdates } from '../simulator-kit/ground-truth.ts';
import { startTestSimulator } from '../simulator-kit/test-simulator.ts';
import { BuiltBinary, folderWith } from './built-binary.ts';
import { RealPrometheus } from './real-prometheus.ts';

const PROJECT = '0123456789abcdef0123456789abcdef';

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

testWith('prometheus')(
  'increase() over a restart shows what happened, at each server that was there from the beginning',
  async () => {
    const busy = new Busy();
    await using simulator = Object.assign(await startTestSimulator({ now: Date.now, cloud: busy.cloud }), {
      async [Symbol.asyncDispose](this: { close(): Promise<void> }) {
        await this.close();
      },
    });
    await using folder = await folderWith({ 'config.yaml': config(simulator.url, 'state') });
    const port = await freePort();
    const start = () =>
      new BuiltBinary(
        ['--config.file=config.yaml', `--web.listen-address=127.0.0.1:${port}`, '--web.enable-lifecycle'],
        { cwd: folder.path },
      );
    const since = Date.now();
    await using first = start();
    await first.url();
    const scrape = (interval: string, path = '/metrics') => `
global: { scrape_interval: ${interval} }
scrape_configs: [{ job_name: modelarts, metrics_path: ${path}, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]
`;
    await using quick = await RealPrometheus.start(scrape('1s'));
    await using slow = await RealPrometheus.start(scrape('2s'));
    const servers = [quick, slow];
    const scraped = (times: number) =>
      vi.waitFor(async () => {
        for (const server of servers) {
          expect((await server.value('sum(sum_over_time(up[5m]))')) ?? 0).toBeGreaterThanOrEqual(times);
        }
      }, WAIT);
    await scraped(2);
    for (let round = 0; round < 10; round++) {
      busy.happen();
      await sleep(500);
    }
    await first.end();
    await using second = start();
    await second.url();
    for (let round = 0; round < 10; round++) {
      busy.happen();
      if (round === 5) await fetch(`http://127.0.0.1:${port}/-/reload`, { method: 'POST' });
      await sleep(500);
    }

    const events = countEvents(busy.cloud, since);
    const total = (kind: string) =>
      events.filter((each) => each.kind === kind).reduce((sum, { count }) => sum + count, 0);
    const updates = [...countUpdates(busy.cloud, since).values()];
    const truth = {
      modelarts_training_job_events_total: total('training_job'),
      modelarts_service_events_total: total('service'),
      modelarts_pool_events_total: total('pool'),
      modelarts_events_total: events.reduce((sum, { count }) => sum + count, 0),
      'modelarts_events_total{problem="true"}': events
        .filter(({ classes: [first = ''] }) => PROBLEMS.includes(first))
        .reduce((sum, { count }) => sum + count, 0),
      modelarts_service_updates_total: updates.reduce((sum, { success, fail }) => sum + success + fail, 0),
    };
    // Without an anchor Prometheus estimates what was before the first sample and after the last.
    const [range, most] = RealPrometheus.hasAnchored ? ['5m] anchored', 1] : ['5m]', 1.03];
    for (const server of servers) {
      for (const [name, count] of Object.entries(truth)) {
        const expression = `sum(increase(${name}[${range}))`;
        await vi.waitFor(
          async () => {
            const ratio = ((await server.value(expression)) ?? 0) / count;
            expect([
              server === quick ? 'quick' : 'slow',
              expression,
              ratio > 0.99 && ratio <= most,
              ratio,
            ]).toEqual([server === quick ? 'quick' : 'slow', expression, true, ratio]);
          },
          { ...WAIT, interval: 500 },
        );
      }
    }
  },
);
