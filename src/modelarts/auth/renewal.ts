import { serverTime } from '../../http/server-time.ts';
import type { Timers } from '../../timers.ts';
import type { HttpAnswer } from '../error-answer.ts';
import { rejectionBackoff } from '../retry.ts';

/** What a server grants for a while: a token, a temporary key. */
export interface Expiring<T> {
  readonly value: T;
  /** Milliseconds from now on; Infinity for ever. */
  readonly lifetime: number;
}

/** A value that is obtained once, however many ask for it, and replaced before it expires. After a failure it waits before the next try. */
export interface Renewed<T> {
  /** Waits only while there is no valid value. */
  get(): Promise<T>;
  /** A value other than `stale`, which should have worked and did not. */
  renew(stale: T): Promise<T>;
}

/** A server that grants for a shorter time, or for a time that is over, is not asked more often than this. */
const LIFETIME_MIN = 10_000;

/** @param early how long before it expires the value is replaced, in milliseconds; at most half its lifetime */
export function createRenewed<T>(
  acquire: () => Promise<Expiring<T>>,
  early: number,
  timers: Timers,
): Renewed<T> {
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
      const length = Math.max(lifetime, LIFETIME_MIN);
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
      // The old value serves while the next one is fetched, and also if that fails.
      if (now >= held.renewAt) obtain().catch(() => {});
      return held.value;
    },
    renew: async (stale) => (held !== undefined && held.value !== stale ? held.value : obtain()),
  };
}

const LIFETIME_DEFAULT = 3_600_000;

/**
 * How long a grant lives, in milliseconds; an hour if the server does not say. The Date header is compared with the
 * end, both by the server's clock, so that it does no harm if ours is wrong.
 */
export function lifetimeOf(expiresAt: unknown, answer: HttpAnswer, clock: () => number): number {
  const end = typeof expiresAt === 'string' ? Date.parse(expiresAt) : Number.NaN;
  return Number.isNaN(end) ? LIFETIME_DEFAULT : end - (serverTime(answer.headers) ?? clock());
}
