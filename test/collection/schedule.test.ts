import { expect, test } from 'vitest';
import { isDue, type Pace } from '../../src/collection/schedule.ts';
import type { FailureReason } from '../../src/modelarts/errors.ts';

const HOUR = 3_600_000;

test.each<
  [reason: FailureReason | undefined, settledFor: number | undefined, minInterval: number, wait: number]
>([
  [undefined, undefined, 30_000, 27_000],
  [undefined, undefined, 0, 0],
  // Who asks for a target that fails is to see at once that it works again.
  ['server', undefined, 30_000, 27_000],
  ['not_found', undefined, 30_000, 27_000],
  // Its credential's breaker decides whether anything is sent.
  ['auth', undefined, 30_000, 0],
  [undefined, HOUR, 30_000, HOUR],
  [undefined, HOUR, 2 * HOUR, 2 * HOUR],
  // It had been quiet for a day when it was read last.
  [undefined, 48 * HOUR, 30_000, 24 * HOUR],
  // Late events may still come.
  [undefined, HOUR - 1, 30_000, 27_000],
  // What failed is not settled, whatever discovery shows.
  ['server', HOUR, 30_000, 27_000],
])('failed by %s, settled for %s ms, interval %i: due after %i', (reason, settledFor, interval, wait) => {
  const refreshRequestedAt = 10 * HOUR;
  const at = (now: number): Pace => ({
    refreshRequestedAt,
    reason,
    settledSince: settledFor === undefined ? undefined : now - settledFor,
    hasChanged: false,
  });
  const due = refreshRequestedAt + wait;
  expect(isDue(at(due), interval, due)).toBe(true);
  if (wait > 0) expect(isDue(at(due - 1), interval, due - 1)).toBe(false);
});

test('a target never read is due at once', () => {
  expect(
    isDue(
      { refreshRequestedAt: undefined, reason: undefined, settledSince: undefined, hasChanged: false },
      HOUR,
      0,
    ),
  ).toBe(true);
});

test('nobody waits until a clock that was set back has caught up', () => {
  const pace: Pace = { refreshRequestedAt: 3 * HOUR, reason: undefined, settledSince: 0, hasChanged: false };
  expect(isDue(pace, HOUR, 3 * HOUR)).toBe(false);
  expect(isDue(pace, HOUR, 2 * HOUR)).toBe(true);
});

test('what a listing showed changed is due at once', () => {
  const pace: Pace = { refreshRequestedAt: HOUR, reason: undefined, settledSince: 0, hasChanged: true };
  expect(isDue(pace, HOUR, HOUR)).toBe(true);
});
