import type { TargetView } from '../../collection/target-view.ts';
import { nounsOf } from '../../kind-table.ts';
import { KINDS } from '../../kinds/kinds.ts';
import { targetPath } from '../../target-key.ts';
import { FAILURE_WORDS } from './failure-words.ts';
import { type Html, html } from './html.ts';
import { isolated } from './isolated-text.ts';
import { timeAgo } from './times.ts';

export const STATES = ['down', 'unknown', 'up', 'deleted'] as const;
export type State = (typeof STATES)[number];

export const STATE_WORDS: Readonly<Record<State, string>> = {
  down: 'down',
  unknown: 'not read yet',
  up: 'up',
  deleted: 'deleted',
};

export function stateOf({ deleted, up }: TargetView): State {
  if (deleted) return 'deleted';
  return up === undefined ? 'unknown' : up ? 'up' : 'down';
}

export function stateBadge(target: TargetView): Html {
  const state = stateOf(target);
  return html`<span class="badge ${state}">${STATE_WORDS[state]}</span>`;
}

export function errorWords({ error }: TargetView): Html | undefined {
  if (error === undefined) return undefined;
  return html`<span class="error">${FAILURE_WORDS[error.reason]}: ${isolated(error.message, 300)}</span>`;
}

/** How many recent events are problems, such as `2 abnormal`. */
export function problemCounts({ kind, recent }: TargetView): string {
  const { goodNews } = KINDS[kind].events;
  const counts = Object.entries(recent).filter(([name, count]) => count > 0 && name !== goodNews);
  return counts.length === 0 ? 'none' : counts.map(([name, count]) => `${count} ${name}`).join(', ');
}

/** Targets of one project and kind. */
export function targetTable(caption: string, targets: readonly TargetView[], now: number): Html {
  return html`<table>
<caption>${caption}</caption>
<thead><tr><th scope="col">Target</th><th scope="col">State</th><th scope="col">Last read</th><th scope="col">Recent problems</th></tr></thead>
<tbody>
${targets.map((target) => row(target, now))}</tbody>
</table>
`;
}

function row(target: TargetView, now: number): Html {
  const { id, name, lastSuccess } = target;
  const error = errorWords(target);
  return html`<tr>
<th scope="row"><a href="${targetPath(target)}">${isolated(name ?? id, 100)}</a>${
    name === undefined ? undefined : html` <span class="id">${isolated(id, 100)}</span>`
  }</th>
<td>${stateBadge(target)}</td>
<td>${lastSuccess === undefined ? 'never' : timeAgo(lastSuccess, now)}</td>
<td>${problemCounts(target)}</td>
</tr>
${
  error === undefined
    ? undefined
    : html`<tr class="why"><td colspan="4">${error}</td></tr>
`
}`;
}

export function groupCaption({ project, kind }: TargetView): string {
  return `${nounsOf(kind).many} in ${project}`;
}
