import { HOURS_SHOWN } from '../../collection/chronicle.ts';
import type { TargetView } from '../../collection/target-view.ts';
import { rowOf } from '../../kind-table.ts';
import type { DetailTable } from '../../kinds/detail.ts';
import { counted, POOL_KIND } from '../../kinds/standing.ts';
import { keyOf, targetPath } from '../../target-key.ts';
import type { Backend } from '../backend.ts';
import { firingOf } from '../firing.ts';
import { problemsOf, worstFirst } from '../incident.ts';
import { wholeAlertList } from './alert-list.ts';
import { detailTable } from './detail-table.ts';
import { eventList } from './event-list.ts';
import { type Html, html } from './html.ts';
import { isolated } from './isolated-text.ts';
import { page } from './layout.ts';
import { nodesChart } from './nodes-chart.ts';
import { residentList } from './resident-list.ts';
import { kindWords, readingWords, standingWords, statusBadge } from './standing.ts';
import { timeline } from './timeline.ts';
import { MARKS_LEGEND } from './timeline-marks.ts';
import { durationWords } from './times.ts';
import { unlisted } from './unlisted.ts';
import { unseenWords } from './unseen-stretches.ts';

const EVENTS_SHOWN = 100;
/** A longer text of an event is cut. The JSON API has the whole text. */
const TEXT_SHOWN = 2_000;
const ALERTS_SHOWN = 50;
/** A table of more columns has no other beside it. */
const BESIDE_MAX = 3;
const EVERYTHING = { project: undefined, kind: undefined, state: undefined, q: undefined };

/** The page of one target: how it is, since when, why, and what happened to it. */
export function targetPage(backend: Backend, target: TargetView): string {
  const { project, kind, id, name } = target;
  const now = backend.clock();
  const all = backend.alerts();
  const key = keyOf(target);
  const near = all.filter(({ labels }) => labels['project'] === project && (labels['kind'] ?? kind) === kind);
  // What befalls its whole project befalls it too.
  const alerts = firingOf(near, () => target, EVERYTHING).filter(
    (alert) => alert.key === undefined || keyOf(alert.key) === key,
  );
  const query = new URLSearchParams({ project, kind, target: id });
  return page(
    { title: `${name ?? id} – modelarts-exporter`, firing: all.length },
    html`<p class="trail"><a href="/">All targets</a> › <a href="/?${String(new URLSearchParams({ project }))}">${project}</a> › <a href="/?${String(new URLSearchParams({ project, kind }))}">${rowOf(kind).nouns}</a></p>
<h1>${isolated(name ?? id, 200)}</h1>
<section id="facts" data-live aria-label="Summary">${summary(backend, target, now)}${unlisted(backend.failingListings().filter((each) => each.project === project && each.kind === kind))}</section>
<section id="alerts" data-live aria-labelledby="alerts-title"><h2 id="alerts-title">${alerts.length === 0 ? 'No alert fires' : 'Alerts'}</h2>
${alerts.length === 0 ? undefined : wholeAlertList(alerts.slice(0, ALERTS_SHOWN), now, { target: true })}</section>
<div id="residents" data-live>${residents(backend, target, now)}</div>
<section id="timeline" data-live aria-labelledby="timeline-title"><h2 id="timeline-title">The last ${HOURS_SHOWN} hours</h2>
${history(backend, target, now)}</section>
<div id="detail" data-live>${details(backend.detail(target)?.tables ?? [], now)}</div>
<section id="events" data-live aria-labelledby="events-title"><h2 id="events-title">Events</h2>
${eventList(backend.notices({ project, kind, id }, EVENTS_SHOWN), now, { withTarget: false, length: TEXT_SHOWN })}</section>
<p><a href="/probe?${String(query)}">Metrics of this target</a> · <a href="/api/v1/events?${String(query)}">Events (JSON)</a></p>`,
  );
}

function summary(backend: Backend, target: TargetView, now: number): Html {
  const { region, id, origin, duration } = target;
  const problems = problemsOf(target);
  const took = duration === undefined ? '' : ` in ${durationWords(duration)}`;
  return html`<p class="standing">${statusBadge(target)} <span>${standingWords(target, now)}</span></p>
<p class="reading">${readingWords(target, now, true)}<span class="quiet">${target.up === true ? took : ''} · ${origin} · ${problems === 0 ? 'no problem events' : counted(problems, 'problem event')} in ${HOURS_SHOWN} h</span></p>
<p>${kindWords(target, target.standing?.owner)} (${region}) · <span class="id">${isolated(id, 500)}</span>${poolLinks(backend, target)}${backend
    .links(target)
    .map(({ words, url }) => html` · <a href="${url}">${words}</a>`)}</p>`;
}

function poolLinks(backend: Backend, { project, standing }: TargetView): Html[] {
  return (standing?.pools ?? []).map((id) => {
    const pool = backend.target({ project, kind: POOL_KIND, id });
    const name = isolated(pool?.name ?? id, 100);
    return html` · in ${pool === undefined ? name : html`<a href="${targetPath(pool)}">${name}</a>`}`;
  });
}

/** What runs on a resource pool, the worst first. */
function residents(backend: Backend, { project, id }: TargetView, now: number): Html | undefined {
  const found = backend
    .targets()
    .filter(
      ({ project: of, deleted, standing }) => of === project && !deleted && standing?.pools?.includes(id),
    );
  return found.length === 0 ? undefined : residentList(worstFirst(found, []), now);
}

function history(backend: Backend, target: TargetView, now: number): Html | undefined {
  const course = backend.course(target);
  if (course === undefined) return undefined;
  const nodes = nodesChart(course, now);
  return html`${timeline(course, target.problemHours, now, 'Status, deployments, faults, recoveries and problems')}
${unseenWords(course.unseen, now)}<p class="legend quiet">Status in its colour · ▨ not seen · ${MARKS_LEGEND} · bars below: problems by the hour · times in UTC</p>
${nodes === undefined ? undefined : html`<h3>Nodes over the day</h3>${nodes}`}`;
}

/** What has nothing to show takes a line, and no heading. */
function details(tables: readonly DetailTable[], now: number): Html {
  const filled = tables.filter(({ rows }) => rows.length > 0);
  const nothing = tables.filter(({ rows }) => rows.length === 0).map(({ empty }) => empty);
  return html`<div class="columns">${filled.map((table) => section(table, now))}</div>
${nothing.length === 0 ? undefined : html`<p class="empty">${nothing.join(' ')}</p>`}`;
}

function section(table: DetailTable, now: number): Html {
  const id = `${table.title.toLowerCase().replaceAll(' ', '-')}-title`;
  const broad = table.columns.length > BESIDE_MAX ? html` class="broad"` : undefined;
  return html`<section${broad} aria-labelledby="${id}"><h2 id="${id}">${table.title}</h2>
${detailTable(table, now)}</section>
`;
}
