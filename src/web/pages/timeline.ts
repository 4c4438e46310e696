import type { Course } from '../../collection/chronicle.ts';
import type { Moment } from '../../kinds/moment.ts';
import { type Html, html } from './html.ts';

const HOUR = 3_600_000;
const HOURS = 24;
const WIDTH = 960;
const LANE = 18;
const AXIS = 18;

/** What a timeline is drawn of. */
export type History = Course & { readonly moments: readonly Moment[] };

/** A lane of status in colours, with marks for deployments, starts and ends, of the last 24 hours. */
export function timeline(
  { standings, moments, restarts }: History,
  problemHours: readonly number[],
  now: number,
  label: string,
): Html {
  const height = 2 * LANE + LANE + AXIS;
  return html`<svg class="timeline" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">
${statusLane(standings, now, 0, LANE)}${marks([...moments, ...restarted(restarts)], now, LANE)}${problemLane(problemHours, now, 2 * LANE)}${axis(now, 3 * LANE)}</svg>
`;
}

/** Only the lane of status with its marks: one of many. */
export function thinTimeline({ standings, moments, restarts }: History, now: number, label: string): Html {
  return html`<svg class="timeline thin" viewBox="0 0 ${WIDTH} ${LANE}" preserveAspectRatio="none" role="img" aria-label="${label}">${statusLane(standings, now, 0, LANE)}${marks([...moments, ...restarted(restarts)], now, 0)}</svg>`;
}

export function timeAxis(now: number): Html {
  return html`<svg class="timeline" viewBox="0 0 ${WIDTH} ${AXIS}" aria-hidden="true">${axis(now, 0)}</svg>`;
}

/** The nodes of a pool over the same hours, one step line for each state that ever had any. */
export function nodesChart({ nodes }: Pick<Course, 'nodes'>, now: number): Html | undefined {
  const lately = nodes.filter(
    ({ at }, index) => at > now - HOURS * HOUR || (nodes[index + 1]?.at ?? now) > now - HOURS * HOUR,
  );
  const [first] = lately;
  if (first === undefined) return undefined;
  const states = Object.keys(first.nodes);
  const highest = Math.max(1, ...lately.flatMap((each) => Object.values(each.nodes)));
  const tall = 5 * LANE;
  const y = (count: number) => (tall - 4 - ((tall - 8) * count) / highest).toFixed(1);
  const path = (state: string) =>
    `${lately
      .map(({ at, nodes: counts }, index) => {
        const height = y(counts[state] ?? 0);
        return index === 0 ? `M${x(at, now)} ${height}` : `H${x(at, now)}V${height}`;
      })
      .join('')}H${WIDTH}`;
  const shown = states.filter((state) => lately.some((each) => (each.nodes[state] ?? 0) > 0));
  const last = lately.at(-1)?.nodes ?? {};
  return html`<p class="legend">${shown.map((state) => html`<span class="line ${state}">${last[state] ?? 0} ${state}</span> `)}<span class="quiet">of at most ${highest}</span></p>
<svg class="timeline nodes" viewBox="0 0 ${WIDTH} ${tall + AXIS}" role="img" aria-label="Nodes by state, the last 24 hours">
${shown.map((state) => html`<path class="${state}" d="${path(state)}"/>`)}${axis(now, tall)}</svg>
`;
}

function x(at: number, now: number): string {
  const share = (at - (now - HOURS * HOUR)) / (HOURS * HOUR);
  return (WIDTH * Math.min(1, Math.max(0, share))).toFixed(1);
}

function statusLane(standings: Course['standings'], now: number, top: number, height: number): Html {
  return html`<rect class="unknown" x="0" y="${top}" width="${WIDTH}" height="${height}"/>${standings.map(
    ({ at, status, outlook }, index) => {
      const until = standings[index + 1]?.at ?? now;
      const width = Math.max(1, Number(x(until, now)) - Number(x(at, now)));
      if (until <= now - HOURS * HOUR) return undefined;
      return html`<rect class="${outlook}" x="${x(at, now)}" y="${top}" width="${width.toFixed(1)}" height="${height}"><title>${status} since ${shortTime(at)}</title></rect>`;
    },
  )}`;
}

function restarted(restarts: readonly number[]): Moment[] {
  return restarts.map((at) => ({ at, what: 'restart', words: 'started again', news: 'none' }));
}

const SHAPES: Readonly<Record<Moment['what'], string>> = {
  deployment: 'm0 3l6 11h-12z',
  restart: 'm0 2l6 6.5-6 6.5-6-6.5z',
  begin: 'm-4 3l9 6-9 6z',
  end: 'm-5 4h10v10h-10z',
};

function marks(moments: readonly Moment[], now: number, top: number): Html {
  const lately = moments.filter(({ at }) => at > now - HOURS * HOUR && at <= now);
  return html`${lately.map(
    ({ at, what, words, news }) =>
      html`<path class="mark ${news}" d="M${x(at, now)} ${top}${SHAPES[what]}"><title>${words} at ${shortTime(at)}</title></path>`,
  )}`;
}

function problemLane(hours: readonly number[], now: number, top: number): Html {
  const highest = Math.max(0, ...hours);
  const current = Math.floor(now / HOUR);
  return html`${hours.map((count, index) => {
    if (count === 0) return undefined;
    const begin = (current - hours.length + 1 + index) * HOUR;
    const [left, right] = [Number(x(begin, now)), Number(x(begin + HOUR, now))];
    const height = Math.max(3, Math.round(((LANE - 2) * count) / highest));
    return html`<rect class="problems" x="${left}" y="${top + LANE - height}" width="${Math.max(2, right - left - 2).toFixed(1)}" height="${height}"><title>${count} problems in the hour from ${shortTime(begin)}</title></rect>`;
  })}`;
}

/** A line and its hour every three hours. */
function axis(now: number, top: number): Html {
  const first = Math.ceil((now - HOURS * HOUR) / (3 * HOUR)) * 3 * HOUR;
  const hours = Array.from({ length: 8 }, (_, index) => first + index * 3 * HOUR).filter((at) => at <= now);
  return html`<line class="axis" x1="0" y1="${top}" x2="${WIDTH}" y2="${top}"/>${hours.map(
    (at) =>
      html`<line class="axis" x1="${x(at, now)}" y1="0" x2="${x(at, now)}" y2="${top + 4}"/><text x="${Math.min(WIDTH - 32, Number(x(at, now)) + 3)}" y="${top + 14}">${shortTime(at)}</text>`,
  )}`;
}

function shortTime(instant: number): string {
  return new Date(instant).toISOString().slice(11, 16);
}
