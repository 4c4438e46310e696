import type { Notice } from '../event.ts';
import { counted } from '../standing.ts';
import type { UpdateRecord, UpdateResult } from './updates.ts';

/** All that is known of a service's updates. Instants are Unix milliseconds; records are told by their update_time. */
export interface UpdateState {
  newest?: UpdateRecord;
  /** Newest record that came to an end, since when ends have been like it and how many; and the newest success. */
  ended?: { at: number; result: 'success' | 'fail'; since: number; count: number };
  succeeded?: Success;
  /** The newest records, newest first. */
  history: { at: number; result: UpdateResult }[];
  /** When the logs were last read; 0: never. */
  readAt: number;
  /** New events came since then. */
  stale: boolean;
  /** A listing has shown another status since then. */
  mayBeStale?: boolean;
  /** Records that reached a result since the epoch. */
  totals: { success: number; fail: number; other: number };
  /** Records that were counted, and those seen running. */
  counted: number[];
  running: number[];
  /** Of those counted, the ones whose last word was FAIL: SUCCESS may follow. */
  failed?: number[];
  /** Counted under a result that is not known: a known one may follow. */
  others?: number[];
  /** The newest of those counted. */
  deployments?: readonly Deployment[];
  /** Everything up to here counts as counted: bounds the lists above. */
  countedBefore: number;
}

/** An update that succeeded. The logs tell only when it began: it came to its end between two looks at them. */
export interface Success {
  /** Not before: the update began, or was last seen running. */
  readonly at: number;
  /** The logs showed it by then. */
  readonly shownAt: number;
  /** It was seen running, or to have failed before that. */
  readonly wasUnderWay: boolean;
}

/** An update that came to an end since the epoch. Instants are Unix milliseconds; `at` is its update_time. */
export interface Deployment {
  readonly at: number;
  readonly result: 'success' | 'fail';
  /** When its end was seen first. */
  readonly endSeenAt: number;
  /** When it was last seen running, if it ever was. */
  readonly runningSeenAt?: number;
  /** The updates were read before, so that it ended of late. */
  readonly wasWatched: boolean;
}

const DEPLOYMENTS_MAX = 20;

export function initialUpdates(): UpdateState {
  return {
    history: [],
    readAt: 0,
    stale: true,
    totals: { success: 0, fail: 0, other: 0 },
    counted: [],
    running: [],
    countedBefore: 0,
  };
}

const REREAD_AFTER = 30 * 60_000;
/** Of a service that is listed: an update shows there and in events, and where others wait, their requests are worth more. */
const REREAD_AFTER_SCARCE = 2 * 3_600_000;
const COUNTED_MAX = 1_000;
const HISTORY_MAX = 20;

/**
 * Updates are asked for only when something may have changed: mostly they cost no request.
 * @param mayWait others wait for requests, and a listing would show an update
 */
export function updatesDue(updates: UpdateState, now: number, mayWait: boolean): boolean {
  const rereadAfter = mayWait ? REREAD_AFTER_SCARCE : REREAD_AFTER;
  if (updates.mayBeStale && !mayWait) return true;
  return updates.stale || updates.newest?.result === 'running' || now - updates.readAt >= rereadAfter;
}

/** A record that is no longer running. */
interface EndedRecord extends UpdateRecord {
  readonly result: Exclude<UpdateResult, 'running'>;
}

/** Takes in what the logs returned and tells the records that came to an end since the last time. */
export function foldUpdates(
  updates: UpdateState,
  records: readonly UpdateRecord[],
  countingSince: number,
  now: number,
): Notice[] {
  const oldestFirst = records.toSorted((a, b) => a.at - b.at || rank(a) - rank(b));
  const ends = endsOf(oldestFirst);
  updates.history = oldestFirst
    .toReversed()
    .slice(0, HISTORY_MAX)
    .map(({ at, result }) => ({ at, result }));
  foldNewest(updates, oldestFirst);
  const notices = countEnds(updates, oldestFirst, ends, countingSince, now);
  for (const { at, result } of ends) if (result !== 'other') foldEnd(updates, at, result);
  updates.readAt = now;
  updates.stale = false;
  delete updates.mayBeStale;
  return notices;
}

/** The records that came to an end, each update_time once: where it is told with two results, the higher rank holds. */
function endsOf(oldestFirst: readonly UpdateRecord[]): readonly EndedRecord[] {
  const ends = new Map<number, EndedRecord>();
  for (const record of oldestFirst) {
    const { result } = record;
    if (result !== 'running') ends.set(record.at, { ...record, result });
  }
  return [...ends.values()];
}

/** The newest record is one that the logs still return, and does not fall back from a result to an earlier one. */
function foldNewest(updates: UpdateState, oldestFirst: readonly UpdateRecord[]): void {
  const newest = oldestFirst.at(-1);
  const before = updates.newest;
  if (newest === undefined) return;
  const fallsBack = before?.at === newest.at && rank(newest) < rank(before);
  if (!fallsBack) updates.newest = newest;
}

function foldEnd(updates: UpdateState, at: number, result: 'success' | 'fail'): void {
  const before = updates.ended;
  if (before !== undefined && at < before.at) return;
  if (before?.result === result) {
    if (at > before.at) updates.ended = { ...before, at, count: before.count + 1 };
  } else if (before === undefined || at > before.at || result === 'success') {
    updates.ended = { at, result, since: at, count: 1 };
  }
}

/**
 * Counts the records that came to an end since the last read, and keeps the newest success.
 * A failure that was counted and turns out a success counts as that too: a counter takes nothing back.
 */
function countEnds(
  updates: UpdateState,
  records: readonly UpdateRecord[],
  ends: readonly EndedRecord[],
  countingSince: number,
  now: number,
): Notice[] {
  const counted = new Set(updates.counted);
  const failed = new Set(updates.failed);
  const others = new Set(updates.others);
  const running = new Set(updates.running);
  for (const { at, result } of records) if (result === 'running' && !counted.has(at)) running.add(at);

  const isCountedAlready = ({ at, result }: EndedRecord): boolean =>
    at <= updates.countedBefore ||
    (counted.has(at) && !(result === 'success' && failed.has(at))) ||
    (result === 'other' && others.has(at));
  /** It ended after it was last looked at, whenever it began. */
  const wasUnderWay = (at: number): boolean => running.has(at) || failed.has(at);
  const belongsToEpoch = ({ at }: EndedRecord): boolean => at >= countingSince || wasUnderWay(at);

  const notices: Notice[] = [];
  const deployments = [...(updates.deployments ?? [])];
  for (const record of ends) {
    const { at, result } = record;
    if (result === 'success') {
      const after = wasUnderWay(at) ? Math.max(at, updates.readAt) : at;
      if (after > (updates.succeeded?.at ?? Number.NEGATIVE_INFINITY))
        updates.succeeded = { at: after, shownAt: Math.max(now, after), wasUnderWay: wasUnderWay(at) };
    }
    if (isCountedAlready(record) || !belongsToEpoch(record)) continue;
    updates.totals[result] += 1;
    if (result === 'other') {
      others.add(at);
      continue;
    }
    const seen = wasUnderWay(at) ? { runningSeenAt: Math.max(at, updates.readAt) } : {};
    deployments.push({ at, result, endSeenAt: now, wasWatched: updates.readAt > 0, ...seen });
    counted.add(at);
    running.delete(at);
    if (result === 'fail') failed.add(at);
    else failed.delete(at);
    notices.push(noticeOf(record));
  }
  updates.deployments = deployments.slice(-DEPLOYMENTS_MAX);
  updates.running = newestOf(running, COUNTED_MAX);
  updates.counted = newestOf(counted, COUNTED_MAX);
  updates.failed = newestOf(failed, COUNTED_MAX);
  updates.others = newestOf(others, COUNTED_MAX);
  if (counted.size > COUNTED_MAX) updates.countedBefore = (updates.counted[0] ?? 0) - 1;
  return notices;
}

function noticeOf({ at, result, failedNodes = 0 }: EndedRecord): Notice {
  const nodes = failedNodes > 0 ? `, ${counted(failedNodes, 'node')} failed` : '';
  return {
    at,
    severity: result === 'fail' ? 'critical' : 'info',
    fields: { result },
    message: `Service update ended: ${result.toUpperCase()}${nodes}`,
  };
}

/**
 * Of records with one update_time a result is later than none, and a success than a failure: an update that
 * was told to have failed and then to have succeeded has succeeded, whatever the order in which the logs list it.
 */
function rank({ result }: UpdateRecord): number {
  return ['running', 'other', 'fail', 'success'].indexOf(result);
}

function newestOf(instants: ReadonlySet<number>, count: number): number[] {
  return [...instants].sort((a, b) => a - b).slice(-count);
}
