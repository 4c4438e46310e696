import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Window } from '../../src/collection/window.ts';

test('an event is in the window for exactly its length', () => {
  const window = new Window(1_000);
  window.add(500, 3);
  expect([window.total(500), window.total(1_499)]).toEqual([3, 3]);
  expect(window.nextChange()).toBe(1_500);
  expect(window.total(1_500)).toBe(0);
  expect(window.nextChange()).toBe(Number.POSITIVE_INFINITY);
});

test('whatever is added when, the total is that of a plain list', () => {
  const steps = fc.array(
    fc.record({
      elapsed: fc.integer({ min: 0, max: 300 }),
      /** Late where it is negative, in the near future where it is positive. */
      offsets: fc.array(fc.integer({ min: -1_500, max: 100 }), { maxLength: 4 }),
      count: fc.integer({ min: 1, max: 3 }),
      restart: fc.boolean(),
    }),
    { maxLength: 100 },
  );
  fc.assert(
    fc.property(steps, (script) => {
      let window = new Window(1_000);
      const events: [number, number][] = [];
      let now = 10_000;
      for (const { elapsed, offsets, count, restart } of script) {
        now += elapsed;
        for (const offset of offsets) {
          window.add(now + offset, count);
          events.push([now + offset, count]);
        }
        const here = events.filter(([at]) => at + 1_000 > now);
        expect(window.total(now)).toBe(here.reduce((sum, [, each]) => sum + each, 0));
        const next = Math.min(...here.map(([at]) => at + 1_000));
        expect(window.nextChange()).toBe(next);
        if (restart) window = new Window(1_000, window.entries());
      }
    }),
  );
});

test('memory follows what is in the window, not what ever was', () => {
  const window = new Window(100);
  for (let at = 0; at < 100_000; at += 1) {
    window.add(at, 1);
    window.add(at, 1);
    window.total(at);
  }
  expect(window.entries().length).toBe(100);
  expect(window.total(99_999)).toBe(200);
});
