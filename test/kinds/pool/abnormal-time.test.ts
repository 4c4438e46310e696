import { expect, test } from 'vitest';
import {
  abnormalTimeFrom,
  readUpTo,
  settled,
  withListedTurn,
  withToldTurn,
} from '../../../src/kinds/pool/abnormal-time.ts';
import { pool } from '../../../src/kinds/pool/pool.ts';

const SECOND = 1_000;
const good = (second: number) => ({ verdict: 'good' as const, at: second * SECOND });
const bad = (second: number) => ({ verdict: 'bad' as const, at: second * SECOND });
const START = abnormalTimeFrom(good(0));

test('an event tells since when, though the listing showed it first', () => {
  const time = withToldTurn(readUpTo(withListedTurn(START, bad(30)), 40 * SECOND), bad(5));
  expect(settled(time)).toMatchObject({ bad: 35 * SECOND, at: 40 * SECOND, listed: [], told: [] });
});

test('without an event the listing tells since when', () => {
  const time = readUpTo(withListedTurn(START, bad(30)), 40 * SECOND);
  expect(settled(time).bad).toBe(10 * SECOND);
});

test('nothing counts that a read may yet tell to have been otherwise', () => {
  const time = withListedTurn(readUpTo(withListedTurn(START, bad(30)), 40 * SECOND), good(70));
  expect(settled(time).bad).toBe(10 * SECOND);
  expect(settled(withToldTurn(readUpTo(time, 80 * SECOND), good(45))).bad).toBe(15 * SECOND);
});

test('an event of the same second, or one that came amid the listing, is the same change', () => {
  const listed = { verdict: 'bad' as const, at: 30_400 };
  const told = (second: number) => withToldTurn(readUpTo(withListedTurn(START, listed), 40_000), bad(second));
  expect(settled(told(30)).bad).toBe(10 * SECOND);
  expect(settled(told(33)).bad).toBe(7 * SECOND);
});

test('where events are not read for a quarter of an hour, the listing has to do', () => {
  const time = [bad(300), bad(600), bad(900), bad(901), good(1_500), good(1_900)].reduce(
    withListedTurn,
    START,
  );
  expect(settled(time).bad).toBe(1_200 * SECOND);
});

test('nothing that was shown is taken back by a late event of a read that was cut off', () => {
  const now = Date.parse('2024-05-06T07:00:00Z');
  const at = (second: number) => now + second * SECOND;
  const state = pool.initialState();
  pool.listing.fold(state, { status: 'running' }, at(0));
  const read = (second: number, isComplete: boolean, from: string, to: string, when: number) => {
    if (isComplete) state.completeAt = at(second);
    const message = `Pool status changed, from ${from} to ${to}.`;
    const event = { type: 'warning', reason: 'PoolStatusChange', message } as const;
    const context = { first: false, countingSince: 0, now: at(second), limits: {} as never };
    pool.events.fold(state, [{ event, at: at(when), count: 1 }], context);
    let shown = Number.NaN;
    pool.showing.samples(state, ({ name }, _labels, value) => {
      if (name === 'modelarts_pool_abnormal_seconds_total') shown = value;
    });
    return shown;
  };
  expect(read(110, true, 'Running', 'Abnormal', 85)).toBe(25);
  expect(read(140, false, 'Abnormal', 'Running', 90)).toBe(25);
  expect(read(170, true, 'Running', 'Abnormal', 160)).toBe(35);
});
