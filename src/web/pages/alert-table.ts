import type { AlertView } from '../backend.ts';
import { type Html, html } from './html.ts';
import { age, foreign } from './wording.ts';

/** Alerts, firing before resolved, critical before warning, newest first. */
export function alertTable(alerts: readonly AlertView[], now: number, limit: number): Html {
  if (alerts.length === 0) return html`<p class="empty">No alerts.</p>`;
  const sorted = [...alerts].sort((a, b) => rank(a) - rank(b) || b.startsAt - a.startsAt);
  const hidden = sorted.length - limit;
  return html`<table>
<caption>Firing and just resolved</caption>
<thead><tr><th scope="col">Alert</th><th scope="col">Severity</th><th scope="col">Since</th></tr></thead>
<tbody>
${sorted.slice(0, limit).map((alert) => row(alert, now))}</tbody>
</table>
${hidden > 0 ? html`<p><a href="/api/v1/alerts">${hidden} more</a></p>` : undefined}`;
}

function row({ labels, annotations, state, startsAt, url }: AlertView, now: number): Html {
  const severity = labels['severity'] ?? 'none';
  const name = foreign(labels['alertname'] ?? 'alert', 100);
  const badge = state === 'resolved' ? 'up' : severity === 'critical' ? 'critical' : 'warning';
  return html`<tr>
<th scope="row">${/^https?:\/\//.test(url) ? html`<a href="${url}">${name}</a>` : name}<br><span class="summary">${foreign(annotations['summary'] ?? '', 300)}</span></th>
<td><span class="badge ${badge}">${state === 'resolved' ? 'resolved' : severity}</span></td>
<td>${age(startsAt, now)}</td>
</tr>
`;
}

function rank({ state, labels }: AlertView): number {
  return (state === 'firing' ? 0 : 2) + (labels['severity'] === 'critical' ? 0 : 1);
}
