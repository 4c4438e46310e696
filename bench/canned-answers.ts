import type { Operation, Query } from '../src/modelarts/api.ts';
import { NOW } from './fleet.ts';

// What the cloud tells of every target of a fleet in the steady state: the newest deployment, run or
// change of a target that has been quiet for an hour, all of it within the overlap.

const LAST = NOW - 3_600_000;

const DEPLOYMENT = [
  'start to deploy service',
  'preparing environment',
  '[resnet 0.0.2] prepare environment success',
  '[resnet 0.0.2] schedule resource success',
  '[resnet 0.0.2] pulling model image',
  '[resnet 0.0.2] pull image success',
  '[resnet 0.0.2] starting model',
  'Service resnet started.',
];

const RUN = [
  ['K8S', 'Successfully assigned default/modelarts-job to 192.168.0.11'],
  ['K8S', 'Pulling image "swr.example.com/modelarts/pytorch:2.1"'],
  ['K8S', 'Started container modelarts-training'],
  ['Job', 'Training job is running.'],
  ['Task', '[worker-0] Training started.'],
] as const;

const CHANGES = [
  ['PoolStatusChange', 'Pool status changed, from Creating to Running'],
  [
    'PoolResourcesStatusChange',
    'Pool resources status changed, flavor: modelarts.vm.gpu.v100, count from 0/0/8/0 to 8/0/0/0, timestamp: 1772449200',
  ],
] as const;

/** The body of an answer; nothing for what the exporter never asks of a fleet. */
export function cannedAnswer(operation: Operation): string {
  return ANSWERS[operation] ?? '';
}

/**
 * The same of a service or training job with a long past: so many events before the last ten, all of it
 * within a day and none within the overlap of those. Undefined for other operations.
 */
export function historyOf(operation: Operation, query: Query, events: number): string | undefined {
  if (operation !== 'service_events' && operation !== 'training_job_events') return undefined;
  const limit = Number(query['limit']);
  const start = query['start_time'] === undefined ? 0 : Number(query['start_time']);
  // Sorted by time, so that the past is only looked at by those who ask for it.
  const recent = Array.from({ length: 10 }, (_, index) => at(9 - index));
  const before = start >= PAST_END ? [] : past(events - recent.length);
  const found = [...before, ...recent].filter((time) => time >= start);
  if (query['order'] === 'desc') found.reverse();
  const page = found.slice(0, limit);
  return operation === 'service_events'
    ? JSON.stringify({
        service_name: 'resnet',
        total_count: found.length,
        events: page.map((time) => ({
          event_type: 'normal',
          event_info: `pod ${time} is ready`,
          occur_time: time,
        })),
      })
    : JSON.stringify({
        total: found.length,
        events: page.map((time) => ({
          time: new Date(time).toISOString(),
          level: 'Info',
          source: 'K8S',
          message: `pod ${time} is ready`,
        })),
      });
}

const PAST_END = LAST - 3_600_000;
const PAST_LENGTH = 20 * 3_600_000;

function past(events: number): number[] {
  return Array.from(
    { length: events },
    (_, index) => PAST_END - PAST_LENGTH + Math.floor((index / events) * PAST_LENGTH),
  );
}

function at(index: number): number {
  return LAST - 10_000 * index;
}

function seconds(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}

const ANSWERS: Partial<Record<Operation, string>> = {
  service_events: JSON.stringify({
    service_name: 'resnet',
    service_id: '6f5da086-876d-4cd0-84d3-000000000000',
    total_count: DEPLOYMENT.length,
    count: DEPLOYMENT.length,
    events: DEPLOYMENT.toReversed().map((event_info, index) => ({
      event_type: 'normal',
      event_info,
      occur_time: at(index),
    })),
  }),
  service_update_logs: JSON.stringify({
    service_name: 'resnet',
    service_id: '6f5da086-876d-4cd0-84d3-000000000000',
    logs: [
      {
        result: 'SUCCESS',
        update_time: LAST,
        config: [
          {
            model_id: '0e07b41b-173e-42db-8c16-8e1b44cc0d44',
            model_name: 'resnet',
            model_version: '0.0.2',
            specification: 'modelarts.vm.gpu.v100',
            weight: 100,
            instance_count: 2,
          },
        ],
      },
    ],
  }),
  training_job_events: JSON.stringify({
    total: RUN.length,
    limit: 100,
    offset: 0,
    order: 'asc',
    events: RUN.map(([source, message], index) => ({
      time: seconds(at(RUN.length - index)),
      level: 'Info',
      source,
      message,
    })),
  }),
  pool_events: JSON.stringify({
    kind: 'EventList',
    apiVersion: 'v1',
    metadata: {},
    items: CHANGES.map(([reason, message], index) => ({
      kind: 'Event',
      apiVersion: 'v1',
      type: 'Normal',
      reason,
      message,
      firstTimestamp: seconds(at(CHANGES.length - index)),
      lastTimestamp: seconds(at(CHANGES.length - index)),
      count: 1,
    })),
  }),
};
