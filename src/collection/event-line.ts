import { rowOf } from '../kind-table.ts';
import { isProblem } from '../kinds/event.ts';
import type { NoticeView } from './notice-view.ts';

/** A line of the event log, without its end. */
export function eventLine(notice: NoticeView): string {
  const { labels } = rowOf(notice.kind);
  const line = {
    time: new Date(notice.at).toISOString(),
    project: notice.project,
    region: notice.region,
    kind: notice.kind,
    [labels.id]: notice.id,
    [labels.name]: notice.name,
    ...notice.fields,
    message: notice.message,
    problem: isProblem(notice),
  };
  // Lone surrogates, which no UTF-8 can hold, would make lines that some readers refuse.
  return JSON.stringify(line, (_, value) => (typeof value === 'string' ? value.toWellFormed() : value));
}
