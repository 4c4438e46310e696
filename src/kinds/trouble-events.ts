/** The newest event that tells of trouble, and when it and those before it came. Plain JSON; Unix milliseconds. */
export interface TroubleEvents {
  readonly at: number;
  readonly message: string;
  /** Oldest first; left out where only the newest is known. */
  readonly instants?: readonly number[];
}

/** What events tell of a state that a listing shows. Instants are Unix milliseconds. */
export interface Explanation {
  /** When the event came that explains how the state began; where none does, when that was. */
  readonly since: number;
  /** Time and words of the newest event. */
  readonly at: number;
  readonly message: string;
  /** How many came since then. */
  readonly events: number;
}

/** The event that tells why comes with a trouble, or shortly before; one of days before is about something else. */
const EXPLAINS_WITHIN = 3_600_000;
/** What comes later than so after a state began is no reason of it. */
const EXPLAINS_AFTER = 300_000;
const INSTANTS_MAX = 50;

/** Takes in an event that tells of trouble, or several alike of one instant. */
export function withTrouble(
  before: TroubleEvents | undefined,
  { at, message, count = 1 }: { readonly at: number; readonly message: string; readonly count?: number },
): TroubleEvents {
  const added = new Array<number>(Math.min(count, INSTANTS_MAX)).fill(at);
  const instants = [...instantsOf(before), ...added].sort((a, b) => a - b).slice(-INSTANTS_MAX);
  const newest = before === undefined || at >= before.at ? { at, message } : before;
  return { at: newest.at, message: newest.message, instants };
}

/**
 * What events tell of a state that began then: the one that is nearest explains it, and the newest has the words.
 * Undefined where all are too old to be the reason. Example, of a service that failed at 09:00:
 *
 *     event 07:30                 nothing explains it
 *     events 08:10, 08:58         since 08:58
 *     events 08:58, 10:00         since 08:58, in the words of the event of 10:00
 *     event 10:00                 since 09:00, in its words
 */
export function explanationOf(troubles: TroubleEvents | undefined, began: number): Explanation | undefined {
  if (troubles === undefined || troubles.at < began - EXPLAINS_WITHIN) return undefined;
  const { at, message } = troubles;
  const distance = (instant: number) => Math.abs(instant - began);
  const [since = began] = instantsOf(troubles)
    .filter((instant) => instant >= began - EXPLAINS_WITHIN && instant <= began + EXPLAINS_AFTER)
    .sort((a, b) => distance(a) - distance(b));
  const events = instantsOf(troubles).filter((instant) => instant >= since).length;
  return { since, at, message, events };
}

/** Since when a state lasts that was first seen then, where nothing else tells: since the last event that may explain it. */
export function beganWith(troubles: TroubleEvents | undefined, seenAt: number): number | undefined {
  return instantsOf(troubles).findLast((instant) => instant <= seenAt + EXPLAINS_AFTER);
}

function instantsOf(troubles: TroubleEvents | undefined): readonly number[] {
  return troubles === undefined ? [] : (troubles.instants ?? [troubles.at]);
}
