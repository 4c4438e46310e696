import type { KindName } from './kind-table.ts';

/**
 * What identifies a target, in series, alerts, files and pages alike: a name is for people and may change, an
 * id is unique only within its project and kind.
 */
export interface TargetKey {
  /** Name of the project in the configuration. */
  readonly project: string;
  readonly kind: KindName;
  /** As ModelArts spells it; of a pool its name. */
  readonly id: string;
}

/**
 * The key as a text, for maps. Equal exactly for equal keys: JSON quotes whatever could stand in a name or an
 * id, so that no separator can be taken for another one.
 */
export function keyOf({ project, kind, id }: TargetKey): string {
  return JSON.stringify([project, kind, id]);
}

/** Path of the target's page below the exporter's own address. */
export function targetPath({ project, kind, id }: TargetKey): string {
  return `/targets/${[project, kind, id].map((part) => encodeURIComponent(part.toWellFormed())).join('/')}`;
}

/**
 * Path of the dashboard that shows the target, below the address of Grafana: its uid is `modelarts-` and the kind, and
 * its variables are the project and the kind.
 */
export function dashboardPath({ project, kind, id }: TargetKey): string {
  const query = new URLSearchParams({ 'var-project': project, [`var-${kind}`]: id });
  return `/d/modelarts-${kind.replaceAll('_', '-')}?${query}`;
}
