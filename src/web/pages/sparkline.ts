import { type Html, html } from './html.ts';

const HEIGHT = 16;
const STEP = 3;

/** Problems by the hour as small bars, the last hour at the right. @param label what a reader hears instead */
export function sparkline(hours: readonly number[], label: string): Html | undefined {
  const highest = Math.max(0, ...hours);
  if (highest === 0) return undefined;
  const width = hours.length * STEP;
  return html`<svg class="spark" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" role="img" aria-label="${label}">${hours.map(
    (count, index) => {
      if (count === 0) return undefined;
      const height = Math.max(2, Math.round((HEIGHT * count) / highest));
      return html`<rect x="${index * STEP}" y="${HEIGHT - height}" width="${STEP - 1}" height="${height}"/>`;
    },
  )}</svg>`;
}
