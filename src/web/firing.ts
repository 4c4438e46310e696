import type { Alert } from '../alerting/alert.ts';
import type { TargetView } from '../collection/target-view.ts';
import { KIND_NAMES, rowOf } from '../kind-table.ts';
import type { TargetKey } from '../target-key.ts';
import { contains, matches, type TargetFilter } from './target-filter.ts';

/** A firing alert with what people ask of it. */
export interface Firing {
  readonly alertname: string;
  readonly severity: 'critical' | 'warning';
  readonly project: string | undefined;
  /** The target that it is about, where it is about one. */
  readonly key: TargetKey | undefined;
  /** The same as it is now; undefined where it is no longer collected. */
  readonly target: TargetView | undefined;
  readonly summary: string;
  /** The words of ModelArts, whole. */
  readonly words: string;
  /** Unix milliseconds. */
  readonly since: number;
  /** How many events it holds. */
  readonly events: number;
}

/**
 * The alerts that match, critical before warning, newest first.
 * @param find the target of a key as it is now
 */
export function firingOf(
  alerts: readonly Alert[],
  find: (key: TargetKey) => TargetView | undefined,
  filter: TargetFilter & { readonly severity?: string | undefined },
): Firing[] {
  return alerts
    .map((alert) => firing(alert, find))
    .filter((each) => concerns(each, filter))
    .sort((a, b) => rank(a) - rank(b) || b.since - a.since);
}

function firing(
  { labels, annotations, startsAt }: Alert,
  find: (key: TargetKey) => TargetView | undefined,
): Firing {
  const key = targetOf(labels);
  return {
    alertname: labels['alertname'] ?? 'alert',
    severity: labels['severity'] === 'critical' ? 'critical' : 'warning',
    project: labels['project'],
    key,
    target: key === undefined ? undefined : find(key),
    summary: annotations['summary'] ?? '',
    words: annotations['description'] ?? '',
    since: startsAt,
    events: Number(annotations['events'] ?? 0),
  };
}

function targetOf(labels: Alert['labels']): TargetKey | undefined {
  const project = labels['project'];
  const kind = KIND_NAMES.find((name) => name === labels['kind']);
  const id = kind === undefined ? undefined : labels[rowOf(kind).labels.id];
  return project === undefined || kind === undefined || id === undefined ? undefined : { project, kind, id };
}

/** Beside its target, an alert is found by its own words. */
function concerns(
  { alertname, severity, project, key, target, summary, words }: Firing,
  { severity: wanted, q, ...filter }: TargetFilter & { readonly severity?: string | undefined },
): boolean {
  if (wanted !== undefined && wanted !== 'info' && wanted !== severity) return false;
  if (filter.project !== undefined && filter.project !== project) return false;
  if (filter.kind !== undefined && filter.kind !== key?.kind) return false;
  if (filter.state !== undefined) {
    if (target === undefined || !matches(target, { ...filter, q: undefined })) return false;
  }
  return (
    q === undefined || contains(q, alertname, summary, words, key?.id, target?.name, target?.standing?.owner)
  );
}

function rank({ severity }: Firing): number {
  return severity === 'critical' ? 0 : 1;
}
