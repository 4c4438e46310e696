import type { Alert } from '../../alerting/alert.ts';
import type { TargetView } from '../../collection/target-view.ts';
import { nounsOf } from '../../kind-table.ts';
import type { DetailCell, DetailTable } from '../../kinds/detail.ts';
import type { Backend } from '../backend.ts';
import { alertTable, targetOf } from './alert-table.ts';
import { eventList } from './event-list.ts';
import { factList } from './fact-list.ts';
import { type Html, html } from './html.ts';
import { isolated } from './isolated-text.ts';
import { page } from './layout.ts';
import { errorWords, problemCounts, stateBadge } from './target-table.ts';
import { durationWords, timeAgo, utcTime } from './times.ts';

const EVENTS_SHOWN = 100;
/** A longer text of an event is cut. The JSON API has the whole text. */
const TEXT_SHOWN = 2_000;
const ALERTS_SHOWN = 50;

/** The page of one target. */
export function targetPage(backend: Backend, target: TargetView): string {
  const { project, kind, id, name } = target;
  const now = backend.clock();
  const alerts = backend.alerts().filter((alert) => concerns(alert, target));
  const detail = backend.detail(target);
  const query = new URLSearchParams({ project, kind, target: id });
  return page(
    `${name ?? id} – modelarts-exporter`,
    html`<p><a href="/">All targets</a></p>
<h1>${isolated(name ?? id, 200)}</h1>
<section id="facts" data-live aria-label="Summary">${facts(target, detail?.status, now)}</section>
<section id="alerts" data-live aria-labelledby="alerts-title"><h2 id="alerts-title">Alerts</h2>
${alertTable(alerts, now, ALERTS_SHOWN)}</section>
<div id="detail" class="columns" data-live>${detail?.tables.map((table) => section(table, now))}</div>
<section id="events" data-live aria-labelledby="events-title"><h2 id="events-title">Events</h2>
${eventList(backend.notices({ project, kind, id }, EVENTS_SHOWN), now, { withTarget: false, length: TEXT_SHOWN })}</section>
<p><a href="/probe?${String(query)}">Metrics of this target</a> · <a href="/api/v1/events?${String(query)}">Events (JSON)</a></p>`,
  );
}

function concerns(alert: Alert, { project, kind, id }: TargetView): boolean {
  const target = targetOf(alert);
  return target?.project === project && target.kind === kind && target.id === id;
}

function facts(target: TargetView, status: string | undefined, now: number): Html {
  const { project, region, kind, id, origin, lastAttempt, lastSuccess, duration: seconds } = target;
  const error = errorWords(target);
  const when = (instant: number | undefined) => (instant === undefined ? 'never' : timeAgo(instant, now));
  return html`${factList([
    { name: 'state', value: stateBadge(target) },
    ...(status === undefined ? [] : [{ name: 'status', value: isolated(status, 100) }]),
    { name: 'kind', value: nounsOf(kind).one },
    { name: 'project', value: `${project} (${region})` },
    { name: 'id', value: isolated(id, 500) },
    { name: 'origin', value: origin },
    { name: 'last read', value: when(lastSuccess) },
    { name: 'last try', value: when(lastAttempt) },
    ...(seconds === undefined ? [] : [{ name: 'took', value: durationWords(seconds) }]),
    { name: 'recent problems', value: problemCounts(target) },
  ])}${error === undefined ? undefined : html`<p>${error}</p>`}`;
}

function section(table: DetailTable, now: number): Html {
  const id = `${table.title.toLowerCase().replaceAll(' ', '-')}-title`;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${table.title}</h2>
${table.rows.length === 0 ? html`<p class="empty">${table.empty}</p>` : drawn(table, now)}</section>
`;
}

function drawn({ columns, rows }: DetailTable, now: number): Html {
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

const BADGES = { good: 'up', bad: 'critical', none: 'unknown' } as const;

/** A text is the heading of its row. An amount is a bar with the number beside it; the longest has the full width. */
function drawnCell(cell: DetailCell, longest: number, now: number): Html {
  if ('text' in cell) return html`<th scope="row">${isolated(cell.text, 100)}</th>`;
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
