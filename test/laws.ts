/** How many times as many cases as usual: for CI, and for a long run by hand. */
const TIMES = process.env['FUZZ_TIMES'] ?? '1';
const SEED = process.env['FUZZ_SEED'] ?? '0';

/**
 * The seed of all that tests draw: always the same, so that nothing fails now and then. `FUZZ_SEED` gives another.
 * Undefined where it is `random`.
 */
export function lawSeed(): number | undefined {
  if (SEED === 'random') return undefined;
  if (!/^\d+$/.test(SEED)) throw new Error(`FUZZ_SEED is neither a number nor "random": ${SEED}`);
  return Number(SEED);
}

/** How many cases a property is tried with. @param usual cases in an ordinary run of the tests */
export function runs(usual: number): { numRuns: number } {
  if (!/^[1-9]\d*$/.test(TIMES)) throw new Error(`FUZZ_TIMES is no number of times: ${TIMES}`);
  return { numRuns: usual * Number(TIMES) };
}

/** Seeds of stories that draw by themselves, for `test.each`. @param usual how many in an ordinary run of the tests */
export function seeds(usual: number): number[] {
  const first = lawSeed() ?? Math.floor(Math.random() * 1e9);
  return Array.from({ length: runs(usual).numRuns }, (_, index) => first + index);
}
