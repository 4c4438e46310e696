import { expect, test } from 'vitest';
import { HostClock } from './host-clock.ts';

test('a clock is set, runs too fast, stands still and is right again', () => {
  let now = 1_000;
  const clock = new HostClock(() => now);
  clock.step(500);
  expect(clock.now()).toBe(1_500);
  clock.run(0.1);
  now += 1_000;
  expect(clock.now()).toBe(2_600);
  clock.run(-1);
  now += 1_000;
  expect(clock.now()).toBe(2_600);
  clock.setRight();
  expect(clock.now()).toBe(3_000);
});
