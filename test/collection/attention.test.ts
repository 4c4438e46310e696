import fc from 'fast-check';
import { expect, test } from 'vitest';
import { urgencyOf, type Waiting } from '../../src/collection/attention.ts';
import { runs } from '../laws.ts';

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

/**
 * Whose urgency has outgrown that of everybody who changed and waits for less than a round is next within one more
 * round, as nobody else is read twice in it.
 */
function longestWaitOf({ activity, hasChanged, isUnfinished, isInTrouble }: Waiting, round: number): number {
  const rest = isUnfinished || activity === 'moving' ? 4 : isInTrouble ? 2 : activity === 'alive' ? 1 : 1 / 8;
  return (8 / (hasChanged ? 8 : rest)) * (round + 5 * MINUTE) + round;
}

test('whatever the fleet and the budget, every target has a longest wait', () => {
  const target = fc.record({
    activity: fc.constantFrom('moving' as const, 'alive' as const, 'resting' as const),
    hasChanged: fc.boolean(),
    isUnfinished: fc.boolean(),
    isInTrouble: fc.boolean(),
    knownAt: fc.constant(NOW),
    age: fc.nat(10 * MINUTE),
  });
  const fleets = fc.array(target, { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fleets, fc.integer({ min: 50, max: 20_000 }), (fleet, interval) => {
      const round = fleet.length * interval;
      const targets = fleet.map(({ age, ...rest }) => ({ ...rest, lastAttempt: NOW - age }));
      let now = NOW;
      for (let read = 0; read < 40 * fleet.length; read += 1) {
        now += interval;
        const next = targets.reduce((a, b) => (urgencyOf(b, now) > urgencyOf(a, now) ? b : a));
        next.lastAttempt = now;
        const late = targets.filter((each) => {
          return now - each.lastAttempt > longestWaitOf(each, round) + 10 * MINUTE;
        });
        if (late.length > 0) expect(late).toEqual([]);
      }
    }),
    runs(40),
  );
});

test('a clock that was set back makes nobody urgent', () => {
  expect(urgencyOf(waiting(-60), NOW)).toBe(0);
});
