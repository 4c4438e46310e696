import type { Timers } from '../timers.ts';
import { ApiError } from './errors.ts';

export interface RetryPolicy {
  /** How many attempts may follow the first. */
  readonly retries: number;
  /** The longest wait worth it, in milliseconds; an answer that asks for more is final. */
  readonly longest: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const FIRST_STEP = 500;

/** Our own timeout has used up the time there is, so it is final; a gateway's is not. */
function isTransient(error: ApiError): boolean {
  return (
    error.reason === 'throttled' ||
    error.reason === 'server' ||
    error.reason === 'network' ||
    error.status === 504
  );
}

/**
 * How long to wait before the attempt after `attempt` (from 0), in milliseconds; undefined where there
 * should be none. Without a word from the server it is an exponential step, its upper half random.
 */
export function retryDelay(error: ApiError, attempt: number, policy: RetryPolicy): number | undefined {
  if (attempt >= policy.retries || !isTransient(error)) return undefined;
  if (error.retryAfter !== undefined) {
    return error.retryAfter <= policy.longest ? error.retryAfter : undefined;
  }
  const step = Math.min(FIRST_STEP * 2 ** attempt, policy.longest);
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
