import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { Family } from '../../src/metrics/family.ts';
import type { Scope } from '../../src/metrics/scope.ts';
import { Scrapers } from '../../src/metrics/scrapers.ts';
import { SeriesStore } from '../../src/metrics/series-store.ts';
import type { TargetKey } from '../../src/target-key.ts';

const events: Family = { name: 'x_events_total', type: 'counter', help: 'Events.' };
const status: Family = { name: 'x_status', type: 'gauge', help: 'Status.' };
const unused: Family = { name: 'x_unused', type: 'gauge', help: 'Never filled.' };

function key(id: string, kind: TargetKey['kind'] = 'service', project = 'prod'): TargetKey {
  return { project, kind, id };
}

function filled(): SeriesStore {
  const store = new SeriesStore([events, unused, status]);
  for (const k of [key('b'), key('z', 'pool'), key('a'), key('c', 'service', 'dev')]) {
    store.put(
      k,
      new Map([
        [status, `x_status{id="${k.id}"} 1\n`],
        [events, `x_events_total{id="${k.id}"} 2\n`],
      ]),
    );
  }
  return store;
}

function text(store: SeriesStore, select?: (key: TargetKey) => boolean): string {
  return [...store.chunks('text', { select })].join('');
}

test('groups by family in the given order, and orders targets by project, kind and id', () => {
  expect(text(filled())).toBe(
    `# HELP x_events_total Events.
# TYPE x_events_total counter
x_events_total{id="c"} 2
x_events_total{id="a"} 2
x_events_total{id="b"} 2
x_events_total{id="z"} 2
# HELP x_status Status.
# TYPE x_status gauge
x_status{id="c"} 1
x_status{id="a"} 1
x_status{id="b"} 1
x_status{id="z"} 1
`,
  );
});

test('OpenMetrics differs in the metadata of counters alone', () => {
  expect([...filled().chunks('openmetrics')].join('')).toBe(
    text(filled())
      .replace('HELP x_events_total', 'HELP x_events')
      .replace('TYPE x_events_total', 'TYPE x_events'),
  );
});

test('a put replaces everything of its target, a patch one family, a delete the target', () => {
  const store = filled();
  const only = ({ id }: TargetKey) => id === 'a';
  store.put(key('a'), new Map([[status, 'x_status{id="a"} 0\n']]));
  expect(text(store, only)).toBe('# HELP x_status Status.\n# TYPE x_status gauge\nx_status{id="a"} 0\n');
  store.patch(key('a'), events, 'x_events_total{id="a"} 3\n');
  expect(text(store, only)).toContain('x_events_total{id="a"} 3\n');
  store.patch(key('a'), status, '');
  expect(text(store, only)).not.toContain('x_status');
  store.delete(key('a'));
  store.delete(key('a'));
  expect(text(store, only)).toBe('');
  expect(text(store)).toContain('id="b"');
});

test('a target that comes back stands in its old place, once', () => {
  const store = filled();
  const before = text(store);
  store.delete(key('a'));
  store.put(
    key('a'),
    new Map([
      [events, 'x_events_total{id="a"} 2\n'],
      [status, 'x_status{id="a"} 1\n'],
    ]),
  );
  expect(text(store)).toBe(before);
});

test('one target alone', () => {
  expect([...filled().chunksOf(key('z', 'pool'), 'text')].join('')).toBe(
    text(filled(), ({ kind }) => kind === 'pool'),
  );
  expect([...filled().chunksOf(key('nobody'), 'text')]).toEqual([]);
});

test('a family that was not announced is a mistake of the program', () => {
  const stranger: Family = { name: 'y', type: 'gauge', help: '' };
  expect(() => filled().put(key('a'), new Map([[stranger, 'y 1\n']]))).toThrow('family y');
});

test.each([
  ['many targets', 40_000, 100],
  ['few large ones', 900, 20_000],
])('what is deleted leaves the memory although nobody scrapes: %s', (_, targets, length) => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const store = new SeriesStore([status]);
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  for (let id = 0; id < targets; id += 1) {
    store.put(key(String(id)), new Map([[status, Buffer.alloc(length, 'x').toString('latin1')]]));
    store.delete(key(String(id)));
  }
  expect(used() - before).toBeLessThan(5_000_000);
  expect(text(store)).toBe('');
});

test('a scrape under way shows one moment, whatever changes meanwhile', () => {
  const store = new SeriesStore([events, status]);
  const big = 'x'.repeat(70_000);
  for (const id of ['a', 'b', 'c']) {
    store.put(
      key(id),
      new Map([
        [events, `${id}${big}\n`],
        [status, `${id}-before\n`],
      ]),
    );
  }
  const scrape = store.chunks('text');
  let seen = scrape.next().value ?? '';
  store.delete(key('c'));
  store.put(key('aa'), new Map([[status, 'aa-after\n']]));
  store.patch(key('b'), status, 'b-after\n');
  for (const chunk of scrape) seen += chunk;
  expect(seen.match(/^.{1,2}-(?:before|after)$/gm)).toEqual(['a-before', 'b-before', 'c-before']);
  expect(text(store).match(/^.{1,2}-(?:before|after)$/gm)).toEqual(['a-before', 'aa-after', 'b-after']);
});

test('chunks stay near 64 kB', () => {
  const store = new SeriesStore([events]);
  for (let id = 0; id < 5_000; id++)
    store.put(key(String(id)), new Map([[events, `x_events_total{id="${id}"} 2\n`]]));
  const sizes = [...store.chunks('text')].map((chunk) => chunk.length);
  expect(sizes.length).toBe(3);
  expect(Math.max(...sizes)).toBeLessThan(66_000);
});

test('10,000 targets that come in any order are shown in theirs', () => {
  const store = new SeriesStore([status]);
  for (let i = 0; i < 10_000; i++) {
    const id = String((i * 7_919) % 10_000).padStart(5, '0');
    store.put(key(id), new Map([[status, `${id}\n`]]));
    if (i % 1_000 === 0) text(store);
  }
  const ids = text(store).split('\n').slice(2, -1);
  expect(ids).toHaveLength(10_000);
  expect(ids).toEqual([...ids].sort());
});

test('a target that is renamed goes on where it was, and what nobody had seen begins with 0', () => {
  const scrapers = new Scrapers({ now: () => 0 });
  const store = new SeriesStore([events], scrapers);
  const connection = { destroyed: false };
  const show = (name: string, ...counts: number[]) => {
    const lines = counts.map((count, index) => `x_events_total{name="${name}",class="${index}"} ${count}\n`);
    store.put(key('a'), new Map([[events, lines.join('')]]));
  };
  const scrape = (name: string, ...counts: number[]) => {
    const begun = scrapers.arrive({ name: 'server', connection, timeout: 1_000 }, 'everything');
    begun.begin();
    const values = [...store.chunks('text', { isScrape: true })].join('').matchAll(/ (\d+)$/gm);
    begun.end();
    if (store.grownUp('everything').length > 0) show(name, ...counts);
    return [...values].map(([, value]) => Number(value));
  };
  scrape('old');
  show('old', 5);
  expect(scrape('old', 5)).toEqual([0]);
  show('old', 5, 7);
  expect(scrape('old', 5, 7)).toEqual([5, 0]);
  show('old', 5, 7, 9);
  // The last of them was never shown with its value, under no name.
  show('new', 5, 7, 9);
  expect(scrape('new', 5, 7, 9)).toEqual([5, 7, 0]);
  expect(scrape('new', 5, 7, 9)).toEqual([5, 7, 9]);
});

test('what was just scraped tells which newborns are looked at: a probe its target, a selection its own', () => {
  const looked: string[] = [];
  const seenByAll = (target?: TargetKey) => {
    looked.push(target?.id ?? '');
    return 0;
  };
  const store = new SeriesStore([events], { count: 0, seenByAll, forget: () => {} });
  const all = [key('a'), key('b'), key('c', 'pool'), key('d', 'service', 'dev')];
  for (const each of all) store.put(each, new Map([[events, `x_events_total{id="${each.id}"} 2\n`]]));
  const lookedAt = (scope: Scope) => {
    looked.length = 0;
    store.grownUp(scope);
    return looked.join('');
  };
  expect(lookedAt(key('b'))).toBe('b');
  expect(lookedAt(key('unknown'))).toBe('');
  expect(lookedAt({ kinds: ['service'], projects: ['prod'] })).toBe('ab');
  expect(lookedAt('everything')).toBe('abcd');
});

test('who probed a target that never had series is forgotten with it', () => {
  const forgotten: TargetKey[] = [];
  const scrapers = { count: 0, seenByAll: () => 0, forget: (gone: TargetKey) => forgotten.push(gone) };
  new SeriesStore([events], scrapers).delete(key('a'));
  expect(forgotten).toEqual([key('a')]);
});
