import { OUTLOOKS } from '../../kinds/standing.ts';
import type { Backend } from '../backend.ts';
import { eventsOf, type Incident, incidentOf } from '../incident.ts';
import { shortAlertList } from './alert-list.ts';
import { eventList } from './event-list.ts';
import { type Html, html } from './html.ts';
import { ALERTS_PATH, page } from './layout.ts';
import { filterForm, filterLink, type PageFilter } from './page-filter.ts';
import { paged } from './page-links.ts';
import { projectTimeline } from './project-timeline.ts';
import { OUTLOOK_WORDS } from './standing.ts';
import { targetTable } from './target-table.ts';
import { durationWords } from './times.ts';
import { unlisted } from './unlisted.ts';
import { unseenWords } from './unseen-stretches.ts';

const TARGETS_PER_PAGE = 50;
const EVENTS_SHOWN = 20;
/** Who has alerts. */
const SUBJECTS_SHOWN = 6;
const TEXT_SHOWN = 300;

/** The front page: what the filter selects of alerts, targets and events, what needs somebody first. */
export function statusPage(backend: Backend, filter: PageFilter): string {
  const incident = incidentOf(backend, filter);
  const { now, targets, firing } = incident;
  const { shown, links } = paged(targets, TARGETS_PER_PAGE, '/', filter);
  return page(
    { title: 'modelarts-exporter', firing },
    html`<h1 class="aside">ModelArts targets</h1>
${filterForm('/', backend.projects(), filter)}
<section id="summary" data-live aria-label="Summary">${tiles(incident, filter)}${unlisted(failingIn(backend, filter))}${pauses(backend, incident)}</section>
<div class="incident">
<section id="alerts" data-live aria-labelledby="alerts-title">
<h2 id="alerts-title">${alertsTitle(incident)}</h2>
${alertsOf(incident, filter)}
</section>
${filter.project === undefined ? undefined : projectTimeline(backend, incident, filter.project)}
<section id="targets" data-live aria-labelledby="targets-title">
<h2 id="targets-title">Targets <span class="quiet">${targets.length}</span></h2>
${shown.length === 0 ? html`<p class="empty">No targets.</p>` : targetTable(shown, filter, now)}${links}
</section>
<section id="events" data-live aria-labelledby="events-title">
<h2 id="events-title">Newest ${filter.severity === 'info' ? 'events' : 'problem events'}</h2>
${eventList(eventsOf(backend, filter, EVENTS_SHOWN), now, { withTarget: true, length: TEXT_SHOWN })}
</section>
</div>
<p class="quiet" id="about" data-live>${aboutWords(backend, now)}</p>`,
  );
}

/** The listings that fail, as far as the filter selects their targets. */
function failingIn(backend: Backend, { project, kind }: PageFilter) {
  return backend
    .failingListings()
    .filter((each) => each.project === (project ?? each.project) && each.kind === (kind ?? each.kind));
}

/** When the exporter did not run: what happened meanwhile was found later, and any target tells of it. */
function pauses(backend: Backend, { targets: [target], now }: Incident): Html | undefined {
  const unseen = target === undefined ? [] : (backend.course(target)?.unseen ?? []);
  return unseenWords(
    unseen.filter(({ why }) => why === 'not_running'),
    now,
  );
}

function aboutWords(backend: Backend, now: number): string {
  const { version, startedAt } = backend.about();
  const upFor = durationWords(Math.max(0, Math.floor((now - startedAt) / 1000)));
  return `modelarts-exporter ${version}, up for ${upFor}`;
}

function alertsTitle({ alerts }: Incident): string {
  if (alerts.length === 0) return 'No alert fires';
  return alerts.length === 1 ? '1 firing alert' : `${alerts.length} firing alerts`;
}

function alertsOf({ alerts, now }: Incident, filter: PageFilter): Html | undefined {
  if (alerts.length === 0) return undefined;
  return html`${shortAlertList(alerts, SUBJECTS_SHOWN, now)}<p><a href="${filterLink(ALERTS_PATH, { ...filter, page: 1 })}">${alerts.length === 1 ? 'The alert' : `All ${alerts.length} alerts`} with all words</a></p>`;
}

interface Tile {
  readonly state: string;
  readonly words: string;
  /** Shown also where it counts nothing. */
  readonly always?: boolean;
}

const TILES: readonly Tile[] = [
  ...OUTLOOKS.map((state) => ({
    state,
    words: OUTLOOK_WORDS[state],
    always: state === 'broken' || state === 'working',
  })),
  { state: 'down', words: 'not readable', always: true },
  { state: 'unknown', words: 'not read yet' },
  { state: 'deleted', words: 'deleted' },
];

/** How many targets are in each state. A tile leads to those, and that of the chosen state back to all. */
function tiles({ counts }: Incident, filter: PageFilter): Html {
  return html`<ul class="tiles">
${TILES.map(({ state, words, always = false }) => {
  const count = counts.get(state) ?? 0;
  const isChosen = filter.state === state;
  if (count === 0 && !always && !isChosen) return undefined;
  const link = filterLink('/', { ...filter, state: isChosen ? undefined : state, page: 1 });
  const current = isChosen ? html` aria-current="true"` : undefined;
  return html`<li><a class="${state}${count === 0 ? ' none' : ''}" href="${link}"${current}><strong>${count}</strong> ${words}</a></li>
`;
})}</ul>`;
}
