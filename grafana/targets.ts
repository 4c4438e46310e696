/** How the dashboards and Prometheus name the things of one kind. */
export interface TargetKind {
  /** Value of the label `kind`, and name of the dashboard variable. */
  readonly kind: 'service' | 'inference_service' | 'training_job' | 'pool';
  readonly title: string;
  readonly id: string;
  readonly name: string;
  /** Labels of its event counter, beside those of the target. */
  readonly classes: readonly string[];
  /** Of the dashboard that shows one target. */
  readonly uid: string;
  /** Which of its last events are problems. */
  readonly problems: { readonly metric: string; readonly bad: string };
}

export const SERVICE: TargetKind = {
  kind: 'service',
  title: 'Service',
  id: 'service_id',
  name: 'service_name',
  classes: ['event_type'],
  uid: 'modelarts-service',
  problems: { metric: 'modelarts_service_last_event_timestamp_seconds', bad: 'event_type="abnormal"' },
};

export const INFERENCE_SERVICE: TargetKind = {
  kind: 'inference_service',
  title: 'Inference service',
  id: 'inference_service_id',
  name: 'inference_service_name',
  classes: ['event_type'],
  uid: 'modelarts-inference-service',
  problems: {
    metric: 'modelarts_inference_service_last_event_timestamp_seconds',
    bad: 'event_type="abnormal"',
  },
};

export const TRAINING_JOB: TargetKind = {
  kind: 'training_job',
  title: 'Training job',
  id: 'training_job_id',
  name: 'training_job_name',
  classes: ['level', 'source'],
  uid: 'modelarts-training-job',
  problems: { metric: 'modelarts_training_job_last_event_timestamp_seconds', bad: 'level="error"' },
};

export const POOL: TargetKind = {
  kind: 'pool',
  title: 'Pool',
  id: 'pool',
  name: 'pool_name',
  classes: ['type', 'reason'],
  uid: 'modelarts-pool',
  problems: { metric: 'modelarts_pool_last_event_timestamp_seconds', bad: 'type="warning"' },
};

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
