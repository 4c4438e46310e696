import type { TargetView } from '../../collection/target-view.ts';
import { KIND_NAMES, rowOf } from '../../kind-table.ts';
import { NOTICE_SEVERITIES, type NoticeSeverity } from '../../kinds/event.ts';
import { OUTLOOKS } from '../../kinds/standing.ts';
import { RequestError } from '../request-error.ts';
import { readTargetFilter, STATUSES, type TargetFilter } from '../target-filter.ts';
import { READING_WORDS, READINGS } from '../target-state.ts';
import { type Html, html } from './html.ts';

/** How the list of targets may be sorted; by trouble: what needs somebody first comes first. */
export const SORTS = ['trouble', 'name', 'status', 'since', 'problems'] as const;
export type Sort = (typeof SORTS)[number];

/** What the alerts page may be grouped by. */
export const GROUPINGS = ['alertname', 'project', 'owner', 'target', 'severity'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** What a page shows. A property that is undefined does not filter. */
export interface PageFilter extends TargetFilter {
  /** `info` selects every event, undefined every problem event. */
  readonly severity: NoticeSeverity | undefined;
  readonly sort: Sort;
  readonly group: Grouping;
  /** Which page of the list, from 1. */
  readonly page: number;
}

/** @throws RequestError for a value that does not exist, such as an unknown kind */
export function readFilter(
  query: URLSearchParams,
  projects: readonly string[],
  targets: () => readonly TargetView[],
): PageFilter {
  const value = (name: string) => query.get(name) || undefined;
  const page = Number(value('page') ?? 1);
  if (!Number.isInteger(page) || page < 1) throw new RequestError(400, 'page is no positive number');
  return {
    ...readTargetFilter(query, projects, targets),
    severity: oneOf('severity', NOTICE_SEVERITIES, value('severity')),
    sort: oneOf('sort', SORTS, value('sort')) ?? 'trouble',
    group: oneOf('group', GROUPINGS, value('group')) ?? 'alertname',
    page,
  };
}

function oneOf<T extends string>(name: string, known: readonly T[], text: string | undefined): T | undefined {
  const found = known.find((value) => value === text);
  if (text !== undefined && found === undefined) {
    throw new RequestError(400, `${name} is none of ${known.join(', ')}`);
  }
  return found;
}

const DEFAULTS: Readonly<Record<string, unknown>> = { sort: 'trouble', group: 'alertname', page: 1 };

/** Path and query of a page with this filter. */
export function filterLink(path: string, filter: PageFilter): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) {
    if (value !== undefined && value !== DEFAULTS[name]) query.set(name, String(value));
  }
  return query.size === 0 ? path : `${path}?${query}`;
}

/** @param path of the page that the form leads to */
export function filterForm(path: string, projects: readonly string[], filter: PageFilter): Html {
  return html`<form class="filter" action="${path}" method="get" role="search" aria-label="Filter">
<input name="q" type="search" value="${filter.q}" aria-label="Search" placeholder="Search names, ids and texts">
${selectField('project', 'Project', 'All projects', filter.project, [
  { options: projects.map((name) => [name, name]) },
])}
${selectField('kind', 'Kind', 'All kinds', filter.kind, [
  { options: KIND_NAMES.map((name) => [name, rowOf(name).nouns]) },
])}
${selectField('state', 'State', 'Any state', filter.state, [
  { options: OUTLOOKS.map((name) => [name, name]) },
  { label: 'Status in ModelArts', options: statusesWith(filter.state).map((name) => [name, name]) },
  { label: 'Reading it', options: READINGS.map((name) => [name, READING_WORDS[name]]) },
])}
${selectField('severity', 'Severity', 'All problems', filter.severity, [
  {
    options: [
      ['critical', 'Critical only'],
      ['warning', 'Warnings only'],
      ['info', 'All events'],
    ],
  },
])}
${hidden('sort', filter.sort)}${hidden('group', filter.group)}<button type="submit">Show</button>
<a href="${path}">Reset</a>
</form>`;
}

/** One that a link asked for and no kind knows is kept. */
function statusesWith(state: string | undefined): readonly string[] {
  const others: readonly string[] = [...OUTLOOKS, ...READINGS, ...STATUSES];
  return state === undefined || others.includes(state) ? STATUSES : [...STATUSES, state];
}

function hidden(name: string, value: string): Html | undefined {
  if (value === DEFAULTS[name]) return undefined;
  return html`<input type="hidden" name="${name}" value="${value}">
`;
}

interface Options {
  readonly label?: string;
  readonly options: readonly (readonly [string, string])[];
}

function selectField(
  name: string,
  label: string,
  any: string,
  selected: string | undefined,
  groups: readonly Options[],
): Html {
  const option = ([value, words]: readonly [string, string]) =>
    value === (selected ?? '')
      ? html`<option value="${value}" selected>${words}</option>`
      : html`<option value="${value}">${words}</option>`;
  const group = ({ label: heading, options }: Options) =>
    heading === undefined
      ? html`${options.map(option)}`
      : html`<optgroup label="${heading}">${options.map(option)}</optgroup>`;
  return html`<select name="${name}" aria-label="${label}">${option(['', any])}${groups.map(group)}</select>`;
}
