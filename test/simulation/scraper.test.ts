import { expect, test } from 'vitest';
import { Scraper } from './scraper.ts';

/** An exporter that shows a counter of one service. */
function scene() {
  let value = 0;
  const names: string[] = [];
  const series = () =>
    value < 0 ? [] : [`modelarts_service_events_total{project="prod",service_id="a"} ${value}\n`];
  const scrapers = {
    arrive: ({ name }: { readonly name: string }) => {
      names.push(name);
      return { begin: () => {}, end: () => true, number: 1 };
    },
  };
  const exporter = { scrapers, series: { chunks: series }, metrics: { text: async () => '' } };
  const backend = { scrape: async () => {}, timeoutOffset: () => 0, revealCounters: () => {} };
  const scraper = new Scraper('fast', 60_000);
  // Of all that an exporter is, a scraper uses no more.
  const scraped = { exporter, backend } as unknown as Parameters<Scraper['scrape']>[0];
  return {
    scraper,
    names,
    see: async (shown: number) => {
      value = shown;
      await scraper.scrape(scraped);
      const key = 'a events';
      return [scraper.increases.get(key) ?? 0, scraper.before.get(key) ?? 0, scraper.unborn.length];
    },
  };
}

test('a first sample has no increase, and one above 0 is noted', async () => {
  const { see } = scene();
  expect(await see(2)).toEqual([0, 0, 1]);
  expect(await see(5)).toEqual([3, 0, 1]);
});

test('who was away goes on with what it has stored, and takes no offence at what it has missed', async () => {
  const { scraper, see } = scene();
  await see(0);
  scraper.leave();
  expect(scraper.isAway).toBe(true);
  scraper.comeBack();
  expect(await see(4)).toEqual([4, 0, 0]);
  const late = scene();
  late.scraper.comeBack();
  expect(await late.see(4)).toEqual([0, 4, 0]);
});

test('who comes anew has another name, and has seen nothing', async () => {
  const { scraper, see, names } = scene();
  await see(0);
  await see(3);
  scraper.comeAnew();
  expect(await see(4)).toEqual([0, 4, 0]);
  expect(await see(6)).toEqual([2, 4, 0]);
  expect(new Set(names).size).toBe(2);
});
