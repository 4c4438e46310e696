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

test('what is not up to the process is handed on, but is nothing that it waits for', async () => {
  const { time, life, woken } = scene();
  void life.handOn(() => time.timers.sleep(2_000)).then(() => woken.push(time.clock()));
  await time.pass(1_000);
  expect(life.pending).toBe(0);
  await time.pass(1_000);
  expect(woken).toEqual([1_000, 2_000]);
});
