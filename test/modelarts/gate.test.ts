import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGate } from '../../src/modelarts/gate.ts';
import { failure, manualTimers } from './scene.ts';

function gate(concurrency: number, rate: number) {
  const timers = manualTimers();
  const closing = new AbortController();
  const opened = createGate({ concurrency, rate, timers, signal: closing.signal });
  return { timers, closing, gate: opened };
}

const always = () => {};
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function pass(timers: ReturnType<typeof manualTimers>, duration: number, step = 1): Promise<void> {
  for (let passed = 0; passed < duration; passed += step) {
    timers.advance(step);
    await turn();
  }
}

test('so many run at once, in order', async () => {
  const { gate: opened } = gate(2, 1_000);
  const finish: (() => void)[] = [];
  const started: number[] = [];
  const all = [0, 1, 2, 3].map((n) =>
    opened.run(() => {
      started.push(n);
      return new Promise<void>((resolve) => finish.push(resolve));
    }, always),
  );
  expect(started).toEqual([0, 1]);
  finish[1]?.();
  await all[1];
  await turn();
  expect(started).toEqual([0, 1, 2]);
  finish[0]?.();
  finish[2]?.();
  await turn();
  finish[3]?.();
  await Promise.all(all);
  expect(started).toEqual([0, 1, 2, 3]);
});

test('a task that fails gives its place back', async () => {
  const { gate: opened } = gate(1, 1_000);
  const broken = opened.run(() => Promise.reject(new Error('broken')), always);
  expect((await failure(broken)).message).toBe('broken');
  expect(await opened.run(async () => 'fine', always)).toBe('fine');
});

test('no second ever holds more starts than the rate allows, and the rate is used', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(0.5, 1, 2.5, 20, 1_000),
      fc.array(fc.nat(700), { maxLength: 5 }),
      async (rate, gaps) => {
        const { timers, gate: opened } = gate(Number.POSITIVE_INFINITY, rate);
        const starts: number[] = [];
        const batch = Math.ceil(rate * 1.5);
        let all: Promise<void>[] = [];
        for (const gap of [0, ...gaps]) {
          await pass(timers, gap, 50);
          all = [
            ...all,
            ...Array.from({ length: batch }, () =>
              opened.run(async () => void starts.push(timers.now()), always),
            ),
          ];
        }
        await pass(timers, (all.length / rate) * 1000 + 2_000, 50);
        await Promise.all(all);
        expect(starts).toHaveLength(all.length);
        const allowed = Math.max(1, Math.floor(rate));
        const span = (allowed / rate) * 1000;
        for (const [index, start] of starts.entries()) {
          const earlier = starts[index - allowed];
          if (earlier !== undefined) expect(start - earlier).toBeGreaterThanOrEqual(span);
        }
      },
    ),
    { numRuns: 25 },
  );
});

test('a thousand per second start without waiting on a timer for each', async () => {
  const { timers, gate: opened } = gate(Number.POSITIVE_INFINITY, 1_000);
  let started = 0;
  const all = Array.from({ length: 3_000 }, () =>
    opened.run(async () => {
      started += 1;
    }, always),
  );
  expect(started).toBe(1_000);
  timers.advance(1_000);
  await turn();
  expect(started).toBe(2_000);
  timers.advance(1_000);
  await Promise.all(all);
});

test('a pause holds what waits; a longer one wins over a shorter', async () => {
  const { timers, gate: opened } = gate(5, 1_000);
  opened.pause(5_000);
  opened.pause(1_000);
  let started = false;
  const task = opened.run(async () => {
    started = true;
  }, always);
  let resumed = false;
  const resuming = opened.resumed().then(() => {
    resumed = true;
  });
  await pass(timers, 4_900, 100);
  expect([started, resumed]).toEqual([false, false]);
  await pass(timers, 100, 100);
  await Promise.all([task, resuming]);
});

test('what is refused at its turn costs nothing of the rate', async () => {
  const { timers, gate: other } = gate(10, 1);
  await other.run(async () => {}, always);
  const refused = Array.from({ length: 100 }, () =>
    failure(
      other.run(
        async () => {},
        () => {
          throw new Error('refused');
        },
      ),
    ),
  );
  const last = other.run(async () => 'ran', always);
  timers.advance(1_000);
  expect((await Promise.all(refused)).every(({ message }) => message === 'refused')).toBe(true);
  expect(await last).toBe('ran');
});

test('closing fails what waits and what comes', async () => {
  const { closing, gate: opened } = gate(1, 1_000);
  opened.pause(60_000);
  const waiting = failure(opened.run(async () => {}, always));
  const resuming = failure(opened.resumed());
  closing.abort();
  expect((await waiting).message).toContain('closed');
  expect((await resuming).message).toContain('closed');
  expect((await failure(opened.run(async () => {}, always))).message).toContain('closed');
});
