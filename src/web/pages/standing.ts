import type { TargetView } from '../../collection/target-view.ts';
import { rowOf } from '../../kind-table.ts';
import type { Outlook } from '../../kinds/standing.ts';
import type { TargetKey } from '../../target-key.ts';
import { FAILURE_WORDS } from './failure-words.ts';
import { type Html, html } from './html.ts';
import { isolated } from './isolated-text.ts';
import { clockTime, timeAgo } from './times.ts';

/** The status of a target as ModelArts tells it, as a word in its colour; hollow where it is only what was known last. */
export function statusBadge(target: TargetView): Html {
  const { deleted, standing } = target;
  if (deleted) return html`<span class="badge deleted">deleted</span>`;
  if (standing === undefined) return html`<span class="badge other">status not known</span>`;
  const hollow = isLastKnown(target) ? ' last-known' : '';
  return html`<span class="badge ${standing.outlook}${hollow}">${isolated(standing.status, 50)}</span>`;
}

function isLastKnown({ deleted, up }: TargetView): boolean {
  return up === false && !deleted;
}

/** Since when and what else is to be known at once, such as `since 03:12 UTC (5 min ago) · 8 nodes`. */
export function standingWords(target: TargetView, now: number): Html | undefined {
  const { deleted, standing } = target;
  if (standing === undefined) return undefined;
  const { since, remarks, status } = standing;
  const parts: Html[] = isLastKnown(target) ? [html`when last read`] : [];
  if (deleted) parts.push(html`last seen ${isolated(status, 50)}`);
  else if (since !== undefined) parts.push(html`since ${clockTime(since, now)} (${timeAgo(since, now)})`);
  for (const remark of remarks) parts.push(isolated(remark, 100));
  return html`${parts.map((part, index) => (index === 0 ? part : html` · ${part}`))}`;
}

/** What it is, where, and whose, such as `Training job in prod of alice`. */
export function kindWords({ kind, project }: TargetKey, owner: string | undefined): Html {
  const whose = owner === undefined ? undefined : html` of ${ownerWords(owner)}`;
  return html`${rowOf(kind).noun} in ${project}${whose}`;
}

/** The id of a user is no name: where ModelArts tells nothing else, its beginning does, with the whole as a tooltip. */
function ownerWords(owner: string): Html {
  const [, beginning] = /^([0-9a-f]{8})[0-9a-f]{24}$/.exec(owner) ?? [];
  if (beginning === undefined) return isolated(owner, 60);
  return html`<bdi title="${owner}">user ${beginning}…</bdi>`;
}

/**
 * How reading it goes: a small second to what it is, unless it does not work.
 * @param withMessage of the failure; one that strikes a whole project would fill the list with its text
 */
export function readingWords(
  { deleted, up, lastSuccess, error }: TargetView,
  now: number,
  withMessage: boolean,
): Html {
  if (deleted) return html`<span class="quiet">ModelArts has it no more</span>`;
  const seen = lastSuccess === undefined ? html`never` : timeAgo(lastSuccess, now);
  if (up === undefined) return html`<span class="quiet">not read yet</span>`;
  if (up) return html`<span class="quiet">read ${seen}</span>`;
  const why = error === undefined ? undefined : html` ${FAILURE_WORDS[error.reason]}`;
  return html`<span class="error">Not readable${
    lastSuccess === undefined ? undefined : html` since ${clockTime(lastSuccess, now)}`
  } (last read ${seen}).${why}${withMessage ? html`: ${isolated(error?.message ?? '', 300)}` : undefined}</span>`;
}

export const OUTLOOK_WORDS: Readonly<Record<Outlook, string>> = {
  broken: 'broken',
  weakened: 'weakened',
  changing: 'changing',
  working: 'working',
  ended: 'ended',
  other: 'status not known',
};
