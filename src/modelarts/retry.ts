import type { Timers } from '../timers.ts';
import { ApiError } from './errors.ts';

export interface RetryPolicy {
  /** How many attempts may follow the first. */
  readonly retries: number;
  /** In milliseconds. A server that asks for a longer wait gets no other attempt. */
  readonly delayMax: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const FIRST_DELAY = 500;

/** A gateway's timeout (504) is worth another attempt. After our own there is no time left for one. */
function isTransient(error: ApiError): boolean {
  return (
    error.reason === 'throttled' ||
    error.reason === 'server' ||
    error.reason === 'network' ||
    error.status === 504
  );
}

/**
 * How long to wait after attempt number `attempt` (from 0), in milliseconds; undefined if no other should follow.
 * If the server does not say, the wait doubles with every attempt, and its upper half is random.
 */
export function retryDelay(error: ApiError, attempt: number, policy: RetryPolicy): number | undefined {
  if (attempt >= policy.retries || !isTransient(error)) return undefined;
  if (error.retryAfter !== undefined) {
    return error.retryAfter <= policy.delayMax ? error.retryAfter : undefined;
  }
  const step = Math.min(FIRST_DELAY * 2 ** attempt, policy.delayMax);
  return step * (0.5 + policy.random() / 2);
}

/** Runs `attempt` until it works or its error is final. */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  policy: RetryPolicy,
  timers: Timers,
  signal: AbortSignal,
): Promise<T> {
  for (let count = 0; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      const delay = error instanceof ApiError ? retryDelay(error, count, policy) : undefined;
      if (delay === undefined) throw error;
      await timers.sleep(delay, signal).catch(() => {
        throw error;
      });
    }
  }
}

/** The wait after the n-th rejection in a row (from 1): 10 s doubling to 5 min, the time a key is locked for. */
export function rejectionBackoff(failures: number): number {
  return Math.min(10_000 * 2 ** (failures - 1), 300_000);
}
