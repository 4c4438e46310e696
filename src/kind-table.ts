/** What is known of a kind by those who may not know the kinds themselves. */
export interface KindRow {
  /** How one is called in sentences. */
  readonly noun: string;
  readonly nouns: string;
  /** Names of the labels that hold the id and the display name of a target. */
  readonly labels: { readonly id: string; readonly name: string };
  /** Names of the labels that alerts of this kind have beside those of the target. */
  readonly alertLabels: readonly string[];
  /** The key of a project, and of its `discovery`, that holds what is configured for this kind. */
  readonly section: string;
  /** The keys of a target in that section. */
  readonly keys: { readonly id: string; readonly name: string };
  /** What the key of the id means. */
  readonly idMeaning: string;
  /** The calls made for it, named as `modelarts_api_requests_total{operation}` shows them. */
  readonly operations: readonly string[];
  /** Which targets discovery finds. */
  readonly discovers: string;
  /** The closed set of statuses that discovery can filter by, as the listing spells them in lower case. */
  readonly statuses?: readonly [string, ...string[]];
  /** The default of `created_within`, as a duration, where ended targets stay in the listing. */
  readonly createdWithin?: string;
  /** What is read only where it is asked for: keys that are true or false, and what they mean. */
  readonly extras?: Readonly<Record<string, string>>;
  /** The kind that may list the same things under the same ids: what is of both is of this one. */
  readonly supersedes?: string;
}

/**
 * The kinds of ModelArts resource that have events, as label and query values spell them, in the order in
 * which people read them. What is special about a kind is in its folder below `kinds/`; here is only what
 * those need who may not know the kinds themselves: the configuration, and whoever names a kind.
 */
export const KIND_TABLE = {
  service: {
    noun: 'Service',
    nouns: 'Services',
    labels: { id: 'service_id', name: 'service_name' },
    alertLabels: ['phase'],
    section: 'services',
    keys: { id: 'id', name: 'name' },
    idMeaning: 'ID of the service.',
    operations: ['service_events', 'service_update_logs', 'list_services'],
    discovers: 'Real-time, edge and batch services.',
    statuses: [
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
    ],
  },
  inference_service: {
    noun: 'Inference service',
    nouns: 'Inference services',
    labels: { id: 'inference_service_id', name: 'inference_service_name' },
    alertLabels: ['phase'],
    section: 'inference_services',
    keys: { id: 'id', name: 'name' },
    idMeaning: 'ID of the inference service.',
    operations: [
      'inference_service_events',
      'show_inference_service',
      'inference_service_pod_events',
      'list_inference_services',
    ],
    discovers: 'Services of the new generation of inference, those of /v2/{project_id}/services.',
    statuses: [
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
    ],
    extras: {
      pods: 'Read the Kubernetes events of the pods too, which costs one more request per deployment at each refresh.',
    },
    supersedes: 'service',
  },
  training_job: {
    noun: 'Training job',
    nouns: 'Training jobs',
    labels: { id: 'training_job_id', name: 'training_job_name' },
    alertLabels: ['scenario'],
    section: 'training_jobs',
    keys: { id: 'id', name: 'name' },
    idMeaning: 'ID of the training job.',
    operations: ['training_job_events', 'training_job_stages', 'list_training_jobs'],
    discovers: 'Training jobs in a non-final phase, and those created within created_within.',
    createdWithin: '7d',
  },
  pool: {
    noun: 'Resource pool',
    nouns: 'Resource pools',
    labels: { id: 'pool', name: 'pool_name' },
    alertLabels: ['reason'],
    section: 'pools',
    keys: { id: 'name', name: 'display_name' },
    idMeaning: 'Name of the pool, as in pool-4ce7.',
    operations: ['pool_events', 'list_pools', 'list_scheduled_events'],
    discovers: 'Resource pools; include and exclude look at the display name or the id.',
  },
} as const satisfies Readonly<Record<string, KindRow>>;

export type KindName = keyof typeof KIND_TABLE;

/** The calls made for the kinds. */
export type KindOperation = (typeof KIND_TABLE)[KindName]['operations'][number];

export const KIND_NAMES = Object.keys(KIND_TABLE) as readonly KindName[];

/** What the table holds of a kind, whichever it is. */
export function rowOf(kind: KindName): KindRow {
  return KIND_TABLE[kind];
}

/** The kind that has what both it and this one list under the same id. */
export function supersederOf(kind: KindName): KindName | undefined {
  return KIND_NAMES.find((each) => rowOf(each).supersedes === kind);
}

/** A value for each kind. */
export function perKind<V>(make: (kind: KindName) => V): Readonly<Record<KindName, V>> {
  return Object.fromEntries(KIND_NAMES.map((kind) => [kind, make(kind)])) as Record<KindName, V>;
}

/** The keys of the configuration that hold what is configured for a kind. */
export type Section = (typeof KIND_TABLE)[KindName]['section'];

/** A value for each kind, under the key that the configuration has for it. */
export function perSection<V>(make: (row: KindRow) => V): Readonly<Record<Section, V>> {
  const entries = KIND_NAMES.map((kind) => [KIND_TABLE[kind].section, make(KIND_TABLE[kind])]);
  return Object.fromEntries(entries) as Record<Section, V>;
}
