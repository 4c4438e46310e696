import { PHASES as DEPLOYMENT_PHASES } from '../../src/kinds/service/phases.ts';

/** A metric as the exporter exposes it: its labels, each with its values where these are a closed set. */
export type ExposedMetrics = ReadonlyMap<string, Readonly<Record<string, readonly string[] | undefined>>>;

const PROJECT = { project: undefined };
const KIND = { kind: ['service', 'inference_service', 'training_job', 'pool'] };
const SERVICE = { ...PROJECT, service_id: undefined, service_name: undefined };
const INFERENCE = { ...PROJECT, inference_service_id: undefined, inference_service_name: undefined };
const JOB = { ...PROJECT, training_job_id: undefined, training_job_name: undefined };
const POOL = { ...PROJECT, pool: undefined, pool_name: undefined };
const TARGET = { ...PROJECT, ...KIND, target: undefined, target_name: undefined };
const MODEL = { model_id: undefined, model_name: undefined, model_version: undefined };

const EVENT_TYPE = { event_type: ['normal', 'abnormal'] };
const INFERENCE_EVENT_TYPE = { event_type: ['normal', 'abnormal', 'warning'] };
const DEPLOYMENT = { deployment: undefined, version: undefined };
const LEVEL = { level: ['info', 'warning', 'error'] };
const POOL_TYPE = { type: ['normal', 'warning'] };
const MAINTENANCE = {
  event: undefined,
  type: [
    'system_maintenance',
    'localdisk_recovery',
    'node_reboot',
    'operation_request',
    'node_maintenance',
    'node_redeploy',
    'node_localdisk_recovery',
  ],
  node: undefined,
};
const OPERATION = { operation: undefined };
const ALERTMANAGER = { alertmanager: undefined };

const SCENARIO = {
  scenario: ['chip_fault', 'node_fault', 'job_failed', 'job_hanged', 'job_subhealth', 'error_in_log'],
};
const PHASES = [
  'creating',
  'pending',
  'running',
  'failed',
  'completed',
  'terminating',
  'terminated',
  'abnormal',
];

const SERVICE_STATUSES = [
  'running',
  'deploying',
  'concerning',
  'failed',
  'stopped',
  'finished',
  'stopping',
  'deleting',
  'pending',
  'waiting',
];

const INFERENCE_STATUSES = [
  'running',
  'init',
  'deploying',
  'upgrading',
  'concerning',
  'error',
  'failed',
  'interrupting',
  'stopping',
  'stopped',
  'deleting',
];

/** The series of a histogram. */
function histogram(name: string, labels: Readonly<Record<string, readonly string[] | undefined>>) {
  return {
    [`${name}_bucket`]: { ...labels, le: undefined },
    [`${name}_sum`]: labels,
    [`${name}_count`]: labels,
  };
}

/** Every metric that queries and rules may use. */
export const EXPOSED_METRICS: ExposedMetrics = new Map(
  Object.entries({
    modelarts_service_events_total: { ...SERVICE, ...EVENT_TYPE },
    modelarts_service_recent_events: { ...SERVICE, ...EVENT_TYPE },
    modelarts_service_last_event_timestamp_seconds: { ...SERVICE, ...EVENT_TYPE },
    modelarts_service_deployment_phase_duration_seconds: {
      ...SERVICE,
      phase: [
        'image_building',
        'environment_preparation',
        'resource_scheduling',
        'image_pulling',
        'model_startup',
      ],
    },
    modelarts_service_last_update_result: { ...SERVICE, result: ['success', 'fail', 'running'] },
    modelarts_service_last_update_timestamp_seconds: SERVICE,
    modelarts_service_updates_total: { ...SERVICE, result: ['success', 'fail'] },
    modelarts_service_last_update_nodes: { ...SERVICE, outcome: ['succeeded', 'failed'] },
    modelarts_service_model_instances: { ...SERVICE, ...MODEL, specification: undefined },
    modelarts_service_model_traffic_weight_ratio: { ...SERVICE, ...MODEL },
    modelarts_service_status: { ...SERVICE, status: SERVICE_STATUSES },
    modelarts_inference_service_events_total: { ...INFERENCE, ...INFERENCE_EVENT_TYPE },
    modelarts_inference_service_recent_events: { ...INFERENCE, ...INFERENCE_EVENT_TYPE },
    modelarts_inference_service_last_event_timestamp_seconds: { ...INFERENCE, ...INFERENCE_EVENT_TYPE },
    modelarts_inference_service_status: { ...INFERENCE, status: INFERENCE_STATUSES },
    modelarts_inference_service_info: {
      ...INFERENCE,
      type: undefined,
      deploy_type: undefined,
      owner: undefined,
      pool: undefined,
      version: undefined,
    },
    modelarts_inference_service_versions: INFERENCE,
    modelarts_inference_service_instances: { ...INFERENCE, ...DEPLOYMENT, state: ['wanted', 'running'] },
    modelarts_inference_service_traffic_ratio: { ...INFERENCE, ...DEPLOYMENT },
    modelarts_inference_service_deployment_phase_duration_seconds: { ...INFERENCE, phase: DEPLOYMENT_PHASES },
    modelarts_inference_service_pod_events_total: {
      ...INFERENCE,
      type: ['normal', 'warning'],
      reason: undefined,
    },
    modelarts_training_job_events_total: { ...JOB, ...LEVEL, source: ['k8s', 'job', 'task'] },
    modelarts_training_job_recent_events: { ...JOB, ...LEVEL },
    modelarts_training_job_last_event_timestamp_seconds: { ...JOB, ...LEVEL },
    modelarts_training_job_worker_exit_code: { ...JOB, worker: undefined },
    modelarts_training_job_status: {
      ...JOB,
      status: PHASES,
    },
    modelarts_training_job_created_timestamp_seconds: JOB,
    modelarts_training_job_start_timestamp_seconds: JOB,
    modelarts_training_job_end_timestamp_seconds: JOB,
    modelarts_training_job_nodes: JOB,
    modelarts_training_job_info: {
      ...JOB,
      owner: undefined,
      pool: undefined,
      flavor: undefined,
      priority: undefined,
      train_type: undefined,
    },
    modelarts_training_job_restarts_total: JOB,
    modelarts_training_job_recoveries_total: {
      ...JOB,
      ...SCENARIO,
      result: ['success', 'failed', 'downgrade', 'terminated', 'quota_exceeded'],
    },
    modelarts_pool_events_total: { ...POOL, ...POOL_TYPE, reason: undefined },
    modelarts_pool_recent_events: { ...POOL, ...POOL_TYPE },
    modelarts_pool_last_event_timestamp_seconds: { ...POOL, ...POOL_TYPE },
    modelarts_pool_nodes: { ...POOL, state: ['available', 'abnormal', 'creating', 'deleting'] },
    modelarts_pool_status: { ...POOL, status: ['creating', 'running', 'abnormal', 'deleting', 'error'] },
    modelarts_training_jobs: { ...PROJECT, status: PHASES },
    modelarts_training_jobs_ended_total: {
      ...PROJECT,
      result: ['completed', 'failed', 'terminated', 'abnormal'],
    },
    modelarts_training_jobs_failed_total: { ...PROJECT, scenario: [...SCENARIO.scenario, 'none'] },
    ...histogram('modelarts_training_job_wait_seconds', PROJECT),
    ...histogram('modelarts_training_job_run_seconds', PROJECT),
    ...histogram('modelarts_training_job_recovery_seconds', { ...PROJECT, ...SCENARIO }),
    ...histogram('modelarts_training_job_stage_seconds', {
      ...PROJECT,
      stage: ['scheduling', 'preparing', 'running', 'end'],
    }),
    modelarts_training_interruptions_total: { ...PROJECT, pool: undefined, ...SCENARIO },
    modelarts_training_node_seconds_total: { ...PROJECT, pool: undefined },
    modelarts_training_lost_node_seconds_total: { ...PROJECT, pool: undefined, ...SCENARIO },
    modelarts_inference_services: { ...PROJECT, status: INFERENCE_STATUSES },
    modelarts_inference_service_deployments_total: { ...PROJECT, result: ['success', 'fail'] },
    modelarts_services: { ...PROJECT, status: SERVICE_STATUSES },
    modelarts_service_deployments_total: { ...PROJECT, result: ['success', 'fail'], phase: undefined },
    ...histogram('modelarts_service_deployment_seconds', { ...PROJECT, result: ['success', 'fail'] }),
    modelarts_service_info: { ...SERVICE, infer_type: undefined, owner: undefined, pool: undefined },
    modelarts_service_deployment_phase_start_timestamp_seconds: {
      ...SERVICE,
      phase: [
        'image_building',
        'environment_preparation',
        'resource_scheduling',
        'image_pulling',
        'model_startup',
      ],
    },
    modelarts_service_update_duration_seconds: SERVICE,
    modelarts_service_availability_seconds_total: { ...SERVICE, state: ['good', 'bad'] },
    modelarts_pool_info: {
      ...POOL,
      type: undefined,
      flavor: undefined,
      scope: undefined,
      billing: ['pay_per_use', 'period'],
    },
    modelarts_pool_nodes_wanted: POOL,
    modelarts_pool_abnormal_seconds_total: POOL,
    modelarts_pool_maintenance_start_timestamp_seconds: { ...POOL, ...MAINTENANCE },
    modelarts_pool_maintenance_state: {
      ...POOL,
      ...MAINTENANCE,
      state: ['inquiring', 'scheduled', 'executing'],
    },
    modelarts_target_info: {
      ...PROJECT,
      ...KIND,
      target: undefined,
      target_name: undefined,
      service_id: undefined,
      inference_service_id: undefined,
      training_job_id: undefined,
      pool: undefined,
      owner: undefined,
    },
    modelarts_target_status: {
      ...TARGET,
      status: undefined,
      outlook: ['broken', 'weakened', 'changing', 'working', 'ended', 'other'],
    },
    modelarts_target_status_since_timestamp_seconds: TARGET,
    modelarts_target_up: TARGET,
    modelarts_target_last_success_timestamp_seconds: TARGET,
    modelarts_target_refresh_duration_seconds: TARGET,
    modelarts_project_info: { ...PROJECT, region: undefined, project_id: undefined },
    modelarts_refresh_errors_total: {
      ...PROJECT,
      ...KIND,
      reason: [
        'auth',
        'forbidden',
        'not_found',
        'throttled',
        'timeout',
        'network',
        'server',
        'malformed',
        'other',
      ],
    },
    modelarts_malformed_events_total: { ...PROJECT, ...KIND },
    modelarts_truncated_polls_total: { ...PROJECT, ...KIND },
    modelarts_discovered_targets: { ...PROJECT, ...KIND },
    modelarts_discovery_last_success_timestamp_seconds: { ...PROJECT, ...KIND },
    modelarts_events_total: { ...PROJECT, ...KIND, problem: ['true', 'false'] },
    modelarts_api_requests_total: { ...PROJECT, ...OPERATION, code: undefined },
    modelarts_api_request_duration_seconds_bucket: { ...OPERATION, le: undefined },
    modelarts_api_request_duration_seconds_sum: OPERATION,
    modelarts_api_request_duration_seconds_count: OPERATION,
    modelarts_api_clock_skew_seconds: PROJECT,
    modelarts_api_rate_limit: PROJECT,
    modelarts_api_throttled_seconds_total: PROJECT,
    modelarts_refresh_queue_length: PROJECT,
    modelarts_oldest_due_target_age_seconds: PROJECT,
    modelarts_active_alerts: { severity: ['warning', 'critical'] },
    modelarts_project_active_alerts: {
      ...PROJECT,
      alertname: undefined,
      severity: ['warning', 'critical'],
    },
    modelarts_alertmanager_alerts_sent_total: ALERTMANAGER,
    modelarts_alertmanager_errors_total: ALERTMANAGER,
    modelarts_alertmanager_last_success_timestamp_seconds: ALERTMANAGER,
    modelarts_alertmanager_request_duration_seconds_bucket: { ...ALERTMANAGER, le: undefined },
    modelarts_alertmanager_request_duration_seconds_sum: ALERTMANAGER,
    modelarts_alertmanager_request_duration_seconds_count: ALERTMANAGER,
    modelarts_scrapes_partial_total: {},
    modelarts_exporter_shard_info: { shard: undefined, shards: undefined },
    modelarts_exporter_build_info: { version: undefined, revision: undefined, node_version: undefined },
    modelarts_exporter_config_last_reload_successful: {},
    modelarts_exporter_config_last_reload_success_timestamp_seconds: {},
    modelarts_exporter_event_log_lost_lines_total: {},
    modelarts_exporter_event_log_pending_lines: {},
    modelarts_exporter_state_write_errors_total: {},
    process_resident_memory_bytes: {},
    process_cpu_seconds_total: {},
    nodejs_eventloop_lag_p99_seconds: {},
    up: {},
    ALERTS: {
      ...PROJECT,
      ...KIND,
      alertname: undefined,
      alertstate: ['pending', 'firing'],
      severity: ['warning', 'critical'],
      bridge: ['replaces'],
    },
  } satisfies Record<string, Readonly<Record<string, readonly string[] | undefined>>>),
);
