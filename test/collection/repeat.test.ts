import { expect, onTestFinished, test } from 'vitest';
import { repeatEvery } from '../../src/collection/repeat.ts';
import { systemTimers } from '../../src/timers.ts';

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}

test('work is repeated, never beside itself', async () => {
  let runs = 0;
  let running = 0;
  const stop = repeatEvery(
    1,
    async () => {
      running += 1;
      expect(running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      runs += 1;
    },
    systemTimers,
  );
  onTestFinished(stop);
  await until(() => runs >= 3);
});

test('once stopped it does not come back, also where it was stopped at work', async () => {
  let runs = 0;
  let release = () => {};
  const stop = repeatEvery(
    1,
    () => {
      runs += 1;
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    },
    systemTimers,
  );
  await until(() => runs === 1);
  stop();
  release();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(runs).toBe(1);
});
