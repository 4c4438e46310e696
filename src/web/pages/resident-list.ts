import type { TargetView } from '../../collection/target-view.ts';
import { targetPath } from '../../target-key.ts';
import { type Html, html } from './html.ts';
import { isolated } from './isolated-text.ts';
import { kindWords, standingWords, statusBadge } from './standing.ts';

const SHOWN = 50;

/** The targets that run on a resource pool. @param targets in the order in which they are shown */
export function residentList(targets: readonly TargetView[], now: number): Html {
  const more = targets.length - SHOWN;
  return html`<section aria-labelledby="residents-title"><h2 id="residents-title">What runs on it</h2>
<ul class="residents">
${targets.slice(0, SHOWN).map(
  (
    target,
  ) => html`<li>${statusBadge(target)} <a href="${targetPath(target)}">${isolated(target.name ?? target.id, 100)}</a> <span class="quiet">${kindWords(target, target.standing?.owner)} · ${standingWords(target, now)}</span></li>
`,
)}</ul>${more > 0 ? html`<p class="quiet">And ${more} more.</p>` : undefined}</section>
`;
}
