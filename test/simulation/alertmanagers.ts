import type { Outcome } from '../../src/alerting/alertmanager.ts';
import type { PostableAlert } from '../../src/alerting/wire.ts';

/** What a receiver was told. */
export interface Notification {
  /** Unix milliseconds. */
  readonly at: number;
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
}

interface Stored {
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: number;
  readonly endsAt: number;
  /** When a new alert was first seen. */
  readonly seenAt: number;
}

/** The last notification of an alert. */
interface Told {
  readonly at: number;
  readonly labels: Stored['labels'];
  readonly isFiring: boolean;
}

/** Milliseconds before a new alert is told. */
const GROUP_WAIT = 10_000;
/** What has ended is kept so long, as Alertmanager does. */
const KEPT_FOR = 30 * 60_000;

/** One Alertmanager, as far as it concerns who sends alerts: the newest word on each, in memory. */
export class SimulatedAlertmanager {
  isUp = true;
  /** The network between it and the others is cut. */
  isApart = false;
  readonly alerts = new Map<string, Stored>();
  /** By fingerprint, of itself and the others that it reaches. */
  readonly told = new Map<string, Told>();

  /** The word that comes last counts, though it may have been sent before another. */
  post(alerts: readonly PostableAlert[], now: number): Outcome {
    for (const { labels, startsAt, endsAt } of alerts) {
      const [starts, ends] = [Date.parse(startsAt), Date.parse(endsAt)];
      if (ends < starts) return { kind: 'refused', message: 'start time must be before end time' };
      const fingerprint = fingerprintOf(labels);
      const before = this.alerts.get(fingerprint);
      // Of an alert that goes on the earlier start counts; one that had ended begins anew.
      const goesOn = before !== undefined && before.endsAt > now;
      const beginsAnew = ends > now && !goesOn && !this.told.get(fingerprint)?.isFiring;
      this.alerts.set(fingerprint, {
        labels,
        startsAt: goesOn ? Math.min(starts, before.startsAt) : starts,
        endsAt: ends,
        seenAt: beginsAnew ? now : (before?.seenAt ?? now),
      });
    }
    return { kind: 'taken', date: now };
  }

  forget(now: number): void {
    for (const [fingerprint, { endsAt }] of this.alerts) {
      if (endsAt + KEPT_FOR < now) this.alerts.delete(fingerprint);
    }
  }
}

/**
 * Alertmanagers that tell each other what they have told: an alert is told once as firing and once as resolved,
 * whichever of them is first. Where they can't reach each other, each tells by itself.
 */
export class AlertmanagerCluster {
  readonly members: readonly SimulatedAlertmanager[];
  readonly notifications: Notification[] = [];
  /** Labels of the alerts that nobody knows to have been told any more, so that nobody tells that they are over. */
  readonly forgotten: Stored['labels'][] = [];

  readonly #groupInterval: number;

  /** @param groupInterval milliseconds before an end is told */
  constructor(size: number, groupInterval: number) {
    this.#groupInterval = groupInterval;
    this.members = Array.from({ length: size }, () => new SimulatedAlertmanager());
  }

  /** A member dies, and with it what only it knew. */
  kill(index: number): void {
    const member = this.members[index];
    if (member === undefined) return;
    member.isUp = false;
    const others = this.members.filter(({ isUp }) => isUp);
    for (const [fingerprint, { labels, isFiring }] of member.told)
      if (isFiring && !others.some(({ told }) => told.has(fingerprint))) this.forgotten.push(labels);
    member.alerts.clear();
    member.told.clear();
  }

  start(index: number): void {
    const member = this.members[index];
    if (member !== undefined) member.isUp = true;
    this.#agree();
  }

  part(index: number): void {
    const member = this.members[index];
    if (member !== undefined) member.isApart = true;
  }

  join(index: number): void {
    const member = this.members[index];
    if (member !== undefined) member.isApart = false;
    this.#agree();
  }

  /** Tells what is to be told now. */
  flush(now: number): void {
    for (const member of this.members) {
      if (!member.isUp) continue;
      for (const [fingerprint, alert] of member.alerts) this.#tell(member, fingerprint, alert, now);
      member.forget(now);
    }
  }

  #tell(member: SimulatedAlertmanager, fingerprint: string, alert: Stored, now: number): void {
    const { labels, startsAt, endsAt, seenAt } = alert;
    const isFiring = endsAt > now;
    if (isFiring === (member.told.get(fingerprint)?.isFiring ?? false)) return;
    const reached = this.#reachedBy(member);
    if (isFiring) {
      if (now - seenAt < GROUP_WAIT && now - startsAt < GROUP_WAIT) return;
    } else {
      if (now - endsAt < this.#groupInterval) return;
      // Another member may know better: it heard of the alert later.
      if (reached.some(({ alerts }) => (alerts.get(fingerprint)?.endsAt ?? 0) > now)) return;
    }
    this.notifications.push({ at: now, status: isFiring ? 'firing' : 'resolved', labels });
    for (const each of reached) each.told.set(fingerprint, { at: now, isFiring, labels });
  }

  /** Itself, and all that it can talk to. */
  #reachedBy(member: SimulatedAlertmanager): readonly SimulatedAlertmanager[] {
    if (member.isApart) return [member];
    return this.members.filter(({ isUp, isApart }) => isUp && !isApart);
  }

  /** Those that reach each other again exchange what they have told. */
  #agree(): void {
    const reached = this.members.filter(({ isUp, isApart }) => isUp && !isApart);
    const newest = new Map<string, Told>();
    for (const { told } of reached) {
      for (const [fingerprint, each] of told) {
        const other = newest.get(fingerprint);
        if (other === undefined || other.at < each.at) newest.set(fingerprint, each);
      }
    }
    for (const { told } of reached) for (const [fingerprint, each] of newest) told.set(fingerprint, each);
  }
}

function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
