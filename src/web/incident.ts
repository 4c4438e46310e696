import type { NoticeView } from '../collection/notice-view.ts';
import type { TargetView } from '../collection/target-view.ts';
import { KIND_NAMES } from '../kind-table.ts';
import { OUTLOOKS } from '../kinds/standing.ts';
import { keyOf, type TargetKey } from '../target-key.ts';
import type { Backend } from './backend.ts';
import { type Firing, firingOf } from './firing.ts';
import type { PageFilter, Sort } from './pages/page-filter.ts';
import { contains, matches } from './target-filter.ts';
import { readingOf } from './target-state.ts';

/** How many events a search looks through. */
const EVENTS_SEARCHED = 2_000;

/** What the pages show of everything that a filter selects. */
export interface Incident {
  readonly now: number;
  /** In the order that is asked for. */
  readonly targets: readonly TargetView[];
  readonly alerts: readonly Firing[];
  /** How many targets each state has, whichever state the filter asks for. */
  readonly counts: ReadonlyMap<string, number>;
  /** How many alerts fire in all. */
  readonly firing: number;
}

export function incidentOf(backend: Backend, filter: PageFilter): Incident {
  const everything = backend.targets();
  const alerts = backend.alerts();
  const ofAnyState = everything.filter((target) => matches(target, { ...filter, state: undefined }));
  const firing = firingOf(alerts, everything, filter);
  return {
    now: backend.clock(),
    targets: sorted(
      ofAnyState.filter((target) => matches(target, filter)),
      filter.sort,
      firing,
    ),
    alerts: firing,
    counts: countsOf(ofAnyState),
    firing: alerts.length,
  };
}

/** The newest events that the filter selects; problems, unless it asks for every event. */
export function eventsOf(
  backend: Backend,
  filter: PageFilter,
  targets: readonly TargetView[],
  limit: number,
): readonly NoticeView[] {
  const { project, kind, state, q, severity } = filter;
  const inState = state === undefined ? undefined : new Set(targets.map(keyOf));
  return backend
    .notices(
      {
        ...(project === undefined ? {} : { project }),
        ...(kind === undefined ? {} : { kind }),
        ...(severity === 'info' ? {} : { problem: true }),
      },
      EVENTS_SEARCHED,
    )
    .filter(
      (notice) =>
        (severity === undefined || severity === 'info' || notice.severity === severity) &&
        (q === undefined || contains(q, notice.id, notice.name, notice.message)) &&
        (inState === undefined || inState.has(keyOf(notice))),
    )
    .slice(0, limit);
}

function countsOf(targets: readonly TargetView[]): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (state: string) => counts.set(state, (counts.get(state) ?? 0) + 1);
  for (const target of targets) {
    if (!target.deleted) count(target.standing?.outlook ?? 'other');
    count(readingOf(target));
  }
  return counts;
}

function sorted(targets: TargetView[], by: Sort, firing: readonly Firing[]): TargetView[] {
  const alerted = new Map<string, number>();
  for (const { key, severity } of firing.toReversed()) {
    if (key !== undefined) alerted.set(keyOf(key), severity === 'critical' ? 0 : 1);
  }
  const keyed = targets.map((target) => ({ target, key: sortKey(target, by, alerted) }));
  keyed.sort((a, b) => {
    for (const [index, part] of a.key.entries()) {
      const other = b.key[index] ?? 0;
      if (part !== other) return part < other ? -1 : 1;
    }
    return 0;
  });
  return keyed.map(({ target }) => target);
}

function sortKey(target: TargetView, by: Sort, alerted: ReadonlyMap<string, number>): (number | string)[] {
  const { project, kind, name, id, standing } = target;
  const called = (name ?? id).toLowerCase();
  const rest = [called, project, KIND_NAMES.indexOf(kind), id];
  switch (by) {
    case 'trouble':
      return [troubleOf(target, alerted), -(standing?.since ?? 0), ...rest];
    case 'name':
      return rest;
    case 'status':
      return [target.deleted ? 1 : 0, standing?.status ?? '~', ...rest];
    case 'since':
      return [-(standing?.since ?? 0), ...rest];
    case 'problems':
      return [-problemsOf(target), ...rest];
  }
}

/** What needs somebody first comes first; what was deleted comes last. */
function troubleOf(target: TargetView, alerted: ReadonlyMap<string, number>): number {
  const { deleted, up, standing } = target;
  if (deleted) return 10;
  const outlook = OUTLOOKS.indexOf(standing?.outlook ?? 'other');
  const alert = alerted.get(keyOf(target satisfies TargetKey));
  if (standing?.outlook === 'broken') return 0;
  if (alert === 0) return 1;
  if (standing?.outlook === 'weakened') return 2;
  if (up === false) return 3;
  return alert === 1 ? 4 : 4 + outlook;
}

/** Problems of the last 24 hours. */
export function problemsOf({ problemHours }: TargetView): number {
  return problemHours.reduce((sum, count) => sum + count, 0);
}
