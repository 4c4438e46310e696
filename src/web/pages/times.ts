import { type Html, html } from './html.ts';

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
] as const;

/** A length of time in its two largest units, such as `2 h 5 min`, or below a minute in seconds to the millisecond. */
export function durationWords(seconds: number): string {
  for (const [index, [unit, name]] of UNITS.entries()) {
    if (seconds < unit) continue;
    const [small, smallName] = UNITS[index + 1] ?? [1, 's'];
    const rest = Math.floor((seconds % unit) / small);
    return `${Math.floor(seconds / unit)} ${name}${rest > 0 ? ` ${rest} ${smallName}` : ''}`;
  }
  return `${Number(seconds.toFixed(3))} s`;
}

/** How long ago, with the exact time as its tooltip. Instants are Unix milliseconds. */
export function timeAgo(instant: number, now: number): Html {
  const seconds = Math.floor((now - instant) / 1000);
  const words =
    seconds < 0
      ? `in ${durationWords(-seconds)}`
      : seconds === 0
        ? 'just now'
        : `${durationWords(seconds)} ago`;
  const exact = new Date(instant).toISOString();
  return html`<time datetime="${exact}" title="${exact}">${words}</time>`;
}

/** An instant, such as `2026-01-31 08:15:00 UTC`. */
export function utcTime(instant: number): Html {
  const exact = new Date(instant).toISOString();
  return html`<time datetime="${exact}">${exact.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

/** An instant as people at work say it, such as `03:12 UTC`, with the date where that was not today or yesterday. */
export function clockTime(instant: number, now: number): Html {
  const exact = new Date(instant).toISOString();
  const isLately = Math.abs(now - instant) < 20 * 3_600_000;
  const words = isLately ? `${exact.slice(11, 16)} UTC` : `${exact.slice(0, 10)} ${exact.slice(11, 16)} UTC`;
  return html`<time datetime="${exact}" title="${exact}">${words}</time>`;
}
