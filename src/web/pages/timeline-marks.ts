import type { Course } from '../../collection/chronicle.ts';
import type { Moment } from '../../kinds/moment.ts';
import { type Html, html } from './html.ts';
import { beginning, shortTime, x } from './time-scale.ts';
import { durationWords } from './times.ts';

const SHAPES: Readonly<Record<Moment['what'], string>> = {
  deployment: 'm0 3l6 11h-12z',
  restart: 'm0 2l6 6.5-6 6.5-6-6.5z',
  begin: 'm-4 3l9 6-9 6z',
  end: 'm-5 4h10v10h-10z',
  fault: 'm-6 4h12l-6 11z',
  recovery: 'm-6 9a6 6 0 1 0 12 0a6 6 0 1 0-12 0z',
};

/** The shapes, as the legend below a timeline explains them. */
export const MARKS_LEGEND = '▲ deployment · ▼ fault · ● recovery · ◆ restart · ▶ start · ■ end';

/**
 * A shape for each moment of the last day, with its words.
 * @param stretch how many times as wide, in a drawing that is squeezed so much
 */
export function timelineMarks(moments: readonly Moment[], now: number, top: number, stretch = 1): Html {
  const lately = moments.filter(({ at }) => at > beginning(now) && at <= now);
  return html`${lately.map(
    ({ at, what, words, news }) =>
      html`<path class="mark ${news}" transform="translate(${x(at, now)} ${top}) scale(${stretch} 1)" d="M0 0${SHAPES[what]}"><title>${words} at ${shortTime(at)}</title></path>`,
  )}`;
}

/** When a target worked again that was broken or weakened, whatever it changed through meanwhile. */
export function recoveriesOf(standings: Course['standings']): Moment[] {
  const found: Moment[] = [];
  let brokenSince: number | undefined;
  for (const { at, status, outlook } of standings) {
    if (outlook === 'broken' || outlook === 'weakened') brokenSince ??= at;
    else if (outlook !== 'changing') {
      if (brokenSince !== undefined && outlook === 'working') {
        const words = `${status} again, after ${durationWords(Math.round((at - brokenSince) / 1000))}`;
        found.push({ at, what: 'recovery', words, news: 'good' });
      }
      brokenSince = undefined;
    }
  }
  return found;
}
