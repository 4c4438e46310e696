import type { TargetView } from '../collection/target-view.ts';
import { KIND_NAMES, type KindName } from '../kind-table.ts';
import { KINDS } from '../kinds/kinds.ts';
import { OUTLOOKS } from '../kinds/standing.ts';
import { kindOf, projectOf } from './query-parameters.ts';
import { RequestError } from './request-error.ts';
import { READINGS, readingOf } from './target-state.ts';

/** Which targets are meant, on every page and in the JSON API. A property that is undefined does not filter. */
export interface TargetFilter {
  readonly project: string | undefined;
  readonly kind: KindName | undefined;
  /** A status of ModelArts (`failed`), an outlook (`broken`), or how reading goes (`down`). */
  readonly state: string | undefined;
  /** Part of what is searched: of a target its name and id, of alerts and events their words too. */
  readonly q: string | undefined;
}

/** Every status that a kind knows. */
export const STATUSES: readonly string[] = [
  ...new Set(KIND_NAMES.flatMap((kind) => Object.keys(KINDS[kind].showing.outlooks))),
].sort();

/**
 * @param targets whose statuses are known too, in case ModelArts has a new one
 * @throws RequestError for a value that does not exist, such as an unknown kind
 */
export function readTargetFilter(
  query: URLSearchParams,
  projects: readonly string[],
  targets: () => readonly TargetView[],
): TargetFilter {
  const value = (name: string) => query.get(name) || undefined;
  const project = value('project');
  const kind = value('kind');
  return {
    project: project === undefined ? undefined : projectOf(project, projects),
    kind: kind === undefined ? undefined : kindOf(kind),
    state: stateOf(value('state'), targets),
    q: value('q'),
  };
}

const KNOWN: readonly string[] = [...OUTLOOKS, ...READINGS, ...STATUSES];

function stateOf(text: string | undefined, targets: () => readonly TargetView[]): string | undefined {
  if (text === undefined || KNOWN.includes(text)) return text;
  if (targets().some(({ standing }) => standing?.status === text)) return text;
  throw new RequestError(400, `unknown state, expected one of ${KNOWN.join(', ')}`);
}

export function matches(target: TargetView, { project, kind, state, q }: TargetFilter): boolean {
  return (
    (project === undefined || target.project === project) &&
    (kind === undefined || target.kind === kind) &&
    (state === undefined || isInState(target, state)) &&
    (q === undefined || contains(q, target.id, target.name, target.standing?.owner))
  );
}

function isInState(target: TargetView, state: string): boolean {
  const { standing, deleted } = target;
  if (readingOf(target) === state) return true;
  return !deleted && (standing?.status === state || (standing?.outlook ?? 'other') === state);
}

/** Whether one of the texts contains a part, in whatever case. */
export function contains(part: string, ...texts: readonly (string | undefined)[]): boolean {
  const wanted = part.toLowerCase();
  return texts.some((text) => text?.toLowerCase().includes(wanted));
}
