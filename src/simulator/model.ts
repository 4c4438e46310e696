/**
 * What the simulated cloud holds. Fields bear the names of the API; instants are Unix milliseconds.
 * Events lie in plain arrays in the order of their coming, so that a test can count them itself.
 */

export interface ServiceEvent {
  readonly event_type: string;
  readonly event_info: string;
  readonly occur_time: number;
}

export interface ModelConfig {
  readonly model_id: string;
  readonly model_name: string;
  readonly model_version: string;
  readonly specification?: string;
  readonly weight?: number;
  readonly instance_count?: number;
  /** The dedicated pool that it runs in. */
  readonly cluster_id?: string;
}

export interface UpdateRecord {
  result: string;
  readonly update_time: number;
  readonly config: readonly ModelConfig[];
  /** Edge services only, as are the two below. */
  success_num?: number;
  failed_num?: number;
  result_detail?: readonly {
    readonly result: boolean;
    readonly node_name: string;
    readonly operation: string;
    readonly node_id: string;
  }[];
}

export interface Service {
  readonly service_id: string;
  service_name: string;
  readonly infer_type: 'real-time' | 'batch' | 'edge';
  status: string;
  /** Percent; told while deploying. */
  progress: number;
  readonly publish_at: number;
  transition_at: number;
  readonly model_id: string;
  /** Who created it. */
  readonly owner: string;
  readonly events: ServiceEvent[];
  readonly logs: UpdateRecord[];
}

/** An event of a service of the new generation. */
export interface InferenceEvent {
  /** Undefined: the API gives none, and the content is all there is. */
  readonly id: string | undefined;
  readonly service_version_id: string;
  event_count: number;
  readonly event_type: string;
  readonly event_info: string;
  readonly event_info_cn: string;
  /** Of the first occurrence. */
  readonly create_at: number;
  /** Of the last occurrence. */
  update_at: number;
  /** Every instant it happened at, which the API does not tell. */
  readonly occurrences: number[];
}

/** An event as it is added: `count` times at `at`. */
export type NewInferenceEvent = Pick<InferenceEvent, 'event_type' | 'event_info'> &
  Partial<Pick<InferenceEvent, 'id' | 'event_info_cn' | 'service_version_id'>> & {
    readonly at: number;
    readonly count?: number;
  };

/** A Kubernetes event of a pod; the API tells whole seconds. */
export interface InferencePodEvent {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly first_timestamp: number;
  last_timestamp: number;
  count: number;
}

/** A deployment of a service of the new generation, an "instance group". */
export interface InferenceDeployment {
  readonly name: string;
  readonly pool_id: string;
  version: string;
  status: string;
  /** Instances that are wanted, and those that run. */
  count: number;
  running_count: number;
  /** Percent of the traffic. */
  weight: number;
  readonly podEvents: InferencePodEvent[];
}

/** A service of the new generation. */
export interface InferenceService {
  readonly id: string;
  name: string;
  status: string;
  version: string;
  version_count: number;
  readonly type: 'REAL_TIME' | 'ASYNC_REAL_TIME';
  readonly user_name: string;
  readonly create_at: number;
  update_at: number;
  failure_reason: string;
  readonly deployments: InferenceDeployment[];
  readonly events: InferenceEvent[];
}

export interface JobEvent {
  /** Whole seconds. */
  readonly time: number;
  readonly level: string;
  readonly source: string;
  readonly message: string;
  /** What `X-Language: zh-cn` gets instead of `message`. */
  readonly message_zh?: string;
}

interface RecoverRecord {
  /** Unix seconds, as are all instants of running and recovery records. */
  readonly recover_start_at: number;
  recover_end_at?: number;
  readonly recover: string;
  readonly fault_scenario: string;
  readonly reason: string;
  readonly related_task: string;
  recover_result: string;
}

interface RunningRecord {
  readonly start_at: number;
  end_at?: number;
  readonly start_type: 'init_or_rescheduled' | 'restarted';
  end_reason?: string;
  end_related_task?: string;
  end_recover?: string;
  readonly recover_records: RecoverRecord[];
}

export interface Job {
  readonly id: string;
  name: string;
  phase: string;
  readonly create_time: number;
  start_time: number | undefined;
  end_time: number | undefined;
  readonly node_count: number;
  readonly pool_id: string;
  readonly algorithm_name: string;
  /** Who created it. */
  readonly user_name: string;
  readonly flavor_id: string;
  /** 0 to 3. */
  readonly priority: number;
  readonly running_records: RunningRecord[];
  readonly task_statuses: { readonly task: string; readonly exit_code: number; readonly message: string }[];
  readonly events: JobEvent[];
}

export interface PoolEvent {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  /** Whole seconds. */
  readonly firstTimestamp: number;
  lastTimestamp: number;
  count: number;
  /** Every instant it happened at, which the API does not tell. */
  readonly occurrences: number[];
}

/** A pool event as it is added: once, at `firstTimestamp`, unless more is said. */
export type NewPoolEvent = Pick<PoolEvent, 'type' | 'reason' | 'message' | 'firstTimestamp'> &
  Partial<Pick<PoolEvent, 'lastTimestamp' | 'count'>>;

/** Node counts of one flavour. */
export interface PoolNodes {
  readonly flavor: string;
  creating: number;
  available: number;
  abnormal: number;
  deleting: number;
}

export interface Pool {
  /** The pool's id: `metadata.name`. */
  readonly name: string;
  display_name: string;
  phase: string;
  readonly created_at: number;
  readonly resources: PoolNodes[];
  readonly events: PoolEvent[];
}

/** Maintenance that is planned for a node. */
export interface ScheduledEvent {
  readonly id: string;
  readonly catalog: 'hardware' | 'software';
  readonly type: string;
  state: string;
  readonly description: string;
  readonly instanceType: 'devserver' | 'lite-cluster' | 'standard';
  readonly nodeName: string;
  /** Undefined for a Lite Server, which is in no pool. */
  readonly poolName: string | undefined;
  readonly publishTime: number;
  /** When it is to begin; undefined: at once. */
  notBefore: number | undefined;
  startTime: number | undefined;
  finishTime: number | undefined;
}

export interface Project {
  readonly id: string;
  /** The IAM project's name, which is the region for the default project of a region. */
  readonly name: string;
  readonly domain_id: string;
  readonly services: Map<string, Service>;
  readonly inferenceServices: Map<string, InferenceService>;
  readonly jobs: Map<string, Job>;
  readonly pools: Map<string, Pool>;
  readonly scheduledEvents: ScheduledEvent[];
}
