import { expect, test } from 'vitest';
import type { Caller } from '../../src/metrics/namesakes.ts';
import type { Scope } from '../../src/metrics/scope.ts';
import { Scrapers } from '../../src/metrics/scrapers.ts';
import type { TargetKey } from '../../src/target-key.ts';

const A: TargetKey = { project: 'prod', kind: 'service', id: 'a' };
const B: TargetKey = { project: 'prod', kind: 'pool', id: 'b' };

function scene() {
  const time = { now: 0 };
  const scrapers = new Scrapers({ now: () => time.now });
  const open = { destroyed: false };
  /** One whole scrape. */
  const scrape = (name: string, at: number, scope: Scope = 'everything', more: Partial<Caller> = {}) => {
    time.now = at * 1_000;
    const begun = scrapers.arrive({ name, connection: open, timeout: 1_000, ...more }, scope);
    begun.begin();
    begun.end();
    return begun.number;
  };
  /** The process is seen to run. */
  const look = (at: number) => {
    time.now = at * 1_000;
    scrapers.look();
  };
  return { scrapers, scrape, open, look };
}

test('scrapes are numbered, and the newest that all have seen is the oldest of their last', () => {
  const { scrapers, scrape } = scene();
  expect(scrapers.seenByAll(A)).toBe(0);
  scrape('x', 0);
  scrape('y', 0.5);
  expect(scrapers.seenByAll(A)).toBe(1);
  scrape('x', 1);
  expect(scrapers.seenByAll(A)).toBe(2);
});

test('who does not come within twice its interval is forgotten', () => {
  const { scrapers, scrape } = scene();
  scrape('slow', 0);
  scrape('slow', 10);
  scrape('quick', 11);
  for (let at = 12; at <= 30; at += 1) scrape('quick', at);
  expect(scrapers.seenByAll(A)).toBe(2);
  expect(scrape('quick', 31)).toBe(scrapers.seenByAll(A));
});

test('who looked once holds nothing back for long, and who comes back after that is waited for again', () => {
  const { scrapers, scrape } = scene();
  scrape('once', 0);
  for (let at = 1; at <= 15; at += 1) scrape('quick', at);
  expect(scrapers.seenByAll(A)).toBe(1);
  expect(scrape('quick', 16)).toBe(scrapers.seenByAll(A));
  scrape('once', 100);
  scrape('quick', 101);
  expect(scrapers.seenByAll(A)).toBe(scrapers.count - 1);
});

test('who comes rarely is waited for, and who was away is not waited for as if it came so rarely', () => {
  const { scrapers, scrape } = scene();
  const HALF_HOUR = 1_800;
  const quickUntil = (from: number, to: number) => {
    for (let at = from; at <= to; at += 10) scrape('quick', at);
  };
  scrape('rare', 0);
  quickUntil(10, HALF_HOUR - 10);
  const seen = scrape('rare', HALF_HOUR);
  quickUntil(HALF_HOUR + 10, 3 * HALF_HOUR);
  expect(scrapers.seenByAll(A)).toBe(seen);
  quickUntil(3 * HALF_HOUR + 10, 3 * HALF_HOUR + 10);
  expect(scrapers.seenByAll(A)).toBe(scrapers.count);

  const away = scene();
  away.scrape('x', 0);
  away.scrape('x', 10);
  away.scrape('x', HALF_HOUR);
  for (let at = HALF_HOUR; at < HALF_HOUR + 20; at += 1) away.scrape('quick', at);
  expect(away.scrapers.seenByAll(A)).toBe(away.scrapers.count);

  const never = scene();
  for (const at of [0, 3_601, 7_202]) never.scrape('by hand', at);
  for (let at = 7_203; at < 7_223; at += 1) never.scrape('quick', at);
  expect(never.scrapers.seenByAll(A)).toBe(never.scrapers.count);
});

test('an answer that was not sent whole counts as not seen, and so does one that is still on its way', () => {
  const { scrapers, scrape, open } = scene();
  scrape('x', 0);
  const cut = scrapers.arrive({ name: 'x', connection: open, timeout: 1_000 }, 'everything');
  cut.begin();
  expect(scrapers.count).toBe(2);
  expect(scrapers.seenByAll(A)).toBe(1);
});

test('each is waited for only where it looks', () => {
  const { scrapers, scrape } = scene();
  scrape('all', 0);
  scrape('services', 0, { kinds: ['service'], projects: [] });
  scrape('probe', 0, B);
  scrape('all', 1);
  expect(scrapers.seenByAll(A)).toBe(2);
  expect(scrapers.seenByAll(B)).toBe(3);
  expect(scrapers.seenByAll(undefined)).toBe(4);
});

test('two of one name are told apart by the connections that they keep', () => {
  const { scrapers, scrape } = scene();
  const [one, other] = [{ destroyed: false }, { destroyed: false }];
  scrape('x', 0, 'everything', { connection: one });
  scrape('x', 0.1, 'everything', { connection: other });
  scrape('x', 1, 'everything', { connection: one });
  expect(scrapers.seenByAll(A)).toBe(2);
});

test('one who takes any connection of a pool is one, from when that shows', () => {
  const { scrapers, scrape } = scene();
  const connections = [{ destroyed: false }, { destroyed: false }, { destroyed: false }] as const;
  scrape('x', 0, 'everything', { connection: connections[0] });
  scrape('x', 1, 'everything', { connection: connections[1] });
  expect(scrapers.seenByAll(A)).toBe(1);
  scrape('x', 2, 'everything', { connection: connections[1], isPooled: true });
  expect(scrapers.seenByAll(A)).toBe(3);
  scrape('x', 3, 'everything', { connection: connections[2] });
  expect(scrapers.seenByAll(A)).toBe(4);
});

test('one who makes a new connection each time stays the same', () => {
  const { scrapers, scrape } = scene();
  for (let at = 0; at < 5; at += 1) scrape('x', at, 'everything', { connection: { destroyed: true } });
  expect(scrapers.seenByAll(A)).toBe(5);
});

test('what is remembered is bounded', () => {
  const { scrapers, scrape } = scene();
  for (let number = 0; number < 1_000; number += 1) scrape(`x${number}`, 0);
  expect(scrapers.seenByAll(A)).toBe(801);
});

test('after a restart those are waited for who came before it, for twice their interval', () => {
  const before = scene();
  for (let at = 0; at <= 20; at += 10) before.scrape('slow', at);
  for (let at = 18; at <= 20; at += 1) before.scrape('quick', at);
  const state = before.scrapers.state();
  expect(state).toEqual([
    { name: 'slow', scope: 'everything', interval: 10 },
    { name: 'quick', scope: 'everything', interval: 1 },
  ]);

  const after = scene();
  after.scrapers.restore(state);
  after.scrape('quick', 0);
  after.scrape('quick', 1);
  expect(after.scrapers.seenByAll(A)).toBe(0);
  after.scrape('slow', 4);
  after.scrape('quick', 10);
  expect(after.scrapers.seenByAll(A)).toBe(3);
  after.scrape('quick', 20);
  after.scrape('quick', 25);
  expect(after.scrapers.seenByAll(A)).toBe(after.scrapers.count);
});

test('those who were expected when the process was stopped are waited for when it goes on, as after a restart', () => {
  const { scrapers, scrape, look } = scene();
  look(0);
  scrape('gone', 0);
  scrape('gone', 1);
  for (let at = 0; at <= 40; at += 10) {
    look(at);
    scrape('slow', at);
    scrape('quick', at + 9);
  }
  look(50);
  const seen = scrapers.seenByAll(A);
  expect(scrapers.state()).toEqual([
    { name: 'slow', scope: 'everything', interval: 10 },
    { name: 'quick', scope: 'everything', interval: 10 },
  ]);

  const HALF_HOUR = 1_800;
  scrape('quick', HALF_HOUR);
  expect(scrapers.seenByAll(A)).toBe(seen);
  expect(scrapers.state()).toEqual([
    { name: 'slow', scope: 'everything', interval: 10 },
    { name: 'quick', scope: 'everything', interval: 10 },
  ]);
  for (let at = HALF_HOUR; at < HALF_HOUR + 20; at += 5) {
    look(at);
    scrape('quick', at);
    expect(scrapers.seenByAll(A)).toBe(seen);
  }
  look(HALF_HOUR + 25);
  expect(scrapers.seenByAll(A)).toBe(scrapers.count);
});

test('who probes is waited for too after the process was stopped, at new targets and at known ones', () => {
  const { scrapers, scrape, look } = scene();
  for (let at = 0; at <= 40; at += 10) {
    look(at);
    for (const name of ['slow', 'quick']) scrape(name, at, A);
  }
  const seen = scrapers.seenByAll(A);
  scrape('quick', 41, B);
  expect(scrapers.seenByAll(B)).toBe(0);
  const HALF_HOUR = 1_800;
  for (let at = HALF_HOUR; at < HALF_HOUR + 20; at += 5) {
    look(at);
    scrape('quick', at, A);
    scrape('quick', at, B);
    expect([scrapers.seenByAll(A), scrapers.seenByAll(B)]).toEqual([seen, 0]);
  }
  look(HALF_HOUR + 25);
  expect([scrapers.seenByAll(A), scrapers.seenByAll(B)]).toEqual([scrapers.count - 1, scrapers.count]);
});

test('after a restart those of a part are waited for where they look, and who probes at each target', () => {
  const before = scene();
  const services = { kinds: ['service'], projects: [] } as const;
  for (const at of [0, 10]) {
    before.scrape('services', at, services);
    for (const target of [A, B]) before.scrape('probe', at, target);
    before.scrape('all', at);
  }
  const state = before.scrapers.state();
  expect(state).toContainEqual({ name: 'services', scope: services, interval: 10 });
  expect(state).toContainEqual({ name: 'probe', scope: 'any target', interval: 10, count: 1 });

  const after = scene();
  after.scrapers.restore(JSON.parse(JSON.stringify(state)));
  after.scrape('all', 1);
  expect(after.scrapers.seenByAll(undefined)).toBe(1);
  after.scrape('services', 2, services);
  expect([A, B].map((key) => after.scrapers.seenByAll(key))).toEqual([0, 0]);
  after.scrape('probe', 3, B);
  expect([A, B].map((key) => after.scrapers.seenByAll(key))).toEqual([0, 1]);
  expect(after.scrapers.state()).toContainEqual({
    name: 'probe',
    scope: 'any target',
    interval: 10,
    count: 1,
  });
  after.scrape('all', 19);
  after.scrape('all', 21);
  expect(after.scrapers.seenByAll(A)).toBe(2);
});

test('two that probed under one name before a restart are both waited for at each target', () => {
  const before = scene();
  const [one, other] = [{ destroyed: false }, { destroyed: false }];
  before.scrape('probe', 0, A, { connection: one });
  before.scrape('probe', 0.1, A, { connection: other });
  const after = scene();
  after.scrapers.restore(before.scrapers.state());
  after.scrape('probe', 1, A, { connection: one });
  expect(after.scrapers.seenByAll(A)).toBe(0);
  after.scrape('probe', 1.1, A, { connection: other });
  expect(after.scrapers.seenByAll(A)).toBe(1);
});

test('who probes by any of its connections stays the same as long as it keeps its rhythm', () => {
  const { scrapers, scrape } = scene();
  const connections = [{ destroyed: false }, { destroyed: false }, { destroyed: false }];
  const probe = (at: number) =>
    scrape('x', at, A, { connection: connections[at % 3] ?? open, timeout: 10_000 });
  const open = { destroyed: false };
  for (const at of [0, 15, 31, 44]) probe(at);
  expect(scrapers.seenByAll(A)).toBe(4);
  // Another server of that name, or what can't be told from one.
  probe(49);
  probe(59);
  expect(scrapers.seenByAll(A)).toBe(5);
});

test('who probes other targets is waited for at a new one, for twice its interval', () => {
  const { scrapers, scrape } = scene();
  for (const at of [0, 10]) scrape('other', at, B);
  scrape('quick', 11, A);
  expect(scrapers.seenByAll(A)).toBe(0);
  scrape('other', 20, B);
  scrape('quick', 21, A);
  expect(scrapers.seenByAll(A)).toBe(0);
  scrape('other', 30, B);
  scrape('quick', 31, A);
  expect(scrapers.seenByAll(A)).toBe(0);
  const last = scrape('quick', 32, A);
  expect(scrapers.seenByAll(A)).toBe(last);
});

test('who has to learn first that there is a new target is waited for until it can have done so', () => {
  const { scrapers, scrape, open } = scene();
  const discover = (at: number) => {
    scrape('other', at, B);
    scrapers.discover({ name: 'sd', connection: open, timeout: 1_000 });
  };
  for (const at of [0, 20, 40]) discover(at);
  scrape('quick', 45, A);
  expect(scrapers.seenByAll(A)).toBe(0);
  for (const at of [60, 80, 100]) discover(at);
  scrape('quick', 110, A);
  expect(scrapers.seenByAll(A)).toBe(0);
  scrape('other', 114, A);
  expect(scrapers.seenByAll(A)).toBe(scrapers.count - 1);
});

test('an answer that took longer than the scraper waits does not count as seen', () => {
  const { scrapers, scrape, open } = scene();
  scrape('x', 0);
  const late = scrapers.arrive({ name: 'x', connection: open, timeout: 1_000 }, 'everything');
  scrape('y', 2);
  late.begin();
  expect(late.end()).toBe(false);
  expect(scrapers.seenByAll(A)).toBe(1);
});
