import type { Verdict } from './trouble.ts';

/** A status that the pool took, or was seen in, and when: Unix milliseconds. */
interface Turn {
  readonly verdict: Verdict;
  readonly at: number;
}

/** For how long a pool was in a status that it is not meant to be in. Plain JSON; instants are Unix milliseconds. */
export interface AbnormalTime {
  /** Milliseconds up to `at`. */
  readonly bad: number;
  readonly at: number;
  /** How it stood then. */
  readonly verdict: Verdict;
  /** Up to when the events have been read. */
  readonly readAt: number;
  /** What events and listings have told since `at`, each in the order of time. */
  readonly told: readonly Turn[];
  readonly listed: readonly Turn[];
}

/** Between two reads of the events a pool turns seldom. */
const TURNS_MAX = 1_000;
/** Where events can't be read for so long, the listing alone has to do. Milliseconds. */
const READ_AGE_MAX = 15 * 60_000;
/** Events tell whole seconds, so that one of this long before a listing may be later than it. Milliseconds. */
const RESOLUTION = 1_000;
/** What a listing shows may be as much later than when it was asked for. Milliseconds. */
const ANSWER_MAX = 10_000;

/** Begins to count. */
export function abnormalTimeFrom({ verdict, at }: Turn): AbnormalTime {
  return { bad: 0, at, verdict, readAt: at, told: [], listed: [] };
}

export function withToldTurn(time: AbnormalTime, turn: Turn): AbnormalTime {
  return { ...time, told: [...time.told, turn].slice(-TURNS_MAX) };
}

export function withListedTurn(before: AbnormalTime, turn: Turn): AbnormalTime {
  const time = settled(before);
  const { verdict } = time.listed.at(-1) ?? time;
  const listed = verdict === turn.verdict ? time.listed : [...time.listed, turn].slice(-TURNS_MAX);
  const isBlind = turn.at - time.readAt > READ_AGE_MAX;
  return { ...time, listed, readAt: isBlind ? turn.at : time.readAt };
}

/** The events have been read up to an instant: what was told before is settled. */
export function readUpTo(time: AbnormalTime, at: number): AbnormalTime {
  return { ...settled(time), readAt: Math.max(time.readAt, at) };
}

/**
 * The time up to the last read of the events. Events tell each turn to the second, but they are read later than the
 * listing shows it. What it shows holds from when it was asked for only where no event tells of it:
 *
 *     abnormal by an event of 09:00:05, listed so at 09:00:30, read at 09:00:40       35 seconds
 *     listed so at 09:00:30, and no event of it read at 09:00:40                      10 seconds
 */
export function settled(time: AbnormalTime): AbnormalTime {
  const { told, listed, readAt } = time;
  const isTold = ({ at }: Turn) =>
    told.some((turn) => turn.at > at - RESOLUTION && turn.at <= at + ANSWER_MAX);
  const turns = [...told, ...listed.filter((turn) => !isTold(turn))]
    .filter(({ at }) => at <= readAt)
    .sort((a, b) => a.at - b.at);
  let { bad, at, verdict } = time;
  for (const turn of [...turns, { verdict: undefined, at: readAt }]) {
    if (verdict === 'bad') bad += Math.max(0, turn.at - at);
    at = Math.max(at, turn.at);
    verdict = turn.verdict ?? verdict;
  }
  const isLater = (turn: Turn) => turn.at > readAt;
  return { bad, at, verdict, readAt, told: told.filter(isLater), listed: listed.filter(isLater) };
}
