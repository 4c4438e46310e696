import type { FailureReason } from '../modelarts/errors.ts';

/** A stretch of time in which nobody saw a target. Instants are Unix milliseconds. */
export interface Unseen {
  readonly from: number;
  /** Undefined while it goes on. */
  readonly until?: number;
  /** Why it could not be read, or that the exporter was not there to read it. */
  readonly why: FailureReason | 'not_running';
}

/** Of pauses the newest are remembered. */
const PAUSES_MAX = 20;
/** Less is a restart, or a request that failed once: no gap in what is known. */
const UNSEEN_MIN = 60_000;

/**
 * Takes in how a read went: from the first that fails to the next that works, nobody sees the target.
 * @param unseen oldest first
 * @param why undefined: it worked
 */
export function withRead(unseen: Unseen[], at: number, why: FailureReason | undefined): Unseen[] {
  const last = unseen.at(-1);
  const isBlind = last !== undefined && last.until === undefined;
  if (isBlind === (why !== undefined)) return unseen;
  if (why !== undefined) return [...unseen, { from: at, why }];
  const before = unseen.slice(0, -1);
  return last === undefined || at - last.from < UNSEEN_MIN ? before : [...before, { ...last, until: at }];
}

/**
 * Takes in that the exporter starts.
 * @param savedAt when the process before it saved its state last; undefined: there was none
 */
export function withStart(
  unseen: readonly Unseen[],
  savedAt: number | undefined,
  now: number,
): readonly Unseen[] {
  if (savedAt === undefined || now - savedAt < UNSEEN_MIN) return unseen;
  return [...unseen, { from: savedAt, until: now, why: 'not_running' } as const].slice(-PAUSES_MAX);
}

/** Those that are worth to be shown: they reach into the time since an instant, and are no short ones under way. */
export function unseenSince(unseen: readonly Unseen[], since: number, now: number): readonly Unseen[] {
  return unseen.filter(({ from, until = now }) => until > since && until - from >= UNSEEN_MIN);
}
