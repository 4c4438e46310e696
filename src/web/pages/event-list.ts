import type { NoticeView } from '../../collection/notice-view.ts';
import { rowOf } from '../../kind-table.ts';
import { targetPath } from '../../target-key.ts';
import { type Html, html } from './html.ts';
import { isolated } from './isolated-text.ts';
import { timeAgo, utcTime } from './times.ts';

/** Events with their text, newest first. Texts are cut after `length`. */
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
  const { severity, kind, project, name, id, at } = notice;
  const classes = isolated(classesOf(notice), 200);
  return html`<li class="${severity}">
<p><span class="badge ${severity}">${severity}</span> ${
    withTarget
      ? html`<a href="${targetPath(notice)}">${isolated(name ?? id, 100)}</a> <span class="quiet">${rowOf(kind).noun} in ${project} · ${classes} · ${timeAgo(at, now)}</span>`
      : html`${utcTime(at)} (${timeAgo(at, now)}) <span class="quiet">${classes}</span>`
  }</p>
<p class="message">${isolated(notice.message, length)}</p>
</li>
`;
}

/** The API's own classes of an event, such as `error, task`. A count of one is left out. */
function classesOf({ fields: { count, ...classes } }: NoticeView): string {
  const words = Object.values(classes);
  return (typeof count === 'number' && count > 1 ? [...words, `${count} times`] : words).join(', ');
}
