import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GroupCommit } from '../../src/collection/group-commit.ts';
import { systemTimers } from '../../src/timers.ts';
import { runs } from '../laws.ts';
import { createVirtualTime } from '../simulator-kit/virtual-time.ts';

interface Counter {
  readonly name: string;
  value: number;
}

/** A commits of counters with a save that ends when it is told to. */
function scene(timers = systemTimers) {
  const captured = new Map<string, number>();
  const saved = new Map<string, number>();
  const exposed = new Map<string, number>();
  const saves: (() => void)[] = [];
  const commits = new GroupCommit<Counter>({
    timers,
    capture: ({ name, value }) => {
      captured.set(name, value);
      return () => {
        expect(saved.get(name)).toBeGreaterThanOrEqual(value);
        exposed.set(name, value);
      };
    },
    save: async () => {
      const snapshot = new Map(captured);
      await new Promise<void>((resolve) => saves.push(resolve));
      for (const [name, value] of snapshot) saved.set(name, value);
      return true;
    },
    mustBeSaved: () => true,
  });
  return { commits, exposed, saves };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(1);
}

test('without durable state a number is exposed at once', () => {
  const exposed: number[] = [];
  const commits = new GroupCommit<Counter>({
    timers: systemTimers,
    capture: (counter) => {
      const { value } = counter;
      return () => void exposed.push(value);
    },
    save: undefined,
    mustBeSaved: () => true,
  });
  void commits.commit({ name: 'a', value: 1 });
  expect(exposed).toEqual([1]);
});

test('a number is exposed after it was saved, as it was saved', async () => {
  const { commits, exposed, saves } = scene();
  const a = { name: 'a', value: 1 };
  const published = commits.commit(a);
  await until(() => saves.length === 1);
  a.value = 2;
  expect(exposed.size).toBe(0);
  saves[0]?.();
  await published;
  expect(exposed).toEqual(new Map([['a', 1]]));
});

test('what finishes during a save shares the next one, the newest of each', async () => {
  const { commits, exposed, saves } = scene();
  const first = commits.commit({ name: 'first', value: 1 });
  await until(() => saves.length === 1);
  const others = Array.from({ length: 50 }, (_, value) =>
    commits.commit({ name: `other ${value % 25}`, value }),
  );
  saves[0]?.();
  await first;
  expect([...exposed.keys()]).toEqual(['first']);
  await until(() => saves.length === 2);
  saves[1]?.();
  await Promise.all(others);
  expect(saves).toHaveLength(2);
  expect(exposed.get('other 3')).toBe(28);
  expect(exposed.size).toBe(26);
});

test('after a long save it rests, unless it is to flush', async () => {
  const { timers, pass } = createVirtualTime(0);
  const { commits, exposed, saves } = scene(timers);
  const slow = commits.commit({ name: 'a', value: 1 });
  await until(() => saves.length === 1);
  await pass(50);
  saves[0]?.();
  await slow;
  const rested = commits.commit({ name: 'a', value: 2 });
  await pass(499);
  expect(saves).toHaveLength(1);
  const flushed = commits.flush();
  await until(() => saves.length === 2);
  saves[1]?.();
  await Promise.all([rested, flushed]);
  expect(exposed.get('a')).toBe(2);
});

test('a flush during a save waits for that one and for its own', async () => {
  const { commits, saves } = scene();
  void commits.commit({ name: 'a', value: 1 });
  await until(() => saves.length === 1);
  const flushed = commits.flush().then(() => 'flushed');
  saves[0]?.();
  await until(() => saves.length === 2);
  expect(await Promise.race([flushed, setImmediate('waits')])).toBe('waits');
  saves[1]?.();
  expect(await flushed).toBe('flushed');
});

test('after a save that failed only what need not be saved is shown, and the rest after one that worked', async () => {
  const exposed = new Map<string, number>();
  let isDiskFull = true;
  const commits = new GroupCommit<Counter>({
    timers: systemTimers,
    capture: ({ name, value }) => {
      return () => void exposed.set(name, value);
    },
    save: async () => !isDiskFull,
    mustBeSaved: ({ name }) => name === 'total',
  });
  const [total, target] = [
    { name: 'total', value: 1 },
    { name: 'target', value: 1 },
  ];
  const commit = () => Promise.all([commits.commit(total), commits.commit(target)]);
  await commit();
  total.value = 2;
  await commit();
  expect([...exposed]).toEqual([['target', 1]]);
  isDiskFull = false;
  await commits.commit(target);
  expect(exposed.get('total')).toBe(2);
});

test('whatever finishes whenever, all is exposed at last, and nothing before it was saved', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('save', 'flush')), { maxLength: 40 }),
      async (script) => {
        const { commits, exposed, saves } = scene();
        const counters = new Map<string, Counter>();
        const promises: Promise<void>[] = [];
        for (const step of script) {
          if (step === 'save') saves.shift()?.();
          else if (step === 'flush') promises.push(commits.flush());
          else {
            const counter = counters.get(step) ?? { name: step, value: 0 };
            counters.set(step, counter);
            counter.value += 1;
            promises.push(commits.commit(counter));
          }
          await setImmediate();
        }
        let isOver = false;
        const all = Promise.all([...promises, commits.flush()]).then(() => {
          isOver = true;
        });
        while (!isOver) {
          saves.shift()?.();
          await setImmediate();
        }
        await all;
        expect(exposed).toEqual(new Map([...counters].map(([name, { value }]) => [name, value])));
      },
    ),
    runs(100),
  );
});
