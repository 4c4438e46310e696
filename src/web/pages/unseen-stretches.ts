import { type Unseen, unseenSince } from '../../collection/unseen.ts';
import { FAILURE_WORDS } from './failure-words.ts';
import { type Html, html } from './html.ts';
import { beginning, shortTime, x } from './time-scale.ts';
import { clockTime, durationWords } from './times.ts';

/** Between two lines of the hatching. */
const STEP = 8;
/** More have no words of their own. */
const TOLD_MAX = 3;

/** The stretches in which nobody saw the target, hatched over what is known of before and after. */
export function unseenStretches(unseen: readonly Unseen[], now: number, top: number, height: number): Html {
  return html`${unseenSince(unseen, beginning(now), now).map(({ from, until = now, why }) => {
    const [left, right] = [x(from, now), x(until, now)];
    const width = Math.max(1, right - left);
    const lines = Math.floor(width / STEP);
    const words = `not seen from ${shortTime(from)} to ${shortTime(until)}: ${WHY[why]}`;
    return html`<g class="unseen"><title>${words}</title><rect x="${left}" y="${top}" width="${width.toFixed(1)}" height="${height}"/><path d="M${left} ${top + height}${`l${STEP}-${height}m0 ${height}`.repeat(lines)}"/></g>`;
  })}`;
}

/** The same in words, the newest first. */
export function unseenWords(unseen: readonly Unseen[], now: number): Html | undefined {
  const shown = unseenSince(unseen, beginning(now), now).toReversed();
  if (shown.length === 0) return undefined;
  const more = shown.length - TOLD_MAX;
  return html`<p class="unseen">${shown.slice(0, TOLD_MAX).map(({ from, until, why }) => {
    const lasted = durationWords(Math.round(((until ?? now) - from) / 1000));
    const when =
      until === undefined
        ? html`Not seen since ${clockTime(from, now)}`
        : html`Not seen from ${clockTime(from, now)} to ${clockTime(until, now)}`;
    return html`${when} (${lasted}): ${WHY[why]}. `;
  })}${more > 0 ? `${more} times more before.` : undefined}</p>
`;
}

const WHY: Readonly<Record<Unseen['why'], string>> = {
  ...FAILURE_WORDS,
  not_running: 'The exporter did not run',
};
