import type { RateWindow } from './learnt-limit.ts';

/** Why a request to the cloud failed, as `modelarts_refresh_errors_total{reason}` tells it. */
export const FAILURE_REASONS = [
  'auth',
  'forbidden',
  'not_found',
  'throttled',
  'timeout',
  'network',
  'server',
  'malformed',
  'other',
] as const;

export type FailureReason = (typeof FAILURE_REASONS)[number];

/**
 * A request to the cloud that failed. The message is fit for logs and pages:
 * it holds no header, no credential and nothing of the request but its operation.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly reason: FailureReason;
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** The API's own error code, such as `ModelArts.50015001`. */
  readonly code: string | undefined;
  /** How long the API asked to wait, in milliseconds. */
  readonly retryAfter: number | undefined;
  /** The limit that the API named when it refused (429). */
  readonly limit: RateWindow | undefined;
  /** A refusal (429) after the exporter itself had used the quota up: it is over with the period. */
  readonly isOwnDoing: boolean;

  /** The body was larger than `limits.response_bytes`. */
  readonly isTooLarge: boolean;
  /** What was asked for may not exist any more: a listing tells. */
  readonly mayBeDeleted: boolean;

  constructor(
    reason: FailureReason,
    message: string,
    details: {
      status?: number | undefined;
      code?: string | undefined;
      retryAfter?: number | undefined;
      limit?: RateWindow | undefined;
      isOwnDoing?: boolean;
      isTooLarge?: boolean;
      mayBeDeleted?: boolean;
      cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.reason = reason;
    this.status = details.status;
    this.code = details.code;
    this.retryAfter = details.retryAfter;
    this.limit = details.limit;
    this.isOwnDoing = details.isOwnDoing ?? false;
    this.isTooLarge = details.isTooLarge ?? false;
    this.mayBeDeleted = details.mayBeDeleted ?? reason === 'not_found';
  }
}

/** ModelArts answered that what was asked for is not there: by a 404, or by a 400 as some of its services do. */
export function saysNotThere(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 400 || error.status === 404);
}
