import type { KindName } from '../kind-table.ts';
import { keyOf, type TargetKey } from '../target-key.ts';

/** The targets of these kinds in these projects; an empty list takes all. */
export interface Selection {
  readonly kinds: readonly KindName[];
  readonly projects: readonly string[];
}

/** What a scraper asks for: everything with the exporter's own metrics, the targets of a selection, or one target. */
export type Scope = 'everything' | Selection | TargetKey;

/** Whether who asks for the scope is shown the target or, without one, the exporter's own metrics. */
export function covers(scope: Scope, key: TargetKey | undefined): boolean {
  if (scope === 'everything') return true;
  if (key === undefined) return false;
  if (isTarget(scope)) return keyOf(scope) === keyOf(key);
  const { kinds, projects } = scope;
  return (
    (kinds.length === 0 || kinds.includes(key.kind)) &&
    (projects.length === 0 || projects.includes(key.project))
  );
}

export function isTarget(scope: Scope): scope is TargetKey {
  return typeof scope === 'object' && 'id' in scope;
}
