import type { Timers } from '../../timers.ts';
import { type Answer, serverTime } from '../error-answer.ts';
import { rejectionBackoff } from '../retry.ts';

/** Something that is obtained from a server and good for a while. */
export interface Grant<T> {
  readonly value: T;
  /** Milliseconds from now on; Infinity for ever. */
  readonly lifetime: number;
}

/** Holds a grant: obtained once however many ask, renewed before it ends, and not asked for again at once after a failure. */
export interface Lease<T> {
  /** Waits only where there is no valid grant. */
  get(): Promise<T>;
  /** A grant other than `stale`, which did not work although it should. */
  renew(stale: T): Promise<T>;
}

/** Whatever the server says of its lifetime, a grant is not asked for more often. */
const SHORTEST = 10_000;

/** @param early how long before its end a grant is renewed, in milliseconds; at most half its lifetime */
export function createLease<T>(acquire: () => Promise<Grant<T>>, early: number, timers: Timers): Lease<T> {
  let held: { readonly value: T; readonly renewAt: number; readonly endsAt: number } | undefined;
  let pending: Promise<T> | undefined;
  let failures = 0;
  let failed: { readonly error: unknown; readonly until: number } | undefined;

  function obtain(): Promise<T> {
    pending ??= acquireOnce().finally(() => {
      pending = undefined;
    });
    return pending;
  }

  async function acquireOnce(): Promise<T> {
    if (failed !== undefined && timers.now() < failed.until) throw failed.error;
    try {
      const { value, lifetime } = await acquire();
      const now = timers.now();
      const length = Math.max(lifetime, SHORTEST);
      held = { value, endsAt: now + length, renewAt: now + Math.max(length - early, length / 2) };
      failures = 0;
      failed = undefined;
      return value;
    } catch (error) {
      failures += 1;
      failed = { error, until: timers.now() + rejectionBackoff(failures) };
      throw error;
    }
  }

  return {
    async get() {
      const now = timers.now();
      if (held === undefined || now >= held.endsAt) return obtain();
      // What is still valid serves while its successor is fetched, and if that fails.
      if (now >= held.renewAt) obtain().catch(() => {});
      return held.value;
    },
    renew: async (stale) => (held !== undefined && held.value !== stale ? held.value : obtain()),
  };
}

const UNTOLD = 3_600_000;

/**
 * How long a grant lives, in milliseconds: by the clock of the server that says when it ends, so that ours
 * being wrong does not matter. An hour where that is not told.
 */
export function lifetimeOf(expiresAt: unknown, answer: Answer, clock: () => number): number {
  const end = typeof expiresAt === 'string' ? Date.parse(expiresAt) : Number.NaN;
  return Number.isNaN(end) ? UNTOLD : end - (serverTime(answer.headers) ?? clock());
}
