import { fleetOf, idsOf, type Mix } from '../fleet.ts';
import type { Row } from '../row.ts';
import { scrape } from '../scrape.ts';
import { quantile } from '../statistics.ts';
import { Subject } from '../subject.ts';

const SIZES = [2_000, 10_000];
const ASKED = 100;
/** So many pages are asked for before it counts: the compiler has to warm up. */
const WARM_UP = 20;

const pagesOf = (fleet: Mix) => [
  '/',
  '/?state=weakened&sort=since',
  '/?q=pool-99',
  '/?project=prod',
  '/?q=the-&page=50',
  `/targets/prod/service/${idsOf('service', fleet)[0]}`,
  `/targets/prod/pool/${idsOf('pool', fleet)[0]}`,
  '/alerts',
  '/alerts?q=pool-99',
  '/docs/configuration',
  '/docs/search?q=quota',
  '/api/v1/targets?limit=100',
  '/api/v1/targets',
  '/api/v1/events?limit=100',
  '/api/v1/alerts',
  '/sd',
];
/** What programs read whole is as long as the fleet is large. */
const WHOLE = ['/api/v1/targets', '/sd'];

/** What a look at a fleet costs, with an alert for every pool. */
export async function browsing(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const targets of SIZES) rows.push(...(await browsingOf(targets)));
  return rows;
}

async function browsingOf(targets: number): Promise<Row[]> {
  const fleet = fleetOf(targets);
  await using exporter = new Subject('exporter');
  await exporter.ask('start', { mix: fleet, lostNodes: true });
  await exporter.ask('round');
  const url = await exporter.ask<string>('listen');
  const rows: Row[] = [];
  for (const page of pagesOf(fleet)) {
    const took: number[] = [];
    const spent: number[] = [];
    let bytes = 0;
    for (let asked = 0; asked < WARM_UP + ASKED; asked += 1) {
      const before = await exporter.ask<number>('spent');
      const began = performance.now();
      ({ bytes } = await scrape(url + page, { gzip: true }));
      const ended = performance.now();
      if (asked < WARM_UP) continue;
      took.push(ended - began);
      spent.push((await exporter.ask<number>('spent')) - before);
    }
    const what = `${page}, ${targets.toLocaleString('en')} targets`;
    rows.push(
      {
        what: `${what}: 95th percentile`,
        measured: `CPU: ${quantile(spent, 0.95).toFixed(1)} ms`,
        against: '-',
        figure: quantile(took, 0.95),
        unit: ' ms',
        target: { atMost: 100 },
      },
      {
        what: `${what}: size, compressed`,
        measured: '-',
        against: '-',
        figure: bytes / 1_000,
        unit: ' kB',
        target: WHOLE.includes(page) ? undefined : { atMost: 100 },
      },
    );
  }
  return rows;
}
