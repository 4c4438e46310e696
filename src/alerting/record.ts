import type { Severity } from '../config/config.ts';
import { labelValue } from './text.ts';

export type LabelSet = Readonly<Record<string, string>>;

/**
 * One alert of a target, firing or just resolved. Plain JSON, as the state file holds it.
 * Instants are Unix milliseconds.
 */
export interface AlertRecord {
  readonly alertname: string;
  readonly severity: Severity;
  /** The target's labels when the alert was last seen; a renamed target's differ. */
  readonly target: LabelSet;
  /** The alert's own labels, such as `phase` or `reason`. */
  readonly labels: LabelSet;
  /** What the target did or is, to stand behind its name; states of earlier versions do not have it. */
  readonly summary?: string | undefined;
  /** Beside those that every alert has. */
  readonly annotations?: LabelSet | undefined;
  /** What holds the alert open: its events, a condition of the kind, or the target's failing reads. */
  readonly origin: 'event' | 'condition' | 'down';
  /** A recovery may end an alert of events. */
  readonly recovers?: boolean | undefined;
  /** The newest event's message, whole. */
  readonly message: string;
  readonly startsAt: number;
  /** Time of the newest event. */
  readonly at: number;
  readonly events: number;
  /** Quiet time runs from here; null where the alert does not end by quiet. */
  readonly quietFrom: number | null;
  /** When it was first told; states of earlier versions do not have it. */
  readonly toldAt?: number | undefined;
  /** When it was over, where it fires on only to be heard of. */
  readonly recoveredAt?: number | undefined;
  /** Null while it fires. */
  readonly resolvedAt: number | null;
}

/** All alerts of one target. */
export type AlertState = readonly AlertRecord[];

export function isFiring(record: AlertRecord): boolean {
  return record.resolvedAt === null;
}

/** The label set that is the alert's identity in Alertmanager, less `alerting.labels`; sorted by name. */
export function labelsOf(
  record: Pick<AlertRecord, 'alertname' | 'severity' | 'target' | 'labels'>,
): LabelSet {
  return sortedLabels({
    ...record.labels,
    ...record.target,
    alertname: record.alertname,
    severity: record.severity,
  });
}

/** Sorts labels by name, bounds their values, and drops empty ones, which mean the same as absent ones. */
export function sortedLabels(labels: LabelSet): LabelSet {
  return Object.fromEntries(
    Object.entries(labels)
      .map(([name, value]) => [name, labelValue(value)] as const)
      .filter(([, value]) => value !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Equal keys are the same alert. */
export function keyOf(record: Pick<AlertRecord, 'alertname' | 'severity' | 'target' | 'labels'>): string {
  return JSON.stringify(labelsOf(record));
}
