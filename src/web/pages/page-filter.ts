import { KIND_NAMES, type KindName, nounsOf } from '../../kind-table.ts';
import { NOTICE_SEVERITIES, type NoticeSeverity } from '../../kinds/event.ts';
import { kindOf, projectOf } from '../query-parameters.ts';
import { RequestError } from '../request-error.ts';
import { type Html, html } from './html.ts';
import { STATE_WORDS, STATES, type State } from './target-table.ts';

/** What the front page shows. A property that is undefined does not filter. */
export interface PageFilter {
  readonly project: string | undefined;
  readonly kind: KindName | undefined;
  /** Part of a target's name or id. */
  readonly target: string | undefined;
  readonly state: State | undefined;
  /** `info` selects every event, undefined every problem event. */
  readonly severity: NoticeSeverity | undefined;
  /** Which page of the list of targets, from 1. */
  readonly page: number;
}

/** @throws RequestError for a value that does not exist, such as an unknown kind */
export function readFilter(query: URLSearchParams, projects: readonly string[]): PageFilter {
  const value = (name: string) => query.get(name) || undefined;
  const project = value('project');
  const kind = value('kind');
  const page = Number(value('page') ?? 1);
  if (!Number.isInteger(page) || page < 1) throw new RequestError(400, 'page is no positive number');
  return {
    project: project === undefined ? undefined : projectOf(project, projects),
    kind: kind === undefined ? undefined : kindOf(kind),
    target: value('target'),
    state: oneOf('state', STATES, value('state')),
    severity: oneOf('severity', NOTICE_SEVERITIES, value('severity')),
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

/** Path and query of the front page with this filter. */
export function filterLink(filter: PageFilter): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, String(value));
  return `/?${query}`;
}

export function filterForm(projects: readonly string[], filter: PageFilter): Html {
  return html`<form action="/" method="get" role="search">
${selectField(
  'project',
  'Project',
  'all',
  filter.project,
  projects.map((name) => [name, name]),
)}
${selectField(
  'kind',
  'Kind',
  'all',
  filter.kind,
  KIND_NAMES.map((name) => [name, nounsOf(name).many]),
)}
${selectField(
  'state',
  'State',
  'all',
  filter.state,
  STATES.map((name) => [name, STATE_WORDS[name]]),
)}
<p><label for="target">Target</label><input id="target" name="target" type="search" value="${filter.target}" placeholder="part of name or id"></p>
${selectField('severity', 'Events', 'problems', filter.severity, [
  ['critical', 'critical'],
  ['warning', 'warning'],
  ['info', 'all events'],
])}
<p><button type="submit">Show</button> <a href="/">Reset</a></p>
</form>`;
}

function selectField(
  name: string,
  label: string,
  any: string,
  selected: string | undefined,
  options: readonly (readonly [string, string])[],
): Html {
  const option = ([value, words]: readonly [string, string]) =>
    value === (selected ?? '')
      ? html`<option value="${value}" selected>${words}</option>`
      : html`<option value="${value}">${words}</option>`;
  return html`<p><label for="${name}">${label}</label><select id="${name}" name="${name}">${option(['', any])}${options.map(option)}</select></p>`;
}
