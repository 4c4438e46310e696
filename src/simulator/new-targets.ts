import type { InferenceDeployment, InferenceService, Job, Pool, Service } from './model.ts';

// What a target is like where whoever makes it does not say.

export function newService(owner: string, service: Partial<Service> & { service_id: string }): Service {
  return {
    service_name: service.service_id,
    infer_type: 'real-time',
    status: 'running',
    progress: 0,
    publish_at: 0,
    transition_at: service.publish_at ?? 0,
    model_id: '0e07b41b-173e-42db-8c16-8e1b44cc0d44',
    owner,
    events: [],
    logs: [],
    ...service,
  };
}

export type NewInferenceService = Partial<Omit<InferenceService, 'deployments'>> & {
  id: string;
  deployments?: readonly (Partial<InferenceDeployment> & { name: string })[];
};

export function newInferenceService(service: NewInferenceService): InferenceService {
  return {
    name: service.id,
    status: 'RUNNING',
    version: '1.0.0',
    version_count: 1,
    type: 'REAL_TIME',
    user_name: 'operator',
    create_at: 0,
    update_at: service.create_at ?? 0,
    failure_reason: '',
    events: [],
    ...service,
    deployments: (service.deployments ?? []).map((deployment) => ({
      pool_id: 'pool-infer',
      version: '1.0.0',
      status: 'RUNNING',
      count: 1,
      running_count: 1,
      weight: 100,
      podEvents: [],
      ...deployment,
    })),
  };
}

export function newJob(job: Partial<Job> & { id: string }): Job {
  return {
    name: job.id,
    phase: 'Running',
    create_time: 0,
    start_time: undefined,
    end_time: undefined,
    node_count: 1,
    pool_id: '',
    algorithm_name: 'custom',
    user_name: 'modelarts-user',
    flavor_id: 'modelarts.vm.gpu.v100',
    priority: 1,
    running_records: [],
    task_statuses: [],
    events: [],
    ...job,
  };
}

export function newPool(pool: Partial<Pool> & { name: string }): Pool {
  return {
    display_name: pool.name,
    phase: 'Running',
    created_at: 0,
    resources: [{ flavor: 'modelarts.vm.gpu.v100', creating: 0, available: 1, abnormal: 0, deleting: 0 }],
    events: [],
    ...pool,
  };
}
