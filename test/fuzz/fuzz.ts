import { test } from 'vitest';

/** Cases of every property instead of its own number, for a long run by hand. */
const RUNS = process.env['FUZZ_RUNS'];

/** How many cases a property is tried with. @param standard cases in an ordinary run of the tests */
export function runs(standard: number): { numRuns: number } {
  if (RUNS === undefined) return { numRuns: standard };
  if (!/^[1-9]\d*$/.test(RUNS)) throw new Error(`FUZZ_RUNS is no number of cases: ${RUNS}`);
  return { numRuns: Number(RUNS) };
}

/** A test that may take as long as it likes in a long run. */
export function fuzzTest(name: string, body: () => void | Promise<void>): void {
  test(name, RUNS === undefined ? {} : { timeout: 0 }, body);
}
