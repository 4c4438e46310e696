import { fleetOf } from '../fleet.ts';
import type { Row } from '../row.ts';
import { scrape } from '../scrape.ts';
import { median } from '../statistics.ts';
import { Subject } from '../subject.ts';
import { expositionTemplate, SERIES_PER_TARGET } from './rendering.ts';

const SERIES = 300_000;
const SCRAPES = 9;

/** How long a large scrape keeps everything else waiting, and the memory of one that serves two scrapers. */
export async function scraping(): Promise<Row[]> {
  const mix = fleetOf(Math.round(SERIES / SERIES_PER_TARGET));
  await using exporter = new Subject('exporter');
  await exporter.ask('start', { mix });
  await exporter.ask('round');
  const ours = `${await exporter.ask<string>('listen')}/metrics`;
  const stalls: number[] = [];
  for (let repeat = 0; repeat < SCRAPES; repeat += 1) {
    await exporter.ask('watchLoop');
    await scrape(ours, { gzip: true });
    stalls.push(await exporter.ask<number>('longestStall'));
  }

  await using stock = new Subject('prom-client');
  await stock.ask('fill', { template: await expositionTemplate(), mix });
  const theirs = await stock.ask<string>('listen');
  for (let repeat = 0; repeat < SCRAPES; repeat += 1) {
    await Promise.all([scrape(ours, { gzip: true }), scrape(ours, { gzip: true })]);
    await Promise.all([scrape(theirs), scrape(theirs)]);
  }
  const [peak, stockPeak] = [await exporter.ask<number>('peakMemory'), await stock.ask<number>('peakMemory')];
  return [
    {
      what: 'longest event-loop stall in a scrape of 300k series with gzip',
      measured: `${Math.min(...stalls).toFixed(1)} to ${Math.max(...stalls).toFixed(1)} ms, ${SCRAPES} scrapes`,
      against: '-',
      figure: median(stalls),
      unit: ' ms',
      target: { atMost: 20 },
    },
    {
      what: 'peak RSS at 300k series, two scrapers',
      measured: `${Math.round(peak / 1024)} MB, gzip`,
      against: `prom-client: ${Math.round(stockPeak / 1024)} MB`,
      figure: peak / stockPeak,
      unit: '',
      target: { atMost: 0.5 },
    },
  ];
}
