import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, vi } from 'vitest';
import { dashboardFiles, panelsOf } from '../grafana/dashboard-files.ts';
import { queriesOf } from '../grafana/queries.ts';
import { WAIT_QUIETLY } from '../patience.ts';
import { testWith } from '../programs.ts';
import { CHOSEN, fleetExposition } from './fleet-exposition.ts';
import { RealPrometheus } from './real-prometheus.ts';

/** No graph is read that has more. */
const LINES_MAX = 50;

/** Exposes 2,000 targets whose counters grow with each scrape. */
async function startFleet() {
  let scrapes = 0;
  const server = createServer((_request, response) => {
    scrapes += 1;
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(fleetExposition(scrapes * 10));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

testWith('prometheus')(
  'with 2,000 targets graphs have few lines, and what has many rows has pages',
  async () => {
    await using fleet = await startFleet();
    await using prometheus = await RealPrometheus.scraping(fleet.host, { interval: '5s' });
    // As the graphs look at it that choose the highest: at whole steps, the last of which may be before the last scrape.
    const grown = 'max_over_time(count(increase(modelarts_training_job_restarts_total[2m]) > 0)[2m:5s])';
    await vi.waitFor(async () => expect(await prometheus.value(grown)).toBe(500), WAIT_QUIETLY);
    for (const dashboard of dashboardFiles()) {
      const counts = new Map<string, number>();
      const queries = queriesOf(dashboard, {
        ...CHOSEN,
        __rate_interval: '2m',
        __interval: '5s',
        __range: '2m',
      });
      // Those of tables and of variables have no legend.
      for (const { where, expression } of queries.filter(({ legend }) => legend !== '')) {
        const [, panel = ''] = where.split(' / ');
        counts.set(panel, (counts.get(panel) ?? 0) + (await prometheus.query(expression)).length);
      }
      for (const { title, type, options } of panelsOf(dashboard)) {
        const count = counts.get(title) ?? 0;
        if (type === 'table') expect(options['enablePagination'], title).toBe(true);
        else if (type !== 'logs') {
          expect(count, `${dashboard.title}: ${title}`).toBeGreaterThan(0);
          expect(count, `${dashboard.title}: ${title}`).toBeLessThanOrEqual(LINES_MAX);
        }
      }
      for (const { name } of dashboard.annotations.list) {
        expect(counts.get(`annotation ${name}`) ?? 0, `${dashboard.title}: ${name}`).toBeLessThanOrEqual(
          LINES_MAX,
        );
      }
    }
  },
);
