import { HOURS_SHOWN } from '../../collection/chronicle.ts';
import { type Html, html } from './html.ts';

export const HOUR = 3_600_000;
/** Of what the drawings of the last day are made, in units of their own. */
export const WIDTH = 960;
export const LANE = 18;
export const AXIS = 18;

/** The first instant that is shown. Unix milliseconds, as all instants. */
export function beginning(now: number): number {
  return now - HOURS_SHOWN * HOUR;
}

/** Where an instant lies, from the left. */
export function x(at: number, now: number): number {
  const share = (at - beginning(now)) / (HOURS_SHOWN * HOUR);
  return Number((WIDTH * Math.min(1, Math.max(0, share))).toFixed(1));
}

/** A line and its hour every three hours. */
export function axis(now: number, top: number): Html {
  const first = Math.ceil(beginning(now) / (3 * HOUR)) * 3 * HOUR;
  const hours = Array.from({ length: 8 }, (_, index) => first + index * 3 * HOUR).filter((at) => at <= now);
  return html`<line class="axis" x1="0" y1="${top}" x2="${WIDTH}" y2="${top}"/>${hours.map(
    (at) =>
      html`<line class="axis" x1="${x(at, now)}" y1="0" x2="${x(at, now)}" y2="${top + 4}"/><text x="${Math.min(WIDTH - 40, x(at, now) + 3)}" y="${top + 14}">${shortTime(at)}</text>`,
  )}`;
}

/** Such as `03:12`, in UTC. */
export function shortTime(instant: number): string {
  return new Date(instant).toISOString().slice(11, 16);
}
