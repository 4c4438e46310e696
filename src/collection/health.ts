import type { ApiError } from '../modelarts/errors.ts';

/** How the last refresh went. */
export interface Health {
  /** Undefined until the first refresh ended. */
  readonly up: boolean | undefined;
  readonly lastAttempt: number | undefined;
  readonly lastSuccess: number | undefined;
  /** Seconds. */
  readonly duration: number | undefined;
  readonly error: ApiError | undefined;
}

export const NEVER_READ: Health = {
  up: undefined,
  lastAttempt: undefined,
  lastSuccess: undefined,
  duration: undefined,
  error: undefined,
};
