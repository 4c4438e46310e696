import { expect, test } from 'vitest';
import { AHEAD_MAX } from '../../src/clock-steps.ts';
import { CloudClocks } from '../../src/collection/cloud-clocks.ts';

test('the clock of a cloud goes on from what its last answer told, each by itself', () => {
  const time = { now: 1_000 };
  const clocks = new CloudClocks({ now: () => time.now }, () => {});
  expect(clocks.now('a')).toBeUndefined();
  clocks.told('a', 5_000_000);
  clocks.told('b', 9_000_000);
  time.now += 500;
  expect([clocks.now('a'), clocks.now('b')]).toEqual([5_000_500, 9_000_500]);
});

test('that it was set back far is told once, and no more than once a minute', () => {
  const time = { now: 0 };
  let set = 0;
  const clocks = new CloudClocks({ now: () => time.now }, () => {
    set += 1;
  });
  const tell = (now: number) => {
    clocks.told('a', now + time.now);
    return set;
  };
  const ahead = 10_000_000;
  expect([tell(ahead), tell(ahead - AHEAD_MAX + 1), tell(ahead)]).toEqual([0, 0, 0]);
  expect([tell(0), tell(0), tell(ahead), tell(0)]).toEqual([1, 1, 1, 1]);
  time.now += 60_000;
  expect([tell(0), tell(0)]).toEqual([2, 2]);
});
