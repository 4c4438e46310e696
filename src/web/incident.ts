import type { NoticeView } from '../collection/notice-view.ts';
import type { TargetView } from '../collection/target-view.ts';
import { KIND_NAMES } from '../kind-table.ts';
import { OUTLOOKS } from '../kinds/standing.ts';
import type { TargetKey } from '../target-key.ts';
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
  const firing = firingOf(alerts, (key) => backend.target(key), filter);
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
export function eventsOf(backend: Backend, filter: PageFilter, limit: number): readonly NoticeView[] {
  const { project, kind, state, q, severity } = filter;
  const isInState = (key: TargetKey) => {
    const target = backend.target(key);
    return target !== undefined && matches(target, { ...filter, q: undefined });
  };
  return backend
    .notices(
      {
        project,
        kind,
        problem: severity === 'info' ? undefined : true,
      },
      EVENTS_SEARCHED,
    )
    .filter(
      (notice) =>
        (severity === undefined || severity === 'info' || notice.severity === severity) &&
        (q === undefined || contains(q, notice.id, notice.name, notice.message)) &&
        (state === undefined || isInState(notice)),
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

interface Ranked {
  readonly target: TargetView;
  /** The lesser comes first; of equals the name decides. */
  readonly rank: number;
  readonly second: number | string;
  readonly called: string;
}

function sorted(targets: readonly TargetView[], by: Sort, firing: readonly Firing[]): TargetView[] {
  // By the targets themselves: to write the key of each of ten thousand takes longer than to sort them.
  const alerted = new Map<TargetView, number>();
  for (const { target, severity } of firing.toReversed()) {
    if (target !== undefined) alerted.set(target, severity === 'critical' ? 0 : 1);
  }
  return targets
    .map((target) => ranked(target, by, alerted))
    .sort((a, b) => {
      if (a.rank !== b.rank) return a.rank - b.rank;
      if (a.second !== b.second) return a.second < b.second ? -1 : 1;
      if (a.called !== b.called) return a.called < b.called ? -1 : 1;
      return inOrder(a.target, b.target);
    })
    .map(({ target }) => target);
}

/** @param firing alerts that fire */
export function worstFirst(targets: readonly TargetView[], firing: readonly Firing[]): TargetView[] {
  return sorted(targets, 'trouble', firing);
}

function inOrder(a: TargetView, b: TargetView): number {
  if (a.project !== b.project) return a.project < b.project ? -1 : 1;
  if (a.kind !== b.kind) return KIND_NAMES.indexOf(a.kind) - KIND_NAMES.indexOf(b.kind);
  return a.id < b.id ? -1 : 1;
}

function ranked(target: TargetView, by: Sort, alerted: ReadonlyMap<TargetView, number>): Ranked {
  const { name, id, standing, deleted } = target;
  const base = { target, rank: 0, second: 0, called: (name ?? id).toLowerCase() };
  switch (by) {
    case 'trouble':
      return { ...base, rank: troubleOf(target, alerted), second: -(standing?.since ?? 0) };
    case 'name':
      return base;
    case 'status':
      return { ...base, rank: deleted ? 1 : 0, second: standing?.status ?? '~' };
    case 'since':
      return { ...base, rank: -(standing?.since ?? 0) };
    case 'problems':
      return { ...base, rank: -problemsOf(target) };
  }
}

/** What needs somebody first comes first; what was deleted comes last. */
function troubleOf(target: TargetView, alerted: ReadonlyMap<TargetView, number>): number {
  const { deleted, up, standing } = target;
  if (deleted) return 10;
  const outlook = OUTLOOKS.indexOf(standing?.outlook ?? 'other');
  const alert = alerted.get(target);
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
