import { expect, test } from 'vitest';
import { isDue, type Pace } from '../../src/collection/schedule.ts';
import type { FailureReason } from '../../src/modelarts/errors.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test.each<
  [failures: number, reason: FailureReason | undefined, settled: boolean, minInterval: number, wait: number]
>([
  [0, undefined, false, 30_000, 27_000],
  [0, undefined, false, 0, 0],
  [1, 'server', false, 30_000, 27_000],
  [2, 'server', false, 30_000, 54_000],
  [3, 'not_found', false, 30_000, 108_000],
  [4, 'network', false, 30_000, 216_000],
  [50, 'timeout', false, 30_000, 216_000],
  [50, 'throttled', false, 30_000, 27_000],
  [50, 'auth', false, 30_000, 27_000],
  [0, undefined, true, 30_000, HOUR],
  [0, undefined, true, 2 * HOUR, 2 * HOUR],
  // What failed is not settled, whatever discovery shows.
  [2, 'server', true, 30_000, 54_000],
])(
  'after %i failures (%s), settled %s, interval %i: due after %i',
  (failures, reason, settled, interval, wait) => {
    const pace: Pace = { askedAt: 1_000, failures, reason, settled };
    expect(isDue(pace, interval, 1_000 + wait)).toBe(true);
    if (wait > 0) expect(isDue(pace, interval, 1_000 + wait - 1)).toBe(false);
  },
);

test('a target never read is due at once', () => {
  const pace: Pace = { askedAt: undefined, failures: 0, reason: undefined, settled: false };
  expect(isDue(pace, HOUR, 0)).toBe(true);
});

test('nobody waits until a clock that was set back has caught up', () => {
  const pace: Pace = { askedAt: 2 * HOUR, failures: 0, reason: undefined, settled: true };
  expect(isDue(pace, HOUR, 2 * HOUR)).toBe(false);
  expect(isDue(pace, HOUR, HOUR)).toBe(true);
});
