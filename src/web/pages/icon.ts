import { html } from './html.ts';

const BARS = html`<path d="M3 12V8h2v4zm4 0V4h2v8zm4 0V6h2v6z" fill="#fff"/>`;

/** The icon of the pages: blue while all is well, red with the number of alerts while some fire, grey while nobody knows. */
export function icon(firing: number | 'unknown'): string {
  const number = firing === 'unknown' ? '?' : firing > 99 ? '99' : String(firing);
  const colour = firing === 0 ? '#0b57b7' : firing === 'unknown' ? '#4b5563' : '#9b1c1c';
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="${colour}"/>${
    firing === 0
      ? BARS
      : html`<text x="8" y="12" font-family="sans-serif" font-size="${number.length > 1 ? 10 : 12}" font-weight="bold" text-anchor="middle" fill="#fff">${number}</text>`
  }</svg>
`.html;
}
