import type { Timers } from '../timers.ts';
import { ApiError } from './errors.ts';
import { rejectionBackoff } from './retry.ts';

/** Whose requests share the fate of a probe: one project and endpoint. */
export interface Origin {
  /** Resolves when the origin may send; a paused project must not hold the probe. */
  resumed(): Promise<void>;
}

/**
 * The credentials of the process and whether the cloud takes them. More than five rejections in a row lock
 * a key for five minutes, so a credential that is not known to work is tried by one request, by some more
 * where that takes long, and after a rejection by one per backoff, whichever projects use it.
 */
export interface Breakers {
  /**
   * Runs `attempt` as soon as the credential allows it. `attempt` calls `check` right before it sends,
   * since the credential may have been rejected while it waited.
   * @throws ApiError with reason `auth` and no status, at once, while the credential is rejected
   */
  run<T>(credential: string, origin: Origin, attempt: (check: () => void) => Promise<T>): Promise<T>;
}

interface Breaker {
  /** The last conclusive answer accepted the credential. */
  proven: boolean;
  failures: number;
  openUntil: number;
  rejection: ApiError | undefined;
  /** Counts rejections: what was sent before the last one says nothing new. */
  generation: number;
  /** Requests under way that try the credential; when the last of them began. */
  readonly probes: Set<Promise<Verdict>>;
  probedAt: number;
}

/** How a probe ended; `error` where its origin could not be reached. */
interface Verdict {
  readonly origin: Origin;
  readonly error: ApiError | undefined;
}

/** Requests wait for so many probes that found nobody: one target may hang while the others answer. */
const PATIENCE = 3;
/** A probe that takes so long may be of a target that hangs: another one tries. Milliseconds. */
const SLOW = 1_000;
/** As many rejections at once leave the key unlocked. */
const PROBES_MAX = 4;
/** Old tokens leave; forgetting a live one costs a single probe. */
const CAPACITY = 1_000;

export function createBreakers({ now, sleep }: Timers): Breakers {
  const breakers = new Map<string, Breaker>();

  function find(credential: string): Breaker {
    const known = breakers.get(credential);
    const breaker = known ?? {
      proven: false,
      failures: 0,
      openUntil: Number.NEGATIVE_INFINITY,
      rejection: undefined,
      generation: 0,
      probes: new Set(),
      probedAt: Number.NEGATIVE_INFINITY,
    };
    breakers.delete(credential);
    breakers.set(credential, breaker);
    if (breakers.size > CAPACITY) {
      for (const eldest of breakers.keys()) {
        breakers.delete(eldest);
        break;
      }
    }
    return breaker;
  }

  function rejected(breaker: Breaker): ApiError {
    return new ApiError(
      'auth',
      `not sent: the credential was rejected (${breaker.rejection?.message ?? ''})`,
    );
  }

  async function observed<T>(
    breaker: Breaker,
    probing: boolean,
    attempt: (check: () => void) => Promise<T>,
  ): Promise<T> {
    let generation = breaker.generation;
    const check = () => {
      const tries = probing && generation === breaker.generation;
      if (!breaker.proven && !tries) throw rejected(breaker);
      generation = breaker.generation;
    };
    const accept = () => {
      if (generation !== breaker.generation) return;
      breaker.proven = true;
      breaker.failures = 0;
      breaker.rejection = undefined;
    };
    try {
      const result = await attempt(check);
      accept();
      return result;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === undefined) throw error;
      if (error.reason !== 'auth') {
        if (error.reason !== 'throttled') accept();
      } else if (generation === breaker.generation || (probing && !breaker.proven)) {
        breaker.proven = false;
        breaker.failures += 1;
        breaker.generation += 1;
        breaker.rejection = error;
        const backoff = Math.max(rejectionBackoff(breaker.failures), error.retryAfter ?? 0);
        breaker.openUntil = Math.max(breaker.openUntil, now() + backoff);
      }
      throw error;
    }
  }

  /** When the next probe may begin, in milliseconds from now; undefined where one that goes on must end first. */
  function nextProbe({ probes, probedAt, failures }: Breaker): number | undefined {
    if (probes.size === 0) return 0;
    const max = failures === 0 ? PROBES_MAX : 1;
    return probes.size < max ? Math.max(0, probedAt + SLOW - now()) : undefined;
  }

  /** Runs `attempt` as a request that tries the credential. */
  function probe<T>(
    breaker: Breaker,
    origin: Origin,
    attempt: (check: () => void) => Promise<T>,
  ): Promise<T> {
    const outcome = observed(breaker, true, attempt);
    const done = (error: unknown): Verdict => {
      breaker.probes.delete(verdict);
      const unreachable =
        error instanceof ApiError && (error.reason === 'network' || error.reason === 'timeout');
      return { origin, error: unreachable && error.status === undefined ? error : undefined };
    };
    const verdict = outcome.then(() => done(undefined), done);
    breaker.probes.add(verdict);
    breaker.probedAt = now();
    return outcome;
  }

  /** Waits for the end of a probe, but no longer than `wait`. */
  async function news({ probes }: Breaker, wait: number | undefined): Promise<Verdict | undefined> {
    if (wait === undefined) return Promise.race(probes);
    const over = new AbortController();
    const late = sleep(wait, over.signal).then(
      () => undefined,
      () => undefined,
    );
    try {
      return await Promise.race([...probes, late]);
    } finally {
      over.abort();
    }
  }

  return {
    async run(credential, origin, attempt) {
      const breaker = find(credential);
      for (let unreachable = 0; ; ) {
        await origin.resumed();
        if (breaker.proven) return observed(breaker, false, attempt);
        if (now() < breaker.openUntil) throw rejected(breaker);
        const wait = nextProbe(breaker);
        if (wait === 0) return probe(breaker, origin, attempt);
        const verdict = await news(breaker, wait);
        if (verdict?.error === undefined || verdict.origin !== origin) continue;
        unreachable += 1;
        if (unreachable === PATIENCE) {
          throw new ApiError(verdict.error.reason, `not sent: ${verdict.error.message}`);
        }
      }
    },
  };
}
