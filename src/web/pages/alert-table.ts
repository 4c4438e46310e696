import type { Alert } from '../../alerting/alert.ts';
import { KIND_NAMES, rowOf } from '../../kind-table.ts';
import type { TargetKey } from '../../target-key.ts';
import { targetPath } from '../../target-key.ts';
import { type Html, html } from './html.ts';
import { isolated } from './isolated-text.ts';
import { DOCUMENTATION_PATH } from './layout.ts';
import { timeAgo } from './times.ts';

/** Firing alerts, critical before warning, newest first. */
export function alertTable(alerts: readonly Alert[], now: number, limit: number): Html {
  if (alerts.length === 0) return html`<p class="empty">No alert fires.</p>`;
  const sorted = [...alerts].sort((a, b) => rank(a) - rank(b) || b.startsAt - a.startsAt);
  const hidden = sorted.length - limit;
  return html`<table>
<caption>Firing alerts</caption>
<thead><tr><th scope="col">Alert</th><th scope="col">Severity</th><th scope="col">Since</th></tr></thead>
<tbody>
${sorted.slice(0, limit).map((alert) => row(alert, now))}</tbody>
</table>
${hidden > 0 ? html`<p><a href="/api/v1/alerts">${hidden} more</a></p>` : undefined}`;
}

/** The target that an alert is about. */
export function targetOf({ labels }: Alert): TargetKey | undefined {
  const project = labels['project'];
  const kind = KIND_NAMES.find((name) => name === labels['kind']);
  const id = kind === undefined ? undefined : labels[rowOf(kind).labels.id];
  return project === undefined || kind === undefined || id === undefined ? undefined : { project, kind, id };
}

function row(alert: Alert, now: number): Html {
  const { labels, annotations, startsAt } = alert;
  const target = targetOf(alert);
  const severity = labels['severity'] ?? 'none';
  const alertname = labels['alertname'] ?? 'alert';
  const words = alertname.slice(0, 100).split(/(?<=[a-z])(?=[A-Z])/);
  const runbook = `${DOCUMENTATION_PATH}/runbooks#${alertname.toLowerCase()}`;
  const name = html`<bdi>${words.map((word) => html`${word}<wbr>`)}</bdi>`;
  return html`<tr>
<th scope="row">${target === undefined ? name : html`<a href="${targetPath(target)}">${name}</a>`}<br><span class="summary">${isolated(annotations['summary'] ?? '', 300)}</span><br><a href="${runbook}" aria-label="What to do on ${alertname}">What to do</a></th>
<td><span class="badge ${severity === 'critical' ? 'critical' : 'warning'}">${severity}</span></td>
<td>${timeAgo(startsAt, now)}</td>
</tr>
`;
}

function rank({ labels }: Alert): number {
  return labels['severity'] === 'critical' ? 0 : 1;
}
