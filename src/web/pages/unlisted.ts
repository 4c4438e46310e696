import type { FailingListing } from '../../collection/collector.ts';
import { rowOf } from '../../kind-table.ts';
import { FAILURE_WORDS } from './failure-words.ts';
import { type Html, html } from './html.ts';

/** The listings that fail: a status that one of them told is the last known one, and nothing new is found. */
export function unlisted(failing: readonly FailingListing[]): Html {
  const projects = [...new Set(failing.map(({ project }) => project))];
  return html`${projects.map((project) => {
    const listings = failing.filter((listing) => listing.project === project);
    const kinds = listings.map(({ kind }) => rowOf(kind).nouns.toLowerCase()).join(', ');
    const reasons = [...new Set(listings.map(({ reason }) => `${FAILURE_WORDS[reason]}.`))].join(' ');
    return html`<p class="error">Not listed in ${project}: ${kinds}. ${reasons} What is shown of them is what was known last.</p>
`;
  })}`;
}
