import { type Html, html } from './html.ts';

/**
 * Text from ModelArts or the configuration. It may be Arabic or Hebrew or hold marks that turn the direction of
 * writing, so it is isolated from the text around it. It is cut after `lengthMax` UTF-16 units.
 */
export function isolated(text: string, lengthMax: number): Html {
  if (text.length <= lengthMax) return html`<bdi>${text}</bdi>`;
  return html`<bdi>${text.slice(0, lengthMax).replace(/[\ud800-\udbff]$/, '')}…</bdi>`;
}
