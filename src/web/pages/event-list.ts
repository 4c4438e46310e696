import type { NoticeView } from '../../collection/view.ts';
import { targetPath } from '../target-path.ts';
import { type Html, html } from './html.ts';
import { age, foreign, KIND_WORDS, moment } from './wording.ts';

export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type EventSeverity = (typeof SEVERITIES)[number];

/** How bad an event is, by the API's own classes. */
export function severityOf({ problem, fields }: NoticeView): EventSeverity {
  if (!problem) return 'info';
  return fields['level'] === 'error' || fields['result'] === 'fail' ? 'critical' : 'warning';
}

/** Events with their text, newest first. `length` cuts the text. */
export function eventList(
  notices: readonly NoticeView[],
  now: number,
  options: { readonly withTarget: boolean; readonly length: number },
): Html {
  if (notices.length === 0) return html`<p class="empty">No events.</p>`;
  return html`<ol class="events">
${notices.map((notice) => eventItem(notice, now, options))}</ol>`;
}

function eventItem(
  notice: NoticeView,
  now: number,
  { withTarget, length }: { withTarget: boolean; length: number },
): Html {
  const severity = severityOf(notice);
  const classes = Object.entries(notice.fields).map(([name, value]) => `${name} ${value}`);
  return html`<li class="${severity}">
<p class="about"><span class="badge ${severity}">${severity}</span> ${moment(notice.at)} (${age(notice.at, now)})${
    withTarget
      ? html` · <a href="${targetPath(notice)}">${foreign(notice.name ?? notice.id, 100)}</a> <span class="quiet">${KIND_WORDS[notice.kind].one} in ${notice.project}</span>`
      : undefined
  } <span class="quiet">${foreign(classes.join(', '), 200)}</span></p>
<p class="message">${foreign(notice.message, length)}</p>
</li>
`;
}
