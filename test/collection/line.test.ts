import { expect, test } from 'vitest';
import { Line } from '../../src/collection/line.ts';
import { manualTimers } from '../modelarts/scene.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function scene({ isScarce = false, rate = 20, concurrency = 1 } = {}) {
  const timers = manualTimers();
  const waitingForQuota: (() => void)[] = [];
  const api = {
    request: (request: { onStart?: () => void }) =>
      new Promise<void>((resolve) => {
        waitingForQuota.push(() => {
          request.onStart?.();
          resolve();
        });
      }),
    load: () => ({ rate, part: rate, isScarce, throttledFor: 0 }),
  };
  const line = new Line({ concurrency, api, timers, listingsShare: () => 0.25 });
  const order: string[] = [];
  const works = new Map<string, () => void>();
  const work = (name: string) => () => {
    order.push(name);
    return new Promise<void>((resolve) => works.set(name, resolve));
  };
  const request = { operation: 'pool_events', version: 'v1', path: 'events' } as const;
  return { line, timers, order, works, work, waitingForQuota, request };
}

test('listings go first, then who is most urgent when the turn comes', async () => {
  const { line, order, works, work } = scene();
  let urgency = 0;
  void line.read(() => 1, work('first'));
  void line.read(() => 2, work('early'));
  void line.read(() => urgency, work('late'));
  void line.list(work('listing'));
  urgency = 3;
  for (const name of ['first', 'listing', 'late', 'early']) {
    expect(order.at(-1)).toBe(name);
    works.get(name)?.();
    await turn();
  }
  await line.onIdle();
});

test('so many work at once, in order', async () => {
  const { line, order, works, work } = scene({ concurrency: 2 });
  const names = ['a', 'b', 'c', 'd'];
  for (const [index, name] of names.entries()) void line.read(() => -index, work(name));
  expect(order).toEqual(['a', 'b']);
  works.get('b')?.();
  await turn();
  expect(order).toEqual(['a', 'b', 'c']);
  works.get('a')?.();
  works.get('c')?.();
  await turn();
  expect(order).toEqual(names);
  works.get('d')?.();
  await line.onIdle();
});

test('a work that fails gives its place back', async () => {
  const { line } = scene();
  await expect(
    line.read(
      () => 1,
      () => Promise.reject(new Error('broken')),
    ),
  ).rejects.toThrow('broken');
  await expect(line.list(() => Promise.reject(new Error('broken, too')))).rejects.toThrow('broken, too');
  expect(
    await line.read(
      () => 1,
      async () => 'fine',
    ),
  ).toBe('fine');
  await line.onIdle();
});

test('few wait at the gate of the quota, so that who comes later has few before it', async () => {
  const { line, order, waitingForQuota, request } = scene({ concurrency: 16 });
  for (let index = 0; index < 20; index += 1) {
    void line.read(
      () => index,
      async () => {
        order.push(`${index}`);
        await line.api.request(request);
      },
    );
  }
  expect(order).toHaveLength(4);
  waitingForQuota.shift()?.();
  await turn();
  expect(order).toHaveLength(5);
  expect(order.at(-1)).toBe('19');
});

test('where requests are scarce a part is kept for listings, and what changed may go beyond', async () => {
  const { line, timers, order, request, waitingForQuota } = scene({
    isScarce: true,
    rate: 1,
    concurrency: 16,
  });
  const read = (name: string, urgency: number) =>
    line.read(
      () => urgency,
      async () => {
        order.push(name);
        const sent = line.api.request(request);
        waitingForQuota.pop()?.();
        await sent;
      },
    );
  for (let index = 0; index < 100; index += 1) void read('alive', 1);
  expect(line.api.isScarce?.()).toBe(false);
  for (let index = 0; index < 100; index += 1) await turn();
  expect(order).toHaveLength(30);
  expect(line.api.isScarce?.()).toBe(true);
  for (let second = 0; second < 20; second += 1) {
    timers.advance(1_000);
    for (let index = 0; index < 5; index += 1) await turn();
  }
  expect(order.length).toBeGreaterThanOrEqual(43);
  expect(order.length).toBeLessThanOrEqual(45);
  void read('changed', 1e9);
  line.reorder();
  expect(order.at(-1)).toBe('changed');
  line.close();
  await line.onIdle();
});
