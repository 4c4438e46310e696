import { COLOUR } from './colours.ts';

/** How the dashboards and Prometheus name the things of one kind. */
export interface TargetKind {
  /** Value of the label `kind`, and name of the dashboard variable. */
  readonly kind: 'service' | 'inference_service' | 'training_job' | 'pool';
  readonly title: string;
  /** In a sentence about one. */
  readonly noun: string;
  readonly id: string;
  readonly name: string;
  /** Labels of its event counter, beside those of the target; the first one says what kind of news an event is. */
  readonly classes: readonly [string, ...string[]];
  /** By the values of the first of these labels. */
  readonly colours: Readonly<Record<string, string>>;
  /** Which of its events are problems. */
  readonly problems: string;
  /** Of the dashboard that shows one target. */
  readonly uid: string;
}

function targetKind(
  kind: TargetKind['kind'],
  title: string,
  own: Pick<TargetKind, 'noun' | 'classes' | 'colours' | 'problems'>,
): TargetKind {
  const id = kind === 'pool' ? kind : `${kind}_id`;
  return { kind, title, id, name: `${kind}_name`, uid: `modelarts-${kind.replaceAll('_', '-')}`, ...own };
}

export const SERVICE = targetKind('service', 'Service', {
  noun: 'service',
  classes: ['event_type'],
  colours: { normal: COLOUR.busy, abnormal: COLOUR.bad },
  problems: 'event_type="abnormal"',
});

export const INFERENCE_SERVICE = targetKind('inference_service', 'Inference service', {
  noun: 'service',
  classes: ['event_type'],
  colours: { normal: COLOUR.busy, abnormal: COLOUR.bad, warning: COLOUR.warning },
  problems: 'event_type="abnormal"',
});

export const TRAINING_JOB = targetKind('training_job', 'Training job', {
  noun: 'job',
  classes: ['level', 'source'],
  colours: { info: COLOUR.busy, warning: COLOUR.warning, error: COLOUR.bad },
  problems: 'level="error"',
});

export const POOL = targetKind('pool', 'Pool', {
  noun: 'pool',
  classes: ['type', 'reason'],
  colours: { normal: COLOUR.busy, warning: COLOUR.warning },
  problems: 'type="warning"',
});

/** The grouping that leaves one series per target, however many exporters read it. */
export function identity(target: TargetKind): string {
  return `project, ${target.id}, ${target.name}`;
}

/**
 * Path of the dashboard of one target, with time range and data source kept. `project` and `id` are
 * Grafana's placeholders for where the link stands.
 */
export function targetUrl(target: TargetKind, project: string, id: string): string {
  const kept = `\${__url_time_range}&\${prometheus_datasource:queryparam}`;
  return `/d/${target.uid}?${kept}&var-project=${project}&var-${target.kind}=${id}`;
}

/** The page that the exporter has of one target, at the address that people have chosen for it. */
export function pageUrl({ kind }: TargetKind, project: string, id: string): string {
  return `\${pages}/targets/${project}/${kind}/${id}`;
}
