import { expect, test } from 'vitest';
import { createVirtualTime } from '../simulator-kit/virtual-time.ts';
import { Life } from './life.ts';

function scene() {
  const time = createVirtualTime(0);
  const life = new Life();
  const woken: number[] = [];
  void life
    .timers(time.timers)
    .sleep(1_000)
    .then(() => woken.push(time.clock()));
  return { time, life, woken };
}

test('what a process that is killed awaits never comes', async () => {
  const { time, life, woken } = scene();
  life.end();
  await time.pass(5_000);
  expect(woken).toEqual([]);
});

test('what a process that is stopped awaits comes when it goes on', async () => {
  const { time, life, woken } = scene();
  life.hang();
  await time.pass(5_000);
  expect([woken, life.pending]).toEqual([[], 1]);
  life.goOn();
  await time.pass(0);
  expect([woken, life.pending]).toEqual([[5_000], 0]);
});
