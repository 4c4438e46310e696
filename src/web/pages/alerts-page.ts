import type { Backend } from '../backend.ts';
import type { Library } from '../documentation.ts';
import type { Firing } from '../firing.ts';
import { incidentOf } from '../incident.ts';
import { alertWords, type Left, runbookPath, wholeAlertList } from './alert-list.ts';
import { type Html, html } from './html.ts';
import { isolated } from './isolated-text.ts';
import { ALERTS_PATH, DOCUMENTATION_PATH, page } from './layout.ts';
import { filterForm, filterLink, GROUPINGS, type Grouping, type PageFilter } from './page-filter.ts';
import { paged } from './page-links.ts';

const ALERTS_PER_PAGE = 50;

/** Every firing alert that the filter selects, in groups, with the words of ModelArts whole and what to do. */
export function alertsPage(backend: Backend, filter: PageFilter, { documents }: Library): string {
  const { alerts, firing, now } = incidentOf(backend, filter);
  const groups = groupsOf(alerts, filter.group);
  const inOrder = [...groups.values()].flat();
  const { shown, links } = paged(inOrder, ALERTS_PER_PAGE, ALERTS_PATH, filter);
  const critical = alerts.filter(({ severity }) => severity === 'critical').length;
  return page(
    { title: 'Alerts – modelarts-exporter', firing },
    html`<h1 class="aside">Alerts</h1>
${filterForm(ALERTS_PATH, backend.projects(), filter)}
<div id="alerts" data-live>
<p class="grouping"><strong>${alerts.length} firing</strong>, ${critical} of them critical. Group by ${GROUPINGS.map(
      (group) =>
        group === filter.group
          ? html`<strong>${GROUP_WORDS[group]}</strong> `
          : html`<a href="${filterLink(ALERTS_PATH, { ...filter, group, page: 1 })}">${GROUP_WORDS[group]}</a> `,
    )}</p>
${alerts.length === 0 ? html`<p class="empty">No alert fires.</p>` : undefined}${[
  ...groupsOf(shown, filter.group),
].map(([name, members]) => {
  const whole = groups.get(name) ?? members;
  return html`<section class="group"><h2>${headingOf(name, whole, filter.group)} <span class="quiet">${whole.length}</span></h2>
${filter.group === 'alertname' ? whatToDo(name, documents) : undefined}${wholeAlertList(members, now, leftOut(filter.group))}</section>
`;
})}${links}
</div>
<p class="quiet"><a href="/api/v1/alerts">As JSON</a></p>`,
  );
}

const GROUP_WORDS: Readonly<Record<Grouping, string>> = {
  alertname: 'alert',
  project: 'project',
  owner: 'owner',
  target: 'target',
  severity: 'severity',
};

function leftOut(group: Grouping): Left {
  return { target: group === 'target', alertname: group === 'alertname' };
}

/** In the order of their worst and newest alert. */
function groupsOf(alerts: readonly Firing[], by: Grouping): Map<string, Firing[]> {
  const groups = new Map<string, Firing[]>();
  for (const alert of alerts) {
    const name = groupOf(alert, by);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [alert]);
    else group.push(alert);
  }
  return groups;
}

function groupOf({ alertname, severity, project = '', key, target }: Firing, by: Grouping): string {
  switch (by) {
    case 'alertname':
      return alertname;
    case 'project':
      return project;
    case 'owner':
      return target?.standing?.owner ?? 'Owner not known';
    case 'severity':
      return severity;
    case 'target':
      return key === undefined ? project : `${key.kind} ${key.id} ${project}`;
  }
}

function headingOf(name: string, [first]: readonly Firing[], by: Grouping): Html {
  if (by === 'alertname') return alertWords(name);
  if (by === 'target' && first?.key !== undefined) return isolated(first.target?.name ?? first.key.id, 100);
  return isolated(name, 100);
}

/** The runbook of an alert, where it is read without leaving the page. */
function whatToDo(alertname: string, documents: Library['documents']): Html {
  const anchor = alertname.toLowerCase();
  const runbook = documents
    .get(`${DOCUMENTATION_PATH}/runbooks`)
    ?.sections.find((section) => section.anchor === anchor);
  if (runbook === undefined) return html`<p><a href="${runbookPath(alertname)}">What to do</a></p>`;
  // Its own heading stands above it already.
  const body = runbook.content.html
    .replace(/^<h\d[^>]*>.*?<\/h\d>\s*/s, '')
    .replaceAll(' href="#', ` href="${DOCUMENTATION_PATH}/runbooks#`);
  return html`<details id="do-${anchor}"><summary>What to do</summary><div class="document">${{ html: body }}</div></details>
`;
}
