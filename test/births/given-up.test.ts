import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { configOf, POOL, prodAt } from '../configuration.ts';
import { ScrapedExporter, Scraper } from './scraped-exporter.ts';

const PATH = '/metrics?kind=pool';

test('who has given up before the answer has not seen it, although only the end of the connection tells so', async () => {
  const config = configOf({
    collection: { schedule: 'background' },
    projects: [{ ...prodAt('http://127.0.0.1:1'), pools: [{ name: POOL }] }],
  });
  const running = await ScrapedExporter.start(config, { clock: () => 0 });
  const { scrapers } = running.exporter;
  const seen = () => scrapers.seenByAll({ project: 'prod', kind: 'pool', id: POOL });
  const other = new Scraper();
  await other.scrape(running.url + PATH);
  expect(seen()).toBe(1);

  const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
  const closed = once(socket.resume(), 'close');
  socket.end(`GET ${PATH} HTTP/1.1\r\nhost: x\r\nx-prometheus-scrape-timeout-seconds: 1\r\n\r\n`);
  await vi.waitFor(() => expect(scrapers.count).toBe(2));
  await closed;
  expect(seen()).toBe(0);
  other.close();
  await running.stop();
});

test('a scraper that uses its connections for other requests too is one, whichever it takes', async () => {
  const config = configOf({
    collection: { schedule: 'background' },
    projects: [{ ...prodAt('http://127.0.0.1:1'), pools: [{ name: POOL }] }],
  });
  const running = await ScrapedExporter.start(config, { clock: () => 0 });
  const { scrapers } = running.exporter;
  const seen = () => scrapers.seenByAll({ project: 'prod', kind: 'pool', id: POOL });
  const [one, other] = [new Scraper(), new Scraper()];
  await one.scrape(running.url + PATH);
  await other.scrape(running.url + PATH);
  expect(seen()).toBe(1);
  await other.look(`${running.url}/-/healthy`);
  await other.scrape(running.url + PATH);
  expect(seen()).toBe(3);
  one.close();
  other.close();
  await running.stop();
});
