import type { Course } from '../../collection/chronicle.ts';
import type { Moment } from '../../kinds/moment.ts';
import { counted } from '../../kinds/standing.ts';
import { type Html, html } from './html.ts';
import { AXIS, axis, beginning, HOUR, LANE, shortTime, WIDTH, x } from './time-scale.ts';
import { recoveriesOf, timelineMarks } from './timeline-marks.ts';
import { unseenStretches } from './unseen-stretches.ts';

const MINUTE = 60_000;
/** Lanes of many targets are about so much narrower than they are drawn. */
const SQUEEZED = 2.5;

/** What a timeline is drawn of. */
export type History = Course & { readonly moments: readonly Moment[] };

/** A lane of status in colours with a lane of marks and one of problems, of the last 24 hours. */
export function timeline(
  history: History,
  problemHours: readonly number[],
  now: number,
  label: string,
): Html {
  const height = 3 * LANE + AXIS;
  return html`<div class="wide" tabindex="0" role="region" aria-label="${label}"><svg class="timeline" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">
${statusLane(history, now)}${marksOf(history, now, LANE)}${problemLane(problemHours, now, 2 * LANE)}${axis(now, 3 * LANE)}</svg></div>
`;
}

/** Only the lane of status with its marks: one of many. */
export function thinTimeline(history: History, now: number, label: string): Html {
  return html`<svg class="timeline thin" viewBox="0 0 ${WIDTH} ${LANE}" preserveAspectRatio="none" role="img" aria-label="${label}">${statusLane(history, now)}${marksOf(history, now, 0, SQUEEZED)}</svg>`;
}

export function timeAxis(now: number): Html {
  return html`<svg class="timeline" viewBox="0 0 ${WIDTH} ${AXIS}" aria-hidden="true">${axis(now, 0)}</svg>`;
}

function statusLane({ standings, unseen }: History, now: number): Html {
  return html`<rect class="unknown" x="0" y="0" width="${WIDTH}" height="${LANE}"><title>status not known</title></rect>${standings.map(
    ({ at, status, outlook }, index) => {
      const until = standings[index + 1]?.at ?? now;
      if (until <= beginning(now)) return undefined;
      const width = Math.max(1, x(until, now) - x(at, now));
      return html`<rect class="${outlook}" x="${x(at, now)}" y="0" width="${width.toFixed(1)}" height="${LANE}"><title>${status} since ${shortTime(at)}</title></rect>`;
    },
  )}${unseenStretches(unseen, now, 0, LANE)}`;
}

function marksOf({ moments, standings }: History, now: number, top: number, stretch = 1): Html {
  // What a kind itself tells of, it tells better.
  const told = moments.filter(({ what }) => what === 'recovery');
  const found = recoveriesOf(standings).filter(
    ({ at }) => !told.some((recovery) => Math.abs(recovery.at - at) < MINUTE),
  );
  return timelineMarks([...moments, ...found], now, top, stretch);
}

function problemLane(hours: readonly number[], now: number, top: number): Html {
  const highest = Math.max(0, ...hours);
  const current = Math.floor(now / HOUR);
  return html`${hours.map((count, index) => {
    if (count === 0) return undefined;
    const begin = (current - hours.length + 1 + index) * HOUR;
    const [left, right] = [x(begin, now), x(begin + HOUR, now)];
    const height = Math.max(3, Math.round(((LANE - 2) * count) / highest));
    return html`<rect class="problems" x="${left}" y="${top + LANE - height}" width="${Math.max(2, right - left - 2).toFixed(1)}" height="${height}"><title>${counted(count, 'problem')} in the hour from ${shortTime(begin)}</title></rect>`;
  })}`;
}
