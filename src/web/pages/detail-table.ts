import type { DetailCell, DetailTable } from '../../kinds/detail.ts';
import { type Html, html } from './html.ts';
import { isolated } from './isolated-text.ts';
import { durationWords, timeAgo, utcTime } from './times.ts';

/** What a kind knows of a target, with a bar for each amount. */
export function detailTable({ columns, rows }: DetailTable, now: number): Html {
  const amounts = rows.flat().map((cell) => ('amount' in cell ? (cell.amount ?? 0) : 0));
  const longest = Math.max(...amounts) || 1;
  const hasBars = rows.some((row) => row.some((cell) => 'amount' in cell));
  return html`<table${hasBars ? html` class="bars"` : undefined}>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (row) => html`<tr>${row.map((cell) => drawnCell(cell, longest, now))}</tr>
`,
)}</tbody>
</table>
`;
}

const BADGES = { good: 'working', bad: 'critical', none: 'other' } as const;

/** A text is the heading of its row. An amount is a bar with the number beside it; the longest has the full width. */
function drawnCell(cell: DetailCell, longest: number, now: number): Html {
  if ('text' in cell) return html`<th scope="row">${isolated(cell.text, 100)}</th>`;
  if ('note' in cell) return html`<td>${isolated(cell.note, 300)}</td>`;
  if ('instant' in cell) return html`<td>${utcTime(cell.instant)} (${timeAgo(cell.instant, now)})</td>`;
  if ('verdict' in cell)
    return html`<td><span class="badge ${BADGES[cell.news]}">${isolated(cell.verdict, 100)}</span></td>`;
  const width = ((100 * (cell.amount ?? 0)) / longest).toFixed(2);
  return html`<td><svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="4"/></svg> <span>${amountWords(cell)}</span></td>`;
}

function amountWords({ amount, unit }: Extract<DetailCell, { unit: string }>): string {
  if (amount === undefined) return 'not known';
  return unit === 'seconds' ? durationWords(amount) : String(amount);
}
