import type { Activity } from '../kinds/kind.ts';

/** What is known of a target that waits to be read. Instants are Unix milliseconds. */
export interface Waiting {
  readonly activity: Activity;
  /** A listing has shown something else since the last read. */
  readonly hasChanged: boolean;
  /** Its last read was cut off in its middle. */
  readonly isUnfinished: boolean;
  /** Something is wrong with it, and a read may show that it is over. */
  readonly isInTrouble: boolean;
  /** When its last read began; undefined: it was never read. */
  readonly lastAttempt: number | undefined;
  readonly knownAt: number;
}

/** What a change is worth, whenever the target was read last. Milliseconds. */
const CHANGE = 300_000;
/** What was never read counts as last read so long before it became known. Milliseconds. */
const UNREAD = 900_000;
const WEIGHTS: Readonly<Record<Activity, number>> = { moving: 4, alive: 1, resting: 1 / 8 };
const UNFINISHED_WEIGHT = 4;
const TROUBLE_WEIGHT = 2;
const CHANGE_WEIGHT = 8;

/**
 * How urgent it is to read a target, where not all that are due can be: the greater goes first. It is the time since
 * the last read, weighed by how likely it is that something is learnt. So each waits at most so many times longer
 * than the others as its weight is smaller, and nothing starves:
 *
 * | what is known | weight |
 * |---|---|
 * | a listing showed a change | 8, and five minutes are added |
 * | it moves: an update runs, a job is pending | 4 |
 * | its last read was cut off, and more is known to be there | 4 |
 * | something is wrong with it | 2 |
 * | it is alive | 1 |
 * | it is stopped or has ended | 1/8 |
 */
export function urgencyOf(
  { activity, hasChanged, isUnfinished, isInTrouble, lastAttempt, knownAt }: Waiting,
  now: number,
): number {
  const age = Math.max(0, now - (lastAttempt ?? knownAt - UNREAD));
  if (hasChanged) return CHANGE_WEIGHT * (age + CHANGE);
  return (
    age * Math.max(WEIGHTS[activity], isUnfinished ? UNFINISHED_WEIGHT : 0, isInTrouble ? TROUBLE_WEIGHT : 0)
  );
}
