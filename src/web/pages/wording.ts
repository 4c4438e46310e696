import type { FailureReason } from '../../modelarts/errors.ts';
import { type Html, html } from './html.ts';

export const REASON_WORDS: Readonly<Record<FailureReason, string>> = {
  auth: 'The credentials were refused',
  forbidden: 'The credentials have no permission for it',
  not_found: 'ModelArts does not know it',
  throttled: 'ModelArts asked to slow down',
  timeout: 'The answer took too long',
  network: 'ModelArts could not be reached',
  server: 'ModelArts had a fault',
  malformed: 'The answer could not be read',
  other: 'The request failed',
};

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
] as const;

/** A length of time by its two largest units, such as `2 h 5 min`; under a minute to the millisecond. */
export function duration(seconds: number): string {
  for (const [index, [unit, name]] of UNITS.entries()) {
    if (seconds < unit) continue;
    const [small, smallName] = UNITS[index + 1] ?? [1, 's'];
    const rest = Math.floor((seconds % unit) / small);
    return `${Math.floor(seconds / unit)} ${name}${rest > 0 ? ` ${rest} ${smallName}` : ''}`;
  }
  return `${Number(seconds.toFixed(3))} s`;
}

/** How long ago, with the exact time behind it. Instants are epoch milliseconds. */
export function age(instant: number, now: number): Html {
  const seconds = Math.floor((now - instant) / 1000);
  const words =
    seconds < 0 ? `in ${duration(-seconds)}` : seconds === 0 ? 'just now' : `${duration(seconds)} ago`;
  const exact = new Date(instant).toISOString();
  return html`<time datetime="${exact}" title="${exact}">${words}</time>`;
}

/** An instant as it stands in a list. */
export function moment(instant: number): Html {
  const exact = new Date(instant).toISOString();
  return html`<time datetime="${exact}">${exact.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

/** Foreign text, kept apart from the direction of the text around it, and cut at `length` UTF-16 units. */
export function foreign(text: string, length: number): Html {
  if (text.length <= length) return html`<bdi>${text}</bdi>`;
  return html`<bdi>${text.slice(0, length).replace(/[\ud800-\udbff]$/, '')}…</bdi>`;
}
