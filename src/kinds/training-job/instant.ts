import { millisecondsTime, rfc3339Time, wholeNumber } from '../decode.ts';

/** Numbers below it are seconds: as milliseconds they would lie in 1973. */
const MILLISECONDS_MIN = 1e11;

/**
 * An instant of a training job in Unix milliseconds. The documents give instants in milliseconds, seconds or RFC 3339,
 * and 0 where there is none yet.
 */
export function instantOf(value: unknown, now: number): number | undefined {
  const number = wholeNumber(value);
  if (number === undefined) return rfc3339Time(value, now);
  if (number === 0) return undefined;
  return millisecondsTime(number < MILLISECONDS_MIN ? number * 1000 : number, now);
}
