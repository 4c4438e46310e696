import { expect, test } from 'vitest';
import { scrapeDeadline } from '../../src/web/scrape-deadline.ts';

test.each([
  [undefined, 10_000],
  ['', 10_000],
  ['junk', 10_000],
  ['0', 10_000],
  ['-5', 10_000],
  ['NaN', 10_000],
  ['Infinity', 10_000],
  ['10', 9_500],
  ['2.5', 2_000],
  ['0.2', 0],
  ['1e99', 599_500],
])('a timeout of %j leaves %d ms', (header, expected) => {
  expect(scrapeDeadline(header, 500)).toBe(expected);
});
