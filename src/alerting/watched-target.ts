import { movedBy } from '../clock-steps.ts';
import type { AlertTarget } from './alert.ts';
import { type Failure, namesOf } from './outage.ts';
import { type AlertRecord, type AlertState, isFiring } from './record.ts';

/** What a state file holds of a target's alerts. */
export interface RestoredAlerts {
  readonly alerts?: AlertState | undefined;
  /** When the last successful read of the target began. */
  readonly lastRead?: number | undefined;
}

/** A target, its alerts, and how well it is read. Instants are Unix milliseconds. */
export interface WatchedTarget {
  target: AlertTarget;
  state: AlertState;
  /** Revision of the last change. */
  revision: number;
  /** Since when the target is to be read: it became known, or is watched again. */
  watchedAt: number;
  /** When the last successful read began, also one by a process before this one. */
  lastRead: number | undefined;
  /** When a read last ended that worked. A long one is not to count as a time without any. */
  lastSuccess: number | undefined;
  /** The last read was by a process before this one. */
  isRestored: boolean;
  /** Why the last read failed; undefined if it worked or none has ended. */
  failure: Failure | undefined;
  /** The first of the failed reads since the last one that worked. */
  failingSince: number | undefined;
  /** Since then it has not been read for so long that what was known of its state is not to be claimed. */
  blindSince: number | undefined;
  removed: boolean;
  /**
   * Nothing is sent until then, unless a read ends before that began since: what fires by the state file may be over,
   * and of what fires by a listing the events know more.
   */
  unproven: { readonly since: number; readonly until: number } | undefined;
}

export function watched(
  target: AlertTarget,
  now: number,
  { alerts = [], lastRead }: RestoredAlerts,
): WatchedTarget {
  return {
    target,
    state: [],
    revision: 0,
    watchedAt: now,
    lastRead,
    lastSuccess: undefined,
    isRestored: lastRead !== undefined,
    failure: undefined,
    failingSince: undefined,
    blindSince: alerts.some((record) => record.origin === 'down' && isFiring(record)) ? now : undefined,
    removed: false,
    unproven: undefined,
  };
}

/**
 * Since when a target could not be seen; undefined where it is read as it should be: replicas that read it some seconds
 * apart must end an alert at the same moment, that of the event. A restart always counts.
 * @param noticedAfter milliseconds without a read that are more than an ordinary wait
 */
export function unseenSince(
  { lastRead, isRestored }: WatchedTarget,
  noticedAfter: number,
  now: number,
): number | undefined {
  if (lastRead === undefined) return undefined;
  return isRestored || now - lastRead >= noticedAfter ? lastRead : undefined;
}

/** A target that was removed is watched again, as one that has just become known. */
export function restore(entry: WatchedTarget, now: number): void {
  if (!entry.removed) return;
  entry.removed = false;
  entry.watchedAt = now;
  entry.failingSince = undefined;
  entry.blindSince = undefined;
}

/**
 * Lets what waited for a read be sent, where a read that began since has ended, or it is time to. It is told from then
 * on, and is to be heard of for as long as anything else.
 * @param readBegan when the read began that has just ended, if one has
 * @returns whether anything waited
 */
export function prove(entry: WatchedTarget, now: number, readBegan = Number.NEGATIVE_INFINITY): boolean {
  const { unproven } = entry;
  if (unproven === undefined || (readBegan < unproven.since && now < unproven.until)) return false;
  entry.unproven = undefined;
  entry.state = entry.state.map((record) =>
    isFiring(record) && (record.toldAt ?? 0) >= unproven.since ? { ...record, toldAt: now } : record,
  );
  return true;
}

/** A read of the target worked. @returns whether it could not be seen before that */
export function readWorked(entry: WatchedTarget, began: number, ended: number): boolean {
  const wasBlind = entry.blindSince !== undefined;
  entry.lastRead = began;
  entry.lastSuccess = ended;
  entry.isRestored = false;
  entry.failingSince = undefined;
  entry.blindSince = undefined;
  return wasBlind;
}

/**
 * What may be said of a target. Of one that is not read, the conditions may have ended, and a replica may know; those
 * that began since are told by its listing, which works.
 */
export function claimed(target: WatchedTarget): AlertState {
  const unclaimed = unclaimedOf(target);
  return unclaimed.length === 0 ? target.state : target.state.filter((record) => !unclaimed.includes(record));
}

/** The conditions that were known last, and may have ended. */
export function unclaimedOf({ state, blindSince }: WatchedTarget): AlertState {
  if (blindSince === undefined) return [];
  const mayHaveEnded = (record: AlertRecord) => record.origin === 'condition' || record.recovers === true;
  return state.filter(
    (record) => mayHaveEnded(record) && isFiring(record) && (record.toldAt ?? record.startsAt) < blindSince,
  );
}

/** The conditions of a project's targets that are not sent, each with its target. */
export function unclaimedIn(project: string, targets: Iterable<WatchedTarget>): string[] {
  return [...targets].flatMap((each) => {
    const { id, name = id } = each.target;
    if (each.target.project !== project) return [];
    return namesOf(unclaimedOf(each)).map((alertname) => `${alertname} of ${name}`);
  });
}

export function downRecord({ state }: WatchedTarget): AlertRecord | undefined {
  return state.find((record) => record.origin === 'down' && isFiring(record));
}

/** The wall clock was set: instants that it told move along, so that ages stay true. */
export function clockStepped(target: WatchedTarget, by: number): void {
  target.watchedAt += by;
  target.lastRead = movedBy(by, target.lastRead);
  target.failingSince = movedBy(by, target.failingSince);
  target.blindSince = movedBy(by, target.blindSince);
  const { unproven } = target;
  if (unproven !== undefined) target.unproven = { since: unproven.since + by, until: unproven.until + by };
}
