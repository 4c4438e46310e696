import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRefreshBudget, mustBegin } from '../../src/collection/refresh-budget.ts';

test('all targets begin once in an interval, no tick much more than its share', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2_000 }),
      fc.integer({ min: 1_000, max: 600_000 }),
      (targets, interval) => {
        const budget = createRefreshBudget(interval);
        const due = Array.from({ length: targets }, () => Number.POSITIVE_INFINITY);
        const ticks = Math.floor((3 * interval) / budget.tick);
        let sum = 0;
        let most = 0;
        for (let n = 0; n < ticks; n += 1) {
          const now = budget.next(targets, due, budget.tick);
          most = Math.max(most, now);
          sum += now;
        }
        expect(most).toBeLessThanOrEqual((targets * budget.tick) / interval + 1);
        expect(Math.abs(sum - (targets * ticks * budget.tick) / interval)).toBeLessThan(1.001);
      },
    ),
  );
});

test('what a stall held back does not come in a burst', () => {
  const budget = createRefreshBudget(60_000);
  const due = Array.from({ length: 6_000 }, () => Number.POSITIVE_INFINITY);
  expect(budget.next(6_000, due, 3_600_000)).toBeLessThanOrEqual(201);
  expect(budget.next(6_000, due, budget.tick)).toBeLessThanOrEqual(201);
});

test('ticks are neither idle nor frantic', () => {
  expect(createRefreshBudget(60_000).tick).toBe(1_000);
  expect(createRefreshBudget(30_000).tick).toBe(750);
  expect(createRefreshBudget(1_000).tick).toBe(25);
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
  expect(mustBegin([4_000, 4_000], 30_000, 1_000)).toBe(0.5);
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

test.each([
  [10, 4_000],
  [10, 30_000],
  [100, 30_000],
])(
  '%d targets that were read in one go are spread evenly over %d ms after some rounds',
  (targets, interval) => {
    const ROUNDS = 30;
    const budget = createRefreshBudget(interval);
    const readAt = Array.from({ length: targets }, () => 0);
    const perTenth = Array.from({ length: 10 }, () => 0);
    let latest = 0;
    // Timers are late by a millisecond or two.
    for (let now = 0, tick = 0; now < ROUNDS * interval; tick += 1) {
      const elapsed = budget.tick + 1 + (tick % 2);
      now += elapsed;
      const due = [...readAt.keys()]
        .filter((index) => (readAt[index] ?? 0) + 0.9 * interval <= now)
        .sort((a, b) => (readAt[a] ?? 0) - (readAt[b] ?? 0));
      const left = due.map((index) => (readAt[index] ?? 0) + interval - now);
      latest = Math.min(latest, ...left);
      for (const index of due.slice(0, budget.next(targets, left, elapsed))) {
        readAt[index] = now;
        const tenth = Math.floor(((now % interval) / interval) * 10);
        if (now >= (ROUNDS - 1) * interval) perTenth[tenth] = (perTenth[tenth] ?? 0) + 1;
      }
    }
    expect(latest).toBe(0);
    expect(Math.max(...perTenth)).toBeLessThanOrEqual(targets / 10 + 3);
  },
);
