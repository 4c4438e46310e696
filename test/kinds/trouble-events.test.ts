import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beganWith, explanationOf, type TroubleEvents, withTrouble } from '../../src/kinds/trouble-events.ts';

const DAY = Date.UTC(2026, 0, 10);

function timeOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return DAY + hours * 3_600_000 + minutes * 60_000;
}

function toldAt(...instants: readonly string[]): TroubleEvents | undefined {
  return instants.reduce<TroubleEvents | undefined>(
    (before, instant) => withTrouble(before, { at: timeOf(instant), message: `of ${instant}` }),
    undefined,
  );
}

test.each([
  { events: [], since: undefined },
  { events: ['07:30'], since: undefined },
  { events: ['08:10', '08:58'], since: '08:58', newest: '08:58', count: 1 },
  { events: ['08:58', '10:00'], since: '08:58', newest: '10:00', count: 2 },
  { events: ['08:10', '09:01'], since: '09:01', newest: '09:01', count: 1 },
  { events: ['10:00'], since: '09:00', newest: '10:00', count: 1 },
  { events: ['07:30', '10:00'], since: '09:00', newest: '10:00', count: 1 },
])('of a state that began at 09:00, events at $events explain since $since', (expected) => {
  const { events, since, newest = '', count } = expected;
  const explained = explanationOf(toldAt(...events), timeOf('09:00'));
  const told = since && { since: timeOf(since), at: timeOf(newest), message: `of ${newest}`, events: count };
  expect(explained).toEqual(told);
});

test('the order in which events are read changes nothing', () => {
  const events = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(events, fc.infiniteStream(fc.nat()), (minutes, keys) => {
      const told = minutes.map((minute) => ({ at: DAY + minute * 60_000, message: `of ${minute}` }));
      const shuffled = told
        .map((event) => ({ event, key: keys.next().value }))
        .sort((a, b) => a.key - b.key)
        .map(({ event }) => event);
      const all = (list: typeof told) => list.reduce<TroubleEvents | undefined>(withTrouble, undefined);
      expect(all(shuffled)).toEqual(all(told));
    }),
  );
});

test('what is remembered is bounded, and a state of which only the newest is known is explained by that', () => {
  const events = withTrouble(undefined, { at: DAY, message: 'again', count: 1e9 });
  expect(events.instants).toHaveLength(50);
  const old = { at: timeOf('08:58'), message: 'told' };
  expect(explanationOf(old, timeOf('09:00'))).toEqual({ ...old, since: old.at, events: 1 });
});

test('a state of which nobody knows when it began lasts since the last event before it was seen', () => {
  expect(beganWith(toldAt('05:00', '07:00', '09:30'), timeOf('09:00'))).toBe(timeOf('07:00'));
  expect(beganWith(toldAt('09:30'), timeOf('09:00'))).toBeUndefined();
});
