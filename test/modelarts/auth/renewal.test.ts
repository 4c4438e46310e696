import { expect, test } from 'vitest';
import { createRenewed } from '../../../src/modelarts/auth/renewal.ts';
import { failure, manualTimers } from '../scene.ts';

function scene(lifetime: number, early: number) {
  const timers = manualTimers();
  const state = { asked: 0, fails: false };
  const lease = createRenewed(
    async () => {
      state.asked += 1;
      if (state.fails) throw new Error(`failure ${state.asked}`);
      return { value: `grant ${state.asked}`, lifetime };
    },
    early,
    timers,
  );
  return { timers, state, lease };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('asked once however many wait', async () => {
  const { lease, state } = scene(100_000, 10_000);
  expect(new Set(await Promise.all(Array.from({ length: 50 }, () => lease.get())))).toEqual(
    new Set(['grant 1']),
  );
  expect(state.asked).toBe(1);
});

test('renewed early, without anybody waiting', async () => {
  const { lease, timers } = scene(100_000, 10_000);
  await lease.get();
  timers.advance(89_999);
  expect(await lease.get()).toBe('grant 1');
  timers.advance(1);
  expect(await lease.get()).toBe('grant 1');
  await turn();
  expect(await lease.get()).toBe('grant 2');
});

test('a grant that lives shorter than the early renewal is not asked for all the time', async () => {
  const { lease, timers, state } = scene(60_000, 2_400_000);
  await lease.get();
  timers.advance(29_999);
  await lease.get();
  expect(state.asked).toBe(1);
});

test('one that says it is over already is not either', async () => {
  const { lease, state } = scene(-5_000, 1_000);
  await lease.get();
  await lease.get();
  expect(state.asked).toBe(1);
});

test('a valid grant serves while its renewal fails, and failures back off', async () => {
  const { lease, timers, state } = scene(100_000, 50_000);
  await lease.get();
  state.fails = true;
  timers.advance(50_000);
  for (let i = 0; i < 20; i += 1) {
    expect(await lease.get()).toBe('grant 1');
    await turn();
  }
  expect(state.asked).toBe(2);
  timers.advance(50_000);
  expect((await failure(lease.get())).message).toBe('failure 3');
  expect((await failure(lease.get())).message).toBe('failure 3');
  timers.advance(20_000);
  state.fails = false;
  expect(await lease.get()).toBe('grant 4');
});

test('a grant that does not work is replaced once for all', async () => {
  const { lease, state } = scene(100_000, 10_000);
  const stale = await lease.get();
  expect(await Promise.all([lease.renew(stale), lease.renew(stale), lease.get()])).toEqual([
    'grant 2',
    'grant 2',
    'grant 1',
  ]);
  expect(await lease.renew(stale)).toBe('grant 2');
  expect(state.asked).toBe(2);
});
