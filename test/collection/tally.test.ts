import { expect, test } from 'vitest';
import { Tally, type TallyOptions } from '../../src/collection/tally.ts';

const OPTIONS: TallyOptions = {
  known: [
    ['normal', 'PoolStatusChange'],
    ['warning', 'PoolStatusChange'],
  ],
  window: 1_000,
  values: 2,
};

function tallied(...events: (readonly [type: string, reason: string, count?: number])[]): Tally {
  const tally = new Tally(OPTIONS);
  for (const [type, reason, count = 1] of events)
    tally.add([type, reason], { event: 0, at: 10, count }, 0, 10);
  return tally;
}

function totals(tally: Tally): Record<string, number> {
  return Object.fromEntries(tally.totals().map(([labels, total]) => [labels.join(' '), total]));
}

test('the known classes exist with 0', () => {
  expect(totals(tallied())).toEqual({ 'normal PoolStatusChange': 0, 'warning PoolStatusChange': 0 });
  expect(tallied().recent(0)).toEqual({ normal: 0, warning: 0 });
  expect(tallied().last()).toEqual([]);
});

test('counts add up', () => {
  expect(totals(tallied(['normal', 'a', 4], ['warning', 'a', 2], ['normal', 'a']))).toMatchObject({
    'normal a': 5,
    'warning a': 2,
  });
});

test('what has left the window already never enters it', () => {
  const tally = new Tally(OPTIONS);
  tally.add(['normal', 'a'], { event: 0, at: 600, count: 1 }, 0, 1_600);
  expect(tally.nextChange()).toBe(Number.POSITIVE_INFINITY);
  tally.add(['normal', 'a'], { event: 0, at: 601, count: 1 }, 0, 1_600);
  expect(tally.nextChange()).toBe(1_601);
});

test('what is recent is the same object until an event comes or leaves', () => {
  const tally = tallied(['normal', 'a']);
  const first = tally.recent(10);
  expect(tally.recent(1_009)).toBe(first);
  expect(tally.recent(1_010)).toEqual({ normal: 0, warning: 0 });
  const second = tally.recent(1_010);
  tally.add(['warning', 'a'], { event: 0, at: 1_010, count: 1 }, 0, 1_010);
  expect(tally.recent(1_010)).not.toBe(second);
  expect(tally.recent(1_010)).toEqual({ normal: 0, warning: 1 });
});

test('further values share one series, and those that were first keep theirs', () => {
  const tally = tallied(
    ['normal', 'a'],
    ['normal', 'b'],
    ['normal', 'c', 2],
    ['warning', 'd'],
    ['warning', 'a'],
  );
  expect(totals(tally)).toEqual({
    'normal PoolStatusChange': 0,
    'warning PoolStatusChange': 0,
    'normal a': 1,
    'normal b': 1,
    'normal other': 2,
    'warning other': 1,
    'warning a': 1,
  });
});

test('the known values take no place of the others', () => {
  const known = ['a', 'b'].map((reason) => ['normal', reason] as const);
  const tally = new Tally({ known, window: 1_000, values: 1 });
  for (const reason of ['b', 'c', 'd']) tally.add(['normal', reason], { event: 0, at: 1, count: 1 }, 0, 1);
  expect(totals(tally)).toEqual({ 'normal a': 0, 'normal b': 1, 'normal c': 1, 'normal other': 1 });
});

test('events of one label have no further values', () => {
  const tally = new Tally({ known: [['normal'], ['abnormal']], window: 1_000, values: 0 });
  tally.add(['normal'], { event: 0, at: 1, count: 2 }, 0, 1);
  expect(totals(tally)).toEqual({ normal: 2, abnormal: 0 });
});

test('a thousand values are bounded', () => {
  const events = Array.from({ length: 1_000 }, (_, n): [string, string] => ['normal', `reason ${n}`]);
  expect(Object.keys(totals(tallied(...events))).length).toBe(5);
});

test('labels stay apart, whatever is in them', () => {
  const reasons = ['a\u0000b', 'a","b', '\u0000', 'a', 'b'];
  const tally = new Tally({ ...OPTIONS, values: 50 });
  for (const reason of reasons) tally.add(['normal', reason], { event: 0, at: 1, count: 1 }, 0, 1);
  for (const labels of tally.totals()) expect(labels[0].length).toBe(2);
  expect(tally.totals().map(([[, reason]]) => reason)).toEqual([
    'PoolStatusChange',
    'PoolStatusChange',
    ...reasons,
  ]);
});

test('what happened before the epoch is recent and last, but not in the totals', () => {
  const tally = new Tally(OPTIONS);
  const add = (at: number, now = 1_000) => tally.add(['normal', 'a'], { event: 0, at, count: 1 }, 500, now);
  add(499);
  expect(totals(tally)['normal a']).toBe(0);
  add(500);
  expect(totals(tally)['normal a']).toBe(1);
  expect(tally.recent(1_000)['normal']).toBe(2);
  expect(tally.last()).toEqual([['normal', 500]]);
  add(600, 1_600);
  expect(tally.recent(1_600)['normal']).toBe(0);
  expect(tally.last()).toEqual([['normal', 600]]);
});

test('a tally goes on from its state, with other settings too', () => {
  const tally = tallied(['normal', 'a', 4], ['warning', 'zz', 2]);
  const state = JSON.parse(JSON.stringify(tally.state()));
  const same = new Tally(OPTIONS, state);
  expect(same.state()).toEqual(tally.state());
  expect(same.nextChange()).toBe(1_010);
  const wider = new Tally({ ...OPTIONS, window: 5_000, values: 9 }, state);
  expect(totals(wider)).toEqual(totals(tally));
  expect(wider.nextChange()).toBe(5_010);
});

test('under other settings the counts stay', () => {
  const tally = tallied(['normal', 'a', 4], ['normal', 'b'], ['normal', 'c']);
  expect(tally.with({ ...OPTIONS })).toBe(tally);
  const wider = tally.with({ ...OPTIONS, window: 5_000 });
  expect([totals(wider), wider.nextChange()]).toEqual([totals(tally), 5_010]);
  const roomier = tally.with({ ...OPTIONS, values: 9 });
  roomier.add(['normal', 'd'], { event: 0, at: 10, count: 1 }, 0, 10);
  expect(totals(roomier)).toEqual({ ...totals(tally), 'normal d': 1 });
});

test('the last event is the newest, whatever comes later', () => {
  const tally = new Tally(OPTIONS);
  for (const at of [20, 30, 10]) tally.add(['normal', 'a'], { event: 0, at, count: 1 }, 0, 30);
  expect(tally.last()).toEqual([['normal', 30]]);
});
