import { expect, test } from 'vitest';
import {
  abnormalTimeFrom,
  readUpTo,
  settled,
  withListedTurn,
  withToldTurn,
} from '../../../src/kinds/pool/abnormal-time.ts';

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
