import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Quota } from '../../src/modelarts/quota.ts';
import { createRequestGate } from '../../src/modelarts/request-gate.ts';
import { runs } from '../laws.ts';
import { failure, manualTimers } from './scene.ts';

function gate(rate: number, quota = new Quota()) {
  const timers = manualTimers();
  const closing = new AbortController();
  const pause = { until: Number.NEGATIVE_INFINITY };
  const opened = createRequestGate({ rate, quota, pause, timers, signal: closing.signal });
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

test('who came first goes first', async () => {
  const { timers, gate: opened } = gate(1);
  const started: number[] = [];
  const all = [0, 1, 2].map((n) => opened.enter(always).then(() => started.push(n)));
  await turn();
  await pass(timers, 1_500, 500);
  expect(started).toEqual([0, 1]);
  await pass(timers, 500, 500);
  await Promise.all(all);
  expect(started).toEqual([0, 1, 2]);
});

test('no second ever holds more starts than the rate allows, and the rate is used', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(0.5, 1, 2.5, 20, 1_000),
      fc.array(fc.nat(700), { maxLength: 5 }),
      async (rate, gaps) => {
        const { timers, gate: opened } = gate(rate);
        const starts: number[] = [];
        const batch = Math.ceil(rate * 1.5);
        let all: Promise<void>[] = [];
        for (const gap of [0, ...gaps]) {
          await pass(timers, gap, 50);
          all = [
            ...all,
            ...Array.from({ length: batch }, () =>
              opened.enter(always).then((startedAt) => void starts.push(startedAt)),
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
    runs(25),
  );
});

test('a thousand per second start without waiting on a timer for each', async () => {
  const { timers, gate: opened } = gate(1_000);
  let started = 0;
  const all = Array.from({ length: 3_000 }, () =>
    opened.enter(always).then(() => {
      started += 1;
    }),
  );
  await turn();
  expect(started).toBe(1_000);
  timers.advance(1_000);
  await turn();
  expect(started).toBe(2_000);
  timers.advance(1_000);
  await Promise.all(all);
});

test('a pause holds what waits; a longer one wins over a shorter', async () => {
  const { timers, gate: opened } = gate(1_000);
  opened.pause(5_000);
  opened.pause(1_000);
  let started = false;
  const task = opened.enter(always).then(() => {
    started = true;
  });
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
  const { timers, gate: other } = gate(1);
  await other.enter(always);
  const refused = Array.from({ length: 100 }, () =>
    failure(
      other.enter(() => {
        throw new Error('refused');
      }),
    ),
  );
  const last = other.enter(always);
  timers.advance(1_000);
  expect((await Promise.all(refused)).every(({ message }) => message === 'refused')).toBe(true);
  await last;
});

test('closing fails what waits and what comes', async () => {
  const { closing, gate: opened } = gate(1_000);
  opened.pause(60_000);
  const waiting = failure(opened.enter(always));
  const resuming = failure(opened.resumed());
  closing.abort();
  expect((await waiting).message).toContain('closed');
  expect((await resuming).message).toContain('closed');
  expect((await failure(opened.enter(always))).message).toContain('closed');
});
