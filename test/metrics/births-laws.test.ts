import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Family } from '../../src/metrics/family.ts';
import { Scrapers } from '../../src/metrics/scrapers.ts';
import { SeriesStore } from '../../src/metrics/series-store.ts';
import { runs } from '../laws.ts';
import { Server } from './server.ts';

const TOTAL: Family = { name: 'x_total', type: 'counter', help: 'X.' };
const TARGETS = ['a', 'b', 'c'];
const REASONS = ['one', 'two', 'three'];
const INTERVALS = [1, 2, 5];

type Step =
  | { readonly kind: 'count'; readonly target: string; readonly reason: string; readonly by: number }
  | { readonly kind: 'scrape'; readonly scraper: number; readonly isWhole: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('count' as const),
    target: fc.constantFrom(...TARGETS),
    reason: fc.constantFrom(...REASONS),
    by: fc.integer({ min: 0, max: 5 }),
  }),
  fc.record({
    kind: fc.constant('scrape' as const),
    scraper: fc.nat(INTERVALS.length - 1),
    isWhole: fc.boolean(),
  }),
);

test('whatever is born and whoever scrapes when, each scraper sees a first 0 and then the whole sum', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const time = { now: 0 };
      const scrapers = new Scrapers({ now: () => time.now });
      const store = new SeriesStore([TOTAL], scrapers);
      const totals = new Map<string, Map<string, number>>();
      const servers = INTERVALS.map(() => new Server());
      const connections = INTERVALS.map(() => ({ destroyed: false }));

      const show = (target: string) => {
        const lines = [...(totals.get(target) ?? [])]
          .map(([reason, count]) => `x_total{target="${target}",reason="${reason}"} ${count}\n`)
          .join('');
        store.put({ project: 'p', kind: 'pool', id: target }, new Map([[TOTAL, lines]]));
      };
      const scrape = (index: number, isWhole: boolean) => {
        const connection = connections[index] ?? { destroyed: false };
        const begun = scrapers.arrive({ name: 'server', connection, timeout: 1_000 }, 'everything');
        begun.begin();
        const text = [...store.chunks('text', { isScrape: true })].join('');
        if (!isWhole) return;
        servers[index]?.take(text);
        begun.end();
        for (const { id } of store.grownUp('everything')) show(id);
      };

      // All are there from the beginning, and come so often that nobody is given up.
      for (const index of INTERVALS.keys()) scrape(index, true);
      for (const each of steps) {
        time.now += 10;
        if (each.kind === 'scrape') scrape(each.scraper, each.isWhole);
        else {
          const counts = totals.get(each.target) ?? new Map<string, number>();
          counts.set(each.reason, (counts.get(each.reason) ?? 0) + each.by);
          totals.set(each.target, counts);
          show(each.target);
        }
      }
      for (let round = 0; round < 3; round += 1) for (const index of INTERVALS.keys()) scrape(index, true);

      for (const [target, counts] of totals) {
        for (const [reason, count] of counts) {
          for (const server of servers) {
            expect(server.gained.get(`x_total{target="${target}",reason="${reason}"}`)).toBe(count);
          }
        }
      }
    }),
    runs(300),
  );
});
