import { expect, test } from 'vitest';
import { createThrottle, parseRatePeriod, parseRetryAfter } from '../../src/modelarts/throttle.ts';

test.each([
  ['5', 5_000],
  [' 0.5 ', 500],
  ['Sun, 06 Nov 1994 08:49:47 GMT', 10_000],
  ['Sun, 06 Nov 1994 08:49:00 GMT', 0],
  ['999999999', 3_600_000],
  ['soon', undefined],
  ['-5', undefined],
])('Retry-After: %s', (value, expected) => {
  expect(parseRetryAfter(value, Date.parse('1994-11-06T08:49:37Z'))).toBe(expected);
});

test.each([
  ['policy user over ratelimit,limit:200,time:5 minute', 300_000],
  ['policy ip over ratelimit,limit:5,time:1 second', 1_000],
  ['policy user over ratelimit,limit:5,time:1 minute', 60_000],
  ['limit:5,time: 2 hours', 3_600_000],
  ['limit:5,time:1 day', 3_600_000],
  ['limit:5,time:5 fortnight', undefined],
  ['Too many requests', undefined],
])('the period of "%s"', (message, expected) => {
  expect(parseRatePeriod(message)).toBe(expected);
});

test('pauses double from one second to sixty, and begin anew after a success', () => {
  const throttle = createThrottle();
  const pauses = Array.from({ length: 8 }, (_, i) =>
    throttle.pauseFor(undefined, i * 100_000, i * 100_000 + 1),
  );
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  throttle.succeeded(900_000);
  expect(throttle.pauseFor(undefined, 1_000_000, 1_000_001)).toBe(1_000);
});

test('a burst of answers doubles the pause once, and a success from before it says nothing', () => {
  const throttle = createThrottle();
  expect(throttle.pauseFor(undefined, 0, 10)).toBe(1_000);
  expect(throttle.pauseFor(undefined, 1, 11)).toBe(1_000);
  expect(throttle.pauseFor(undefined, 2, 12)).toBe(1_000);
  throttle.succeeded(3);
  expect(throttle.pauseFor(undefined, 1_010, 1_020)).toBe(2_000);
});

test('what the API tells is the pause, a second at least', () => {
  const throttle = createThrottle();
  expect(throttle.pauseFor(300_000, 0, 1)).toBe(300_000);
  expect(throttle.pauseFor(0, 0, 1)).toBe(1_000);
});
