import type { Operation } from '../../src/modelarts/api.ts';
import {
  POOL_EVENTS_EXAMPLE,
  SERVICE_EVENTS_EXAMPLE,
  SERVICE_UPDATE_LOGS_EXAMPLE,
  TRAINING_JOB_EVENTS_EXAMPLE,
} from '../simulator-kit/documented-examples.ts';

/** One body of every answer that the kinds read, as the documents show them. */
export const VALID_BODIES = {
  service_events: JSON.parse(SERVICE_EVENTS_EXAMPLE),
  service_update_logs: JSON.parse(SERVICE_UPDATE_LOGS_EXAMPLE),
  training_job_events: JSON.parse(TRAINING_JOB_EVENTS_EXAMPLE),
  training_job_stages: {
    total_count: 1,
    running_records: [
      {
        record_order: 1,
        stages: [
          {
            job_id: 'j-1',
            name: 'scheduling',
            stage_order: 1,
            start_time: '1704164645000',
            end_time: '1704164665000',
            en_message: '',
            zh_message: '',
            sub_stages: [],
          },
        ],
      },
    ],
  },
  pool_events: JSON.parse(POOL_EVENTS_EXAMPLE),
  inference_service_events: {
    current: 0,
    pages: 1,
    size: 2,
    total: 2,
    data: [
      {
        id: 'e-1',
        service_id: 's-1',
        service_version_id: 'v-1',
        event_count: 3,
        event_type: 'WARNING',
        event_info: 'Failed to start the pod container in deployment [main].',
        event_info_cn: '部署[main]的Pod容器启动失败。',
        create_at: 1_669_449_600_000,
        update_at: 1_669_449_700_000,
      },
      {
        id: 'e-2',
        event_count: 1,
        event_type: 'ABNORMAL',
        event_info_cn: '服务部署失败，资源不足。',
        create_at: 1_669_449_500_000,
        update_at: 1_669_449_500_000,
      },
    ],
  },
  show_inference_service: {
    id: 's-1',
    name: 'one',
    status: 'FAILED',
    type: 'REAL_TIME',
    deploy_type: 'MULTI',
    failure_reason: 'no resources',
    version: {
      version: '1.0.1',
      instance_groups: [
        {
          name: 'main',
          pool_id: 'p-1',
          count: 2,
          running_count: 1,
          traffic_ratio: '80.00%',
          version: '1.0.1',
        },
        { infer_name: 'canary', pool_id: 'p-2', count: 1, running_count: 1, weight: 20 },
      ],
    },
  },
  inference_service_pod_events: [
    {
      count: 2,
      first_timestamp: '2022-11-26T08:00:00Z',
      last_timestamp: '2022-11-26T08:01:00Z',
      message: 'Successfully pulled image "x" in 1.5s',
      reason: 'Pulled',
      reporting_component: 'kubelet',
      type: 'Normal',
    },
  ],
  list_inference_services: {
    current: 0,
    pages: 1,
    size: 2,
    total: 2,
    data: [
      { id: 's-1', name: 'one', status: 'RUNNING', version: '1.0.1', version_count: 2, type: 'REAL_TIME' },
      {
        id: 's-2',
        status: 'CONCERNING',
        user_name: 'me',
        create_at: 1_669_449_600_000,
        update_at: '1669449700000',
      },
    ],
  },
  list_services: {
    total_count: 2,
    count: 2,
    services: [
      { service_id: 's1', service_name: 'one', infer_type: 'real-time', status: 'running' },
      { service_id: 's2', service_name: 'two', infer_type: 'edge', status: 'concerning' },
    ],
  },
  list_training_jobs: {
    total: 2,
    count: 2,
    items: [
      {
        metadata: { id: 'j1', name: 'one', create_time: 1_669_449_600_000 },
        status: {
          phase: 'Failed',
          start_time: 1_669_449_700_000,
          duration: 60_000,
          running_records: [
            {
              start_at: 1_669_449_700,
              end_at: 1_669_449_760,
              recover_records: [{ fault_scenario: 'node_fault', recover_start_at: 1_669_449_750 }],
            },
            { start_at: 1_669_449_800, end_at: 1_669_449_860 },
          ],
          task_statuses: [{ task: 'worker-0', exit_code: 1, message: 'Out of memory.' }],
        },
        spec: { resource: { node_count: 2 } },
      },
      {
        metadata: { id: 'j2', name: 'two', create_time: 1_669_449_900_000 },
        status: { phase: 'Running', start_time: 1_669_450_000_000 },
        spec: { resource: { node_count: 1 } },
      },
    ],
  },
  list_pools: {
    items: [
      {
        metadata: { name: 'p1', labels: { 'os.modelarts/name': 'one' } },
        status: {
          phase: 'Running',
          message: 'ok',
          resources: {
            available: [{ flavor: 'f', count: 3 }],
            abnormal: [{ flavor: 'f', count: 1 }],
            creating: [],
            deleting: { count: 2 },
          },
        },
      },
      { metadata: { name: 'p2' }, status: { phase: 'Abnormal' } },
    ],
  },
  list_scheduled_events: {
    count: 2,
    events: [
      {
        id: 'event-1',
        catalog: 'hardware',
        type: 'localdisk-recovery',
        state: 'inquiring',
        description: 'A local disk is replaced.',
        instanceType: 'standard',
        nodeName: 'node-1',
        poolName: 'p1',
        publishTime: '2022-11-26T08:00:00Z',
        startTime: '',
        finishTime: '',
        notBefore: '2022-11-28T08:00:00Z',
      },
      {
        id: 'event-2',
        type: 'node_reboot',
        state: 'executing',
        poolName: 'p2',
        startTime: '2022-11-26T08:00:00Z',
      },
    ],
  },
} as const satisfies Partial<Record<Operation, unknown>>;

export type ReadOperation = keyof typeof VALID_BODIES;
