import type { Alert } from '../../alerting/alert.ts';
import type { TargetView } from '../../collection/view.ts';
import type { Detail } from '../../kinds/kind.ts';
import type { Backend } from '../backend.ts';
import { alertTable, targetOf } from './alert-table.ts';
import { eventList } from './event-list.ts';
import { factList } from './fact-list.ts';
import { type Html, html } from './html.ts';
import { page } from './layout.ts';
import { errorWords, problemCounts, stateBadge } from './target-table.ts';
import { age, duration, foreign, KIND_WORDS, moment } from './wording.ts';

const EVENTS_SHOWN = 100;
/** Longest text of one event; the whole is in the JSON API. */
const TEXT_SHOWN = 2_000;
const ALERTS_SHOWN = 50;

/** The page of one target. */
export function targetPage(backend: Backend, target: TargetView): string {
  const { project, kind, id, name } = target;
  const now = backend.now();
  const alerts = backend.alerts().filter((alert) => concerns(alert, target));
  const detail = backend.detail(target) ?? {};
  const query = new URLSearchParams({ project, kind, target: id });
  return page(
    `${name ?? id} – modelarts-exporter`,
    html`<p><a href="/">All targets</a></p>
<h1>${foreign(name ?? id, 200)}</h1>
<section id="facts" data-live aria-label="Summary">${facts(target, detail.status, now)}</section>
<section id="alerts" data-live aria-labelledby="alerts-title"><h2 id="alerts-title">Alerts</h2>
${alertTable(alerts, now, ALERTS_SHOWN)}</section>
<div id="detail" class="columns" data-live>${details(detail, now)}</div>
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
  const when = (instant: number | undefined) => (instant === undefined ? 'never' : age(instant, now));
  return html`${factList([
    { name: 'state', value: stateBadge(target) },
    ...(status === undefined ? [] : [{ name: 'status', value: foreign(status, 100) }]),
    { name: 'kind', value: KIND_WORDS[kind].one },
    { name: 'project', value: `${project} (${region})` },
    { name: 'id', value: foreign(id, 500) },
    { name: 'known by', value: origin === 'configured' ? 'configuration' : 'discovery' },
    { name: 'last read', value: when(lastSuccess) },
    { name: 'last try', value: when(lastAttempt) },
    ...(seconds === undefined ? [] : [{ name: 'took', value: duration(seconds) }]),
    { name: 'recent problems', value: problemCounts(target) },
  ])}${error === undefined ? undefined : html`<p>${error}</p>`}`;
}

function details({ phases, updates, nodes, exitCodes }: Detail, now: number): Html {
  return html`${
    phases === undefined
      ? undefined
      : section(
          'phases',
          'Latest deployment by phase',
          bars(
            'Phase',
            'Duration',
            phases.map(({ phase, seconds }) => [phase, seconds, words(seconds)]),
          ),
        )
  }${
    nodes === undefined
      ? undefined
      : section(
          'nodes',
          'Nodes',
          bars(
            'State',
            'Nodes',
            nodes.map(({ state, count }) => [state, count, String(count)]),
          ),
        )
  }${updates === undefined ? undefined : section('updates', 'Updates', updateTable(updates, now))}${
    exitCodes === undefined
      ? undefined
      : section('exit-codes', 'Exit codes of the workers', exitCodeTable(exitCodes))
  }`;
}

function words(seconds: number | undefined): string {
  return seconds === undefined ? 'not known' : duration(seconds);
}

function section(id: string, title: string, content: Html): Html {
  return html`<section aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${content}</section>
`;
}

/** Numbers as bars, the longest over the whole width. The number stands beside its bar. */
function bars(
  what: string,
  measure: string,
  rows: readonly (readonly [name: string, value: number | undefined, words: string])[],
): Html {
  const longest = Math.max(...rows.map(([, value]) => value ?? 0)) || 1;
  return html`<table class="bars">
<thead><tr><th scope="col">${what}</th><th scope="col">${measure}</th></tr></thead>
<tbody>
${rows.map(
  ([
    name,
    value,
    words,
  ]) => html`<tr><th scope="row">${foreign(name.replaceAll('_', ' '), 100)}</th><td><svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="${((100 * (value ?? 0)) / longest).toFixed(2)}" height="4"/></svg> <span>${words}</span></td></tr>
`,
)}</tbody>
</table>
`;
}

function updateTable(updates: NonNullable<Detail['updates']>, now: number): Html {
  if (updates.length === 0) return html`<p class="empty">No updates.</p>`;
  return html`<table>
<thead><tr><th scope="col">Time</th><th scope="col">Result</th></tr></thead>
<tbody>
${updates.map(
  ({ time, result }) => html`<tr><td>${moment(time)} (${age(time, now)})</td><td><span class="badge ${
    result === 'success' ? 'up' : result === 'fail' ? 'critical' : 'unknown'
  }">${result}</span></td></tr>
`,
)}</tbody>
</table>
`;
}

function exitCodeTable(exitCodes: NonNullable<Detail['exitCodes']>): Html {
  if (exitCodes.length === 0) return html`<p class="empty">No worker has ended.</p>`;
  return html`<table>
<thead><tr><th scope="col">Worker</th><th scope="col">Exit code</th></tr></thead>
<tbody>
${exitCodes.map(
  ({
    worker,
    code,
  }) => html`<tr><th scope="row">${foreign(worker, 100)}</th><td><span class="badge ${code === 0 ? 'up' : 'critical'}">${code}</span></td></tr>
`,
)}</tbody>
</table>
`;
}
