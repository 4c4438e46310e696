const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const YEAR = 365 * DAY;

/** Largest first. Years and weeks are written only when nothing remains: `90d` reads better than `12w6d`. */
const UNITS = [
  { unit: 'y', length: YEAR, exact: true },
  { unit: 'w', length: WEEK, exact: true },
  { unit: 'd', length: DAY, exact: false },
  { unit: 'h', length: HOUR, exact: false },
  { unit: 'm', length: MINUTE, exact: false },
  { unit: 's', length: SECOND, exact: false },
  { unit: 'ms', length: 1, exact: false },
] as const;

/** A Prometheus duration: units from the largest to the smallest, each at most once, or a bare 0. */
export const DURATION_PATTERN =
  /^(?:0|(?=\d)(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?)$/;

/** Milliseconds of a Prometheus duration such as `1h30m`; undefined where the text is none. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION_PATTERN.exec(text);
  if (!match) return undefined;
  const total = UNITS.reduce((sum, { length }, i) => sum + Number(match[i + 1] ?? 0) * length, 0);
  return Number.isSafeInteger(total) ? total : undefined;
}

/** The shortest usual form of whole milliseconds, as Prometheus prints it: `1h30m`, `90d`, `0s`. */
export function formatDuration(milliseconds: number): string {
  let rest = milliseconds;
  let text = '';
  for (const { unit, length, exact } of UNITS) {
    if (rest < length || (exact && rest % length !== 0)) continue;
    text += `${Math.floor(rest / length)}${unit}`;
    rest %= length;
  }
  return text === '' ? '0s' : text;
}
