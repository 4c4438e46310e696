import type { Severity } from '../config/config.ts';
import { type KindName, rowOf } from '../kind-table.ts';
import { dashboardPath, targetPath } from '../target-key.ts';
import { type AlertRecord, type LabelSet, labelsOf, sortedLabels } from './record.ts';

/** An alert as Alertmanager and the status page get it. Instants are Unix milliseconds. */
export interface Alert {
  /** Sorted by name, complete, the same in every replica of the exporter. */
  readonly labels: LabelSet;
  readonly annotations: LabelSet;
  readonly severity: Severity;
  readonly startsAt: number;
  /** Undefined while the alert fires. */
  readonly endsAt: number | undefined;
  /** The page of the alert's target, or of all; undefined without an external URL. */
  readonly generatorUrl: string | undefined;
}

/** The target that an alert is about. */
export interface AlertTarget {
  readonly project: string;
  readonly region: string;
  readonly kind: KindName;
  readonly id: string;
  readonly name: string | undefined;
}

/** The project that an alert is about. */
export type AlertProject = Pick<AlertTarget, 'project' | 'region'>;

/** What the configuration adds to every alert. */
export interface AlertExtras {
  /** Labels; an alert's own label of the same name wins. */
  readonly labels: LabelSet;
  /** Base of the generator URL, without a slash at its end; may be empty. */
  readonly externalUrl: string;
  /** Address of Grafana, without a slash at its end; may be empty. */
  readonly grafanaUrl?: string;
}

/** The labels that tell a target from every other. */
export function targetLabels({ project, region, kind, id, name }: AlertTarget): LabelSet {
  const { labels } = rowOf(kind);
  return sortedLabels({ project, region, kind, target: id, [labels.id]: id, [labels.name]: name ?? '' });
}

/** Makes the alert of a record. */
export function toAlert(
  record: AlertRecord,
  subject: AlertTarget | AlertProject,
  extras: AlertExtras,
): Alert {
  return {
    labels: sortedLabels({ ...extras.labels, ...labelsOf(record) }),
    annotations: {
      summary: `${nameOf(subject, record)} ${record.summary ?? `raised ${record.alertname}`}`.toWellFormed(),
      description: record.message.toWellFormed(),
      event_time: new Date(record.at).toISOString(),
      events: String(record.events),
      ...(record.recoveredAt === undefined
        ? {}
        : { recovered_at: new Date(record.recoveredAt).toISOString() }),
      ...record.annotations,
      ...(extras.externalUrl === '' ? {} : { runbook_url: runbookUrl(record, extras.externalUrl) }),
      ...dashboardUrl(subject, extras.grafanaUrl),
    },
    severity: record.severity,
    startsAt: record.startsAt,
    endsAt: record.resolvedAt === null ? undefined : Math.max(record.resolvedAt, record.startsAt),
    generatorUrl: generatorUrl(subject, extras.externalUrl),
  };
}

function nameOf(subject: AlertTarget | AlertProject, record: AlertRecord): string {
  if (!('kind' in subject)) return `Project ${subject.project} (region ${subject.region})`;
  const name = record.target[rowOf(subject.kind).labels.name] ?? subject.id;
  return `${rowOf(subject.kind).noun} ${name} (project ${subject.project})`;
}

function generatorUrl(subject: AlertTarget | AlertProject, externalUrl: string): string | undefined {
  if (externalUrl === '') return undefined;
  return `${externalUrl}${'kind' in subject ? targetPath(subject) : '/'}`;
}

function dashboardUrl(subject: AlertTarget | AlertProject, grafanaUrl = ''): LabelSet {
  return grafanaUrl === '' || !('kind' in subject)
    ? {}
    : { dashboard_url: `${grafanaUrl}${dashboardPath(subject)}` };
}

/** The exporter serves the runbooks itself, with a heading for each alert. */
function runbookUrl({ alertname }: AlertRecord, externalUrl: string): string {
  return `${externalUrl}/docs/runbooks#${alertname.toLowerCase()}`;
}
