/**
 * The points where the API documents disagree with each other, or are silent. The defaults follow the
 * documents in English; every other value is a server that a client must get along with too.
 */
export interface Dialect {
  readonly serviceEvents: TimelineDialect;
  readonly trainingJobEvents: TimelineDialect & {
    /** How the Kubernetes source is spelled; the documented example has both. */
    readonly k8sSource: 'as_stored' | 'K8S' | 'K8s';
  };
  readonly serviceUpdateLogs: {
    readonly order: 'asc' | 'desc';
    /** The document speaks of real-time services only: what a batch service answers. */
    readonly ofBatchService: 'bad_request' | 'not_found' | 'empty';
  };
  readonly poolEvents: PoolEventsDialect;
  readonly inference: InferenceDialect;
  readonly serviceList: {
    readonly offset: 'page' | 'record';
    readonly total: 'number' | 'string' | 'missing';
    readonly workspaceId: 'string' | 'number';
    readonly pageCap: number;
  };
  readonly poolList: {
    /** `status.resources.*` is an array in the documents and one object in the SDKs' types. */
    readonly resources: 'array' | 'object';
  };
  readonly scheduledEvents: {
    /** The older pages know no filters and no pages, and tell no total. */
    readonly paging: 'honoured' | 'ignored';
    readonly offset: 'page' | 'record';
    readonly pageCap: number;
    /** Who may not read them is refused; a region may not have them. */
    readonly access: 'granted' | 'forbidden' | 'unpublished';
  };
  readonly gateway: {
    /** Documents write APIG, captures show APIGW. */
    readonly prefix: 'APIG' | 'APIGW';
  };
}

/** How service and training job events are ordered, bounded and cut into pages. */
export interface TimelineDialect {
  readonly offset: 'page' | 'record';
  /** The last two ignore the query's `order`. */
  readonly order: 'honoured' | 'always_asc' | 'always_desc';
  readonly defaultOrder: 'asc' | 'desc';
  readonly startBound: 'inclusive' | 'exclusive';
  readonly total: 'number' | 'string' | 'missing';
  /** The server's own page size where the query asks for more. */
  readonly pageCap: number;
  /** Events of one instant as they came (reversed when descending), or in an arbitrary stable order. */
  readonly ties: 'as_came' | 'scattered';
}

export interface PoolEventsDialect {
  readonly paging: 'continue' | 'offset';
  /** Meaning of `offset`, where paging is by offset. */
  readonly offset: 'page' | 'record';
  /** `metadata.continue` where no page follows. `repeated` gives the same marker again and again. */
  readonly lastContinue: 'absent' | 'empty' | 'present' | 'repeated';
  readonly remainingItemCount: boolean;
  readonly order: 'asc' | 'desc';
  /** Unit of `since` and `until`. */
  readonly since: 'seconds' | 'milliseconds' | 'ignored';
  readonly sinceOn: 'first' | 'last';
  readonly startBound: 'inclusive' | 'exclusive';
  readonly pageCap: number;
}

/** What the documents of the new generation of inference leave open. */
export interface InferenceDialect {
  readonly offset: 'page' | 'record';
  /** Whether `sort_key` and `sort_dir` are obeyed. */
  readonly order: 'honoured' | 'as_came';
  /** Which of its times `start_time` and `end_time` look at. */
  readonly filterOn: 'create_at' | 'update_at';
  readonly pageCap: number;
  readonly total: 'number' | 'missing';
  readonly unit: 'milliseconds' | 'seconds';
  /** Whether a repeated event keeps its row, with a higher count, or gets another one with another id. */
  readonly repeats: 'grow' | 'new_rows';
  /** What a call for a service that does not exist is answered. */
  readonly missing: 400 | 403 | 404;
  readonly podTimes: 'rfc3339' | 'milliseconds' | 'seconds' | 'without_zone';
  /** A region that does not have the new generation answers its listing with 404. */
  readonly isPublished: boolean;
}

const TIMELINE: Omit<TimelineDialect, 'offset'> = {
  order: 'honoured',
  defaultOrder: 'desc',
  startBound: 'inclusive',
  total: 'number',
  pageCap: Number.POSITIVE_INFINITY,
  ties: 'as_came',
};

export const DOCUMENTED_DIALECT: Dialect = {
  serviceEvents: { ...TIMELINE, offset: 'page' },
  trainingJobEvents: { ...TIMELINE, offset: 'record', k8sSource: 'as_stored' },
  serviceUpdateLogs: { order: 'desc', ofBatchService: 'bad_request' },
  poolEvents: {
    paging: 'continue',
    offset: 'record',
    lastContinue: 'absent',
    remainingItemCount: false,
    order: 'asc',
    since: 'seconds',
    sinceOn: 'last',
    startBound: 'inclusive',
    pageCap: Number.POSITIVE_INFINITY,
  },
  inference: {
    offset: 'record',
    order: 'honoured',
    filterOn: 'update_at',
    pageCap: Number.POSITIVE_INFINITY,
    total: 'number',
    unit: 'milliseconds',
    repeats: 'grow',
    missing: 400,
    podTimes: 'rfc3339',
    isPublished: true,
  },
  serviceList: {
    offset: 'page',
    total: 'number',
    workspaceId: 'string',
    pageCap: Number.POSITIVE_INFINITY,
  },
  poolList: { resources: 'array' },
  scheduledEvents: {
    paging: 'honoured',
    offset: 'record',
    pageCap: Number.POSITIVE_INFINITY,
    access: 'granted',
  },
  gateway: { prefix: 'APIGW' },
};

/** Any of the dialect's options, by part. */
export type DialectOptions = { readonly [Part in keyof Dialect]?: Partial<Dialect[Part]> };

/** A dialect with some options changed. */
export function withOptions(dialect: Dialect, options: DialectOptions): Dialect {
  const parts = Object.keys(dialect) as (keyof Dialect)[];
  return Object.fromEntries(
    parts.map((part) => [part, { ...dialect[part], ...options[part] }]),
  ) as unknown as Dialect;
}

/** A total under its field name, as the dialect gives it. */
export function totalField(
  name: string,
  total: number,
  form: 'number' | 'string' | 'missing',
): Readonly<Record<string, number | string>> {
  if (form === 'missing') return {};
  return { [name]: form === 'string' ? String(total) : total };
}
