import { expect, test } from 'vitest';
import { urgencyOf, type Waiting } from '../../src/collection/attention.ts';

const MINUTE = 60_000;
const NOW = 100 * 60 * MINUTE;

function waiting(minutes: number | undefined, rest: Partial<Waiting> = {}): Waiting {
  const lastAttempt = minutes === undefined ? undefined : NOW - minutes * MINUTE;
  return {
    activity: 'alive',
    hasChanged: false,
    isUnfinished: false,
    isInTrouble: false,
    lastAttempt,
    knownAt: NOW,
    ...rest,
  };
}

test.each<[what: string, first: Waiting, then: Waiting]>([
  ['who waits longer', waiting(2), waiting(1)],
  ['what changed, however young', waiting(0, { hasChanged: true }), waiting(39)],
  ['what changed and waits longer', waiting(9, { hasChanged: true }), waiting(8, { hasChanged: true })],
  ['what changed before what moves', waiting(1, { hasChanged: true }), waiting(10, { activity: 'moving' })],
  ['what moves', waiting(3, { activity: 'moving' }), waiting(11)],
  [
    'what moves before what is in trouble',
    waiting(6, { activity: 'moving' }),
    waiting(10, { isInTrouble: true }),
  ],
  ['what is read in part', waiting(3, { isUnfinished: true }), waiting(11)],
  ['what is in trouble', waiting(6, { isInTrouble: true }), waiting(11)],
  ['what is alive', waiting(2), waiting(15, { activity: 'resting' })],
  ['what was never read', waiting(undefined), waiting(14)],
  ['at a first start, what is alive', waiting(undefined), waiting(undefined, { activity: 'resting' })],
  [
    'at a first start, what is in trouble',
    waiting(undefined, { activity: 'resting', isInTrouble: true }),
    waiting(undefined),
  ],
  // Nothing starves.
  ['what rests, after a long time', waiting(90, { activity: 'resting' }), waiting(11)],
  ['what is alive, beside what changes all the time', waiting(60), waiting(1, { hasChanged: true })],
])('goes first: %s', (_, first, then) => {
  expect(urgencyOf(first, NOW)).toBeGreaterThan(urgencyOf(then, NOW));
});

test('where one target is read at a time, none waits for ever', () => {
  let now = NOW;
  const targets = Array.from({ length: 300 }, (_, index) => ({
    ...waiting(0, { hasChanged: index < 20, activity: index < 200 ? 'alive' : 'resting' }),
    longest: 0,
  }));
  for (let read = 0; read < 20_000; read += 1) {
    now += 1_500;
    const next = targets.reduce((a, b) => (urgencyOf(b, now) > urgencyOf(a, now) ? b : a));
    next.longest = Math.max(next.longest, now - (next.lastAttempt ?? now));
    next.lastAttempt = now;
  }
  for (const { activity, longest } of targets) {
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThan((activity === 'resting' ? 420 : 60) * MINUTE);
  }
});

test('a clock that was set back makes nobody urgent', () => {
  expect(urgencyOf(waiting(-60), NOW)).toBe(0);
});
