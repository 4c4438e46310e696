import type { Operation } from '../../modelarts/api.ts';
import type { Answer } from '../answer.ts';
import type { Call } from './call.ts';
import {
  inferencePodEvents,
  inferenceServiceDetail,
  inferenceServiceEvents,
  inferenceServiceList,
} from './inference-services.ts';
import { poolEvents } from './pool-events.ts';
import { poolList } from './pool-list.ts';
import { scheduledEvents } from './scheduled-events.ts';
import { serviceEvents } from './service-events.ts';
import { serviceList } from './service-list.ts';
import { serviceUpdateLogs } from './service-update-logs.ts';
import { trainingJobEvents } from './training-job-events.ts';
import { trainingJobSearch } from './training-job-search.ts';
import { trainingJobStages } from './training-job-stages.ts';

/** A call of ModelArts. */
export interface Endpoint {
  readonly operation: Operation;
  readonly method: 'get' | 'post';
  /** With the names of its parameters, as in `/v1/:project/services`. */
  readonly path: string;
  readonly answer: (call: Call) => Answer;
}

const PODS = '/v2/:project/services/:service/deployments/:deployment/instances/:instance/pods/:pod/events';

/** Every call of ModelArts that is simulated. */
export const ENDPOINTS: readonly Endpoint[] = [
  get('list_services', '/v1/:project/services', serviceList),
  get('service_events', '/v1/:project/services/:service/events', serviceEvents),
  get('service_update_logs', '/v1/:project/services/:service/logs', serviceUpdateLogs),
  get('pool_events', '/v1/:project/events', poolEvents),
  get('list_inference_services', '/v2/:project/services', inferenceServiceList),
  get('show_inference_service', '/v2/:project/services/:service', inferenceServiceDetail),
  get('inference_service_events', '/v2/:project/services/:service/events', inferenceServiceEvents),
  get('inference_service_pod_events', PODS, inferencePodEvents),
  get('list_scheduled_events', '/v1/:project/scheduled-events', scheduledEvents),
  get('list_pools', '/v2/:project/pools', poolList),
  get('training_job_events', '/v2/:project/training-jobs/:job/events', trainingJobEvents),
  get('training_job_stages', '/v2/:project/training-jobs/:job/stages', trainingJobStages),
  {
    operation: 'list_training_jobs',
    method: 'post',
    path: '/v2/:project/training-job-searches',
    answer: trainingJobSearch,
  },
];

function get(operation: Operation, path: string, answer: Endpoint['answer']): Endpoint {
  return { operation, method: 'get', path, answer };
}
