import type { TargetView } from '../../collection/target-view.ts';
import { targetPath } from '../../target-key.ts';
import { problemsOf } from '../incident.ts';
import { type Html, html } from './html.ts';
import { isolated } from './isolated-text.ts';
import { filterLink, type PageFilter, type Sort } from './page-filter.ts';
import { sparkline } from './sparkline.ts';
import { kindWords, readingWords, standingWords, statusBadge } from './standing.ts';

/** A page of targets; its headings sort the whole list. */
export function targetTable(targets: readonly TargetView[], filter: PageFilter, now: number): Html {
  const heading = (words: string, sort: Sort) =>
    sort === filter.sort
      ? html`<th scope="col" aria-sort="other">${words}</th>`
      : html`<th scope="col"><a href="${filterLink('/', { ...filter, sort, page: 1 })}">${words}</a></th>`;
  return html`<table class="targets">
<thead><tr>${heading('Target', 'name')}${heading('Status', 'status')}${heading('Problems in 24 h', 'problems')}</tr></thead>
<tbody>
${targets.map((target) => row(target, now))}</tbody>
</table>
<p class="quiet">Sorted by ${filter.sort === 'trouble' ? 'trouble, the worst first' : filter.sort}.${(
    ['trouble', 'since'] as const
  )
    .filter((sort) => sort !== filter.sort)
    .map(
      (sort) =>
        html` <a href="${filterLink('/', { ...filter, sort, page: 1 })}">${sort === 'since' ? 'Newest change first' : 'Worst first'}</a>`,
    )}</p>
`;
}

function row(target: TargetView, now: number): Html {
  const { id, name } = target;
  const problems = problemsOf(target);
  return html`<tr>
<th scope="row"><a href="${targetPath(target)}" title="${id.slice(0, 100)}">${isolated(name ?? id, 100)}</a> <span class="quiet">${kindWords(target, target.standing?.owner)}</span></th>
<td>${statusBadge(target)} <span class="since">${standingWords(target, now)}</span> <span class="reading">${readingWords(target, now, false)}</span></td>
${problems === 0 ? html`<td class="none">none</td>` : html`<td>${sparkline(target.problemHours, 'Problems by the hour, the last 24 hours')} <span class="count">${problems}<span class="narrow"> in 24 h</span></span></td>`}
</tr>
`;
}
