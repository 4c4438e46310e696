import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { RateLimiter } from '../../../src/web/access/rate-limiter.ts';

test('a burst at once, then one per interval, and no more than a burst after a rest', () => {
  let now = 5;
  const limiter = new RateLimiter({ interval: 100, burst: 3 }, { now: () => now });
  const admitted = () => [1, 2, 3, 4].map(() => limiter.admits());
  expect(admitted()).toEqual([true, true, true, false]);
  now += 99;
  expect(limiter.admits()).toBe(false);
  now += 1;
  expect(admitted()).toEqual([true, false, false, false]);
  now += 100_000;
  expect(admitted()).toEqual([true, true, true, false]);
});

test('no stretch of time sees more than a burst and one per interval, and no token is withheld', () => {
  const gaps = array(integer({ min: 0, max: 300 }), { maxLength: 60 });
  const whole = integer({ min: 1, max: 10 });
  assert(
    property(gaps, whole, integer({ min: 1, max: 200 }), (pauses, burst, interval) => {
      let now = 0;
      let tokens = burst;
      const limiter = new RateLimiter({ interval, burst }, { now: () => now });
      for (const pause of pauses) {
        now += pause;
        tokens = Math.min(burst, tokens + pause / interval);
        // What is added up in fractions is not exact.
        if (Math.abs(tokens - 1) < 1e-9) tokens = 1;
        const isAdmitted = limiter.admits();
        expect(isAdmitted).toBe(tokens >= 1);
        if (isAdmitted) tokens -= 1;
      }
    }),
  );
});
