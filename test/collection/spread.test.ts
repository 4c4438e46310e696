import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spreadOver } from '../../src/collection/spread.ts';

test('all targets begin once in an interval, no tick much more than its share', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 20_000 }),
      fc.integer({ min: 1_000, max: 600_000 }),
      (targets, interval) => {
        const spread = spreadOver(interval);
        const ticks = Math.floor((10 * interval) / spread.tick);
        let sum = 0;
        let most = 0;
        for (let n = 0; n < ticks; n += 1) {
          const now = spread.next(targets, spread.tick);
          most = Math.max(most, now);
          sum += now;
        }
        expect(most).toBeLessThanOrEqual((targets * spread.tick) / interval + 1);
        expect(Math.abs(sum - (targets * ticks * spread.tick) / interval)).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test('what a stall held back does not come in a burst', () => {
  const spread = spreadOver(60_000);
  expect(spread.next(6_000, 3_600_000)).toBeLessThanOrEqual(201);
  expect(spread.next(6_000, spread.tick)).toBeLessThanOrEqual(201);
});

test('ticks are neither idle nor frantic', () => {
  expect(spreadOver(30_000).tick).toBe(1_000);
  expect(spreadOver(1_000).tick).toBe(50);
  expect(spreadOver(1).tick).toBe(20);
});
