import { expect, test } from 'vitest';
import { unseenSince, withStart } from '../../src/collection/unseen.ts';

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;

test('a start notes since when no process ran, unless that is no gap', () => {
  const before = [{ from: 1, until: 2, why: 'not_running' }] as const;
  expect(withStart(before, undefined, NOW)).toEqual(before);
  expect(withStart(before, NOW - 59_000, NOW)).toEqual(before);
  expect(withStart(before, NOW + HOUR, NOW)).toEqual(before);
  expect(withStart(before, NOW - HOUR, NOW)).toEqual([
    ...before,
    { from: NOW - HOUR, until: NOW, why: 'not_running' },
  ]);
});

test('of many starts the newest are remembered', () => {
  let pauses = withStart([], NOW - HOUR, NOW);
  for (let day = 1; day < 100; day += 1)
    pauses = withStart(pauses, NOW + day * HOUR, NOW + (day + 0.5) * HOUR);
  expect([pauses.length, pauses.at(-1)?.from]).toEqual([20, NOW + 99 * HOUR]);
});

test('what is over, or has just begun, is not shown', () => {
  const over = { from: NOW - 30 * HOUR, until: NOW - 25 * HOUR, why: 'network' } as const;
  const shown = { from: NOW - 30 * HOUR, until: NOW - 20 * HOUR, why: 'network' } as const;
  const goesOn = { from: NOW - HOUR, why: 'auth' } as const;
  const hasBegun = { from: NOW - 30_000, why: 'auth' } as const;
  expect(unseenSince([over, shown, goesOn, hasBegun], NOW - 24 * HOUR, NOW)).toEqual([shown, goesOn]);
});
