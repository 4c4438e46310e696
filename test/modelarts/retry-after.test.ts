import { expect, test } from 'vitest';
import { parseRatePeriod, parseRetryAfter } from '../../src/modelarts/retry-after.ts';

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
