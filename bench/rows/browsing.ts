import { fleetOf, idsOf } from '../fleet.ts';
import type { Row } from '../row.ts';
import { scrape } from '../scrape.ts';
import { quantile } from '../statistics.ts';
import { Subject } from '../subject.ts';

const TARGETS = 10_000;
const ASKED = 100;
/** So many pages are asked for before it counts: the compiler has to warm up. */
const WARM_UP = 20;

const FLEET = fleetOf(TARGETS);
const [SERVICE = ''] = idsOf('service', FLEET);
const [POOL = ''] = idsOf('pool', FLEET);

const PAGES = [
  '/',
  '/?state=weakened&sort=since',
  '/?q=pool-99',
  '/?project=prod',
  '/?q=the-&page=50',
  `/targets/prod/service/${SERVICE}`,
  `/targets/prod/pool/${POOL}`,
  '/alerts',
  '/alerts?q=pool-99',
  '/docs/configuration',
  '/docs/search?q=quota',
  '/api/v1/targets?limit=100',
  '/api/v1/events?limit=100',
  '/api/v1/alerts',
  '/sd',
];

/** What a look at a large fleet costs, with an alert for every pool. */
export async function browsing(): Promise<Row[]> {
  await using exporter = new Subject('exporter');
  await exporter.ask('start', { mix: FLEET, lostNodes: true });
  await exporter.ask('round');
  const url = await exporter.ask<string>('listen');
  const rows: Row[] = [];
  for (const page of PAGES) {
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
    const what = `${page}, 10,000 targets, 1,000 alerts`;
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
        target: { atMost: 100 },
      },
    );
  }
  return rows;
}
