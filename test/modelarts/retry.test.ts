import { expect, test } from 'vitest';
import { ApiError, type FailureReason } from '../../src/modelarts/errors.ts';
import { rejectionBackoff, retryDelay } from '../../src/modelarts/retry.ts';

const POLICY = { retries: 3, delayMax: 10_000, random: () => 0.5 };

function error(reason: FailureReason, details: { status?: number; retryAfter?: number } = {}): ApiError {
  return new ApiError(reason, 'x', details);
}

test.each([
  ['network', undefined, true],
  ['server', 500, true],
  ['server', 503, true],
  ['timeout', 504, true],
  ['throttled', 429, true],
  ['timeout', undefined, false],
  ['timeout', 408, false],
  ['auth', 401, false],
  ['forbidden', 403, false],
  ['not_found', 404, false],
  ['malformed', 200, false],
  ['other', 400, false],
] as const)('%s with status %s: retried %s', (reason, status, retried) => {
  const delay = retryDelay(error(reason, status === undefined ? {} : { status }), 0, POLICY);
  expect(delay !== undefined).toBe(retried);
});

test('the steps double, are half random and end with the retries', () => {
  const delays = [0, 1, 2, 3].map((attempt) => retryDelay(error('network'), attempt, POLICY));
  expect(delays).toEqual([375, 750, 1500, undefined]);
  const bounds = [0, 0.999_999].map((random) =>
    retryDelay(error('network'), 1, { ...POLICY, random: () => random }),
  );
  expect(bounds[0]).toBe(500);
  expect(bounds[1]).toBeCloseTo(1000, 2);
  expect(retryDelay(error('network'), 90, { ...POLICY, retries: 100 })).toBe(7_500);
});

test('what the server asks for is waited, or not at all', () => {
  expect(retryDelay(error('server', { status: 503, retryAfter: 10_000 }), 0, POLICY)).toBe(10_000);
  expect(retryDelay(error('server', { status: 503, retryAfter: 10_001 }), 0, POLICY)).toBeUndefined();
});

test('the wait after a rejection doubles up to the time a key is locked for', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 100].map(rejectionBackoff)).toEqual([
    10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000,
  ]);
});
