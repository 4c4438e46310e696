import { finiteNumber, millisecondsTime, rfc3339Time } from '../decode.ts';

/** Smaller numbers are seconds: as milliseconds they would lie before 1973. */
const MILLISECONDS_MIN = 1e11;
const CHINA = 8 * 3_600_000;
const WITHOUT_ZONE = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)$/;

/**
 * An instant in any form that the documents of the new generation leave open, in Unix milliseconds: a number of
 * milliseconds or seconds, also as text; RFC 3339; or a date and time without a zone. That is UTC, or where it would
 * then lie ahead, as it does for what has just happened in China, China's time.
 */
export function instantOf(value: unknown, now: number): number | undefined {
  const number =
    typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : finiteNumber(value);
  if (number !== undefined) {
    return millisecondsTime(Math.round(number < MILLISECONDS_MIN ? number * 1000 : number), now);
  }
  const [, date, time] = (typeof value === 'string' && WITHOUT_ZONE.exec(value)) || [];
  if (date === undefined) return rfc3339Time(value, now);
  const utc = `${date}T${time}Z`;
  const ahead = Date.parse(utc) - CHINA;
  return rfc3339Time(utc, now) ?? (Number.isNaN(ahead) ? undefined : millisecondsTime(ahead, now));
}
