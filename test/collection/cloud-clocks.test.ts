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
  tell(ahead);
  set = 0;
  expect([tell(ahead - AHEAD_MAX + 1), tell(ahead)]).toEqual([0, 0]);
  expect([tell(0), tell(0), tell(ahead), tell(0)]).toEqual([1, 1, 1, 1]);
  time.now += 60_000;
  expect([tell(0), tell(0)]).toEqual([2, 2]);
});

test('that it is known is told once, by the first answer of the cloud, which may tell no time', () => {
  const known: string[] = [];
  const clocks = new CloudClocks({ now: () => 0 }, () => known.push(last));
  const observed = { onResponse: () => {}, onClockSkew: () => {} };
  let last = '';
  const observer = (project: string) => {
    last = project;
    return clocks.observing(project, observed, () => 7_000);
  };
  observer('a').onClockSkew(3);
  observer('a').onResponse('service_events', 200, 0.1);
  observer('b').onResponse('ecs_metadata', 200, 0.1);
  observer('b').onResponse('service_events', 'error', 0.1);
  expect(known).toEqual(['a']);
  observer('b').onResponse('service_events', 500, 0.1);
  observer('b').onResponse('service_events', 200, 0.1);
  expect(known).toEqual(['a', 'b']);
  expect([clocks.now('a'), clocks.now('b')]).toEqual([10_000, 7_000]);
});
