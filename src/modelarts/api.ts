import type { KindOperation } from '../kind-table.ts';

/** Every call the exporter makes, named as `modelarts_api_requests_total{operation}` shows it. */
export type Operation = KindOperation | 'iam_token' | 'iam_projects' | 'ecs_metadata';

/** Undefined values are left out; the rest is sent as `String(value)`. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface ApiRequest {
  readonly operation: Operation;
  /** API version, the first segment of the path. */
  readonly version: 'v1' | 'v2';
  /** What follows `/{version}/{project_id}/`, each segment already percent-encoded. */
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON with POST; without it the request is a GET. */
  readonly body?: unknown;
  /** Told when the request is sent, after its wait for the rate and the quota; again where it is repeated. */
  readonly onStart?: () => void;
}

/** One project's ModelArts, as the kinds see it. */
export interface Api {
  /**
   * Sends a request and returns the parsed JSON body, still unknown.
   * @throws ApiError with the reason of the failure
   */
  request(request: ApiRequest): Promise<unknown>;
  /** Others wait for requests that are scarce: what nothing points to is left for later. */
  isScarce?(): boolean;
  /** For how long requests have waited for the quota, or for the end of a pause, in milliseconds. */
  throttledFor?(): number;
}

/** How much a project may send, and how that holds it up. */
export interface ApiLoad {
  /** Requests per second in force: as configured, or less where the API granted less. */
  readonly rate: number;
  /** An equal part of that, where several projects send by one credential. */
  readonly part: number;
  /** The API grants less than the configured rate. */
  readonly isScarce: boolean;
  /** Seconds that requests have waited for the quota, or for the end of a pause after a 429. */
  readonly throttledFor: number;
}

/** Told of every HTTP exchange, for the exporter's own metrics. */
export interface ApiObserver {
  /** `code` is the HTTP status, or `error` where none came. */
  onResponse(operation: Operation, code: number | 'error', seconds: number): void;
  /** The API's Date header less our clock, in seconds. */
  onClockSkew(seconds: number): void;
}
