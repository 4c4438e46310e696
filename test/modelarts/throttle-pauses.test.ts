import { expect, test } from 'vitest';
import { createThrottlePauses } from '../../src/modelarts/throttle-pauses.ts';

test('pauses double from one second to sixty, and begin anew after a success', () => {
  const throttle = createThrottlePauses();
  const pauses = Array.from({ length: 8 }, (_, i) =>
    throttle.pauseFor(undefined, i * 100_000, i * 100_000 + 1),
  );
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  throttle.succeeded(900_000);
  expect(throttle.pauseFor(undefined, 1_000_000, 1_000_001)).toBe(1_000);
});

test('a burst of answers doubles the pause once, and a success from before it says nothing', () => {
  const throttle = createThrottlePauses();
  expect(throttle.pauseFor(undefined, 0, 10)).toBe(1_000);
  expect(throttle.pauseFor(undefined, 1, 11)).toBe(1_000);
  expect(throttle.pauseFor(undefined, 2, 12)).toBe(1_000);
  throttle.succeeded(3);
  expect(throttle.pauseFor(undefined, 1_010, 1_020)).toBe(2_000);
});

test('what the API tells is the pause, a second at least', () => {
  const throttle = createThrottlePauses();
  expect(throttle.pauseFor(300_000, 0, 1)).toBe(300_000);
  expect(throttle.pauseFor(0, 0, 1)).toBe(1_000);
});
