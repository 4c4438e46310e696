import type { TargetView } from '../../collection/target-view.ts';
import { KIND_NAMES } from '../../kind-table.ts';
import type { Backend } from '../backend.ts';
import { alertTable } from './alert-table.ts';
import { eventList } from './event-list.ts';
import { factList } from './fact-list.ts';
import { type Html, html } from './html.ts';
import { page } from './layout.ts';
import { filterForm, filterLink, type PageFilter } from './page-filter.ts';
import { groupCaption, STATE_WORDS, STATES, type State, stateOf, targetTable } from './target-table.ts';
import { durationWords } from './times.ts';

const TARGETS_PER_PAGE = 50;
const EVENTS_SHOWN = 30;
/** How many events the filter by severity looks through. */
const EVENTS_SEARCHED = 1_000;
const WRONG_SHOWN = 10;
const ALERTS_SHOWN = 10;

/** The front page, with what is wrong, the targets and the newest problem events. */
export function statusPage(backend: Backend, filter: PageFilter): string {
  const now = backend.clock();
  const targets = backend.targets();
  const alerts = backend.alerts();
  const wrong = targets.filter((target) => stateOf(target) === 'down');
  const chosen = targets.filter((target) => matches(target, filter)).sort(compare);
  return page(
    'modelarts-exporter',
    html`<h1>ModelArts targets</h1>
<section id="summary" data-live aria-label="Summary">${summary(backend, targets, now)}</section>
<section id="wrong" data-live aria-labelledby="wrong-title">
<h2 id="wrong-title">What is wrong</h2>
<div class="columns">
<div>${alertTable(alerts, now, ALERTS_SHOWN)}</div>
<div>${
      wrong.length === 0
        ? html`<p class="empty">Every target that was read could be read.</p>`
        : targetTable('Targets that cannot be read', wrong.slice(0, WRONG_SHOWN), now)
    }
${wrong.length > WRONG_SHOWN ? html`<p><a href="/?state=down">All ${wrong.length} targets that are down</a></p>` : undefined}</div>
</div>
</section>
<section aria-labelledby="filter-title"><h2 id="filter-title">Filter</h2>${filterForm(backend.projects(), filter)}</section>
<div class="columns">
<section id="targets" data-live aria-labelledby="targets-title">
<h2 id="targets-title">Targets</h2>
${targetPages(chosen, filter, now)}
</section>
<section id="events" data-live aria-labelledby="events-title">
<h2 id="events-title">Newest ${filter.severity === undefined ? 'problem events' : 'events'}</h2>
${events(backend, filter, now)}
</section>
</div>`,
  );
}

function summary(backend: Backend, targets: readonly TargetView[], now: number): Html {
  const { version, startedAt } = backend.about();
  const firing = backend.alerts().length;
  const inState = (state: State) => {
    const count = targets.filter((target) => stateOf(target) === state).length;
    const value = html`<a href="/?state=${state}">${count}</a>`;
    return { name: STATE_WORDS[state], value, bad: state === 'down' && count > 0 };
  };
  return factList([
    { name: 'targets', value: targets.length },
    ...STATES.map(inState),
    { name: 'firing alerts', value: firing, bad: firing > 0 },
    { name: 'version', value: version },
    { name: 'up for', value: durationWords(Math.max(0, Math.floor((now - startedAt) / 1000))) },
  ]);
}

function targetPages(chosen: readonly TargetView[], filter: PageFilter, now: number): Html {
  if (chosen.length === 0) return html`<p class="empty">No targets.</p>`;
  const pages = Math.ceil(chosen.length / TARGETS_PER_PAGE);
  const number = Math.min(filter.page, pages);
  const onPage = chosen.slice((number - 1) * TARGETS_PER_PAGE, number * TARGETS_PER_PAGE);
  const groups = new Map<string, TargetView[]>();
  for (const target of onPage) {
    const caption = groupCaption(target);
    const group = groups.get(caption);
    if (group === undefined) groups.set(caption, [target]);
    else group.push(target);
  }
  return html`${[...groups].map(([caption, group]) => targetTable(caption, group, now))}${
    pages === 1 ? undefined : pageLinks(number, pages, filter)
  }`;
}

function pageLinks(number: number, pages: number, filter: PageFilter): Html {
  const link = (to: number, words: string) =>
    to === number || to < 1 || to > pages
      ? html`<span class="quiet">${words}</span> `
      : html`<a href="${filterLink({ ...filter, page: to })}">${words}</a> `;
  return html`<nav class="pages" aria-label="Pages of targets">
${link(1, 'First')}${link(number - 1, 'Previous')}<span>Page ${number} of ${pages}</span> ${link(number + 1, 'Next')}${link(pages, 'Last')}
</nav>`;
}

function events(backend: Backend, { project, kind, target, severity }: PageFilter, now: number): Html {
  const notices = backend
    .notices(
      {
        ...(project === undefined ? {} : { project }),
        ...(kind === undefined ? {} : { kind }),
        ...(severity === 'info' ? {} : { problem: true }),
      },
      EVENTS_SEARCHED,
    )
    .filter((notice) => target === undefined || named(notice, target))
    .filter((notice) => severity === undefined || severity === 'info' || notice.severity === severity);
  return eventList(notices.slice(0, EVENTS_SHOWN), now, { withTarget: true, length: 300 });
}

function matches(view: TargetView, { project, kind, target, state }: PageFilter): boolean {
  return (
    (project === undefined || view.project === project) &&
    (kind === undefined || view.kind === kind) &&
    (state === undefined || stateOf(view) === state) &&
    (target === undefined || named(view, target))
  );
}

function named({ id, name }: { id: string; name: string | undefined }, part: string): boolean {
  const wanted = part.toLowerCase();
  return id.toLowerCase().includes(wanted) || (name ?? '').toLowerCase().includes(wanted);
}

function compare(a: TargetView, b: TargetView): number {
  if (a.project !== b.project) return a.project < b.project ? -1 : 1;
  if (a.kind !== b.kind) return KIND_NAMES.indexOf(a.kind) - KIND_NAMES.indexOf(b.kind);
  const [first, second] = [a.name ?? a.id, b.name ?? b.id];
  return first < second ? -1 : first > second ? 1 : 0;
}
