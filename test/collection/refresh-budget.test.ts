import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRefreshBudget, mustBegin } from '../../src/collection/refresh-budget.ts';

test('all targets begin once in an interval, no tick much more than its share', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 20_000 }),
      fc.integer({ min: 1_000, max: 600_000 }),
      (targets, interval) => {
        const budget = createRefreshBudget(interval);
        const ticks = Math.floor((10 * interval) / budget.tick);
        let sum = 0;
        let most = 0;
        for (let n = 0; n < ticks; n += 1) {
          const now = budget.next(targets, budget.tick);
          most = Math.max(most, now);
          sum += now;
        }
        expect(most).toBeLessThanOrEqual((targets * budget.tick) / interval + 1);
        expect(Math.abs(sum - (targets * ticks * budget.tick) / interval)).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test('what a stall held back does not come in a burst', () => {
  const budget = createRefreshBudget(60_000);
  expect(budget.next(6_000, 3_600_000)).toBeLessThanOrEqual(201);
  expect(budget.next(6_000, budget.tick)).toBeLessThanOrEqual(201);
});

test('ticks are neither idle nor frantic', () => {
  expect(createRefreshBudget(30_000).tick).toBe(1_000);
  expect(createRefreshBudget(1_000).tick).toBe(50);
  expect(createRefreshBudget(1).tick).toBe(20);
});

test('each begins before its interval is over, evenly over the ticks that are left', () => {
  const three = Array.from({ length: 600 }, () => 3_000);
  expect(mustBegin(three, 30_000, 1_000)).toBe(200);
  expect(
    mustBegin(
      three.slice(200).map(() => 2_000),
      30_000,
      1_000,
    ),
  ).toBe(200);
  expect(mustBegin([999, 3_000, 3_000], 30_000, 1_000)).toBe(1);
  // A tick came late.
  expect(mustBegin([-500], 30_000, 1_000)).toBe(1);
  // The process stood still.
  expect(
    mustBegin(
      three.map(() => -60_000),
      30_000,
      1_000,
    ),
  ).toBe(0);
  expect(mustBegin([], 30_000, 1_000)).toBe(0);
});
