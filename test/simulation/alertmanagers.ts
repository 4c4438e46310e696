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
  labels: Readonly<Record<string, string>>;
  startsAt: number;
  endsAt: number;
}

/** Milliseconds before a new alert is told. */
const GROUP_WAIT = 10_000;
/**
 * Milliseconds before an end is told: a group interval, within which a replica that listed a little later says that the
 * alert goes on.
 */
const GROUP_INTERVAL = 6 * 60_000;
/** What has ended is kept so long, as Alertmanager does. */
const KEPT_FOR = 30 * 60_000;

/** One Alertmanager, as far as it concerns who sends alerts: the newest word on each, in memory. */
export class SimulatedAlertmanager {
  isUp = true;
  readonly alerts = new Map<string, Stored>();

  post(alerts: readonly PostableAlert[], now: number): Outcome {
    for (const { labels, startsAt, endsAt } of alerts) {
      const [starts, ends] = [Date.parse(startsAt), Date.parse(endsAt)];
      if (ends < starts) return { kind: 'refused', message: 'start time must be before end time' };
      const fingerprint = fingerprintOf(labels);
      const before = this.alerts.get(fingerprint);
      // Of an alert that goes on the earlier start counts; one that had ended begins anew.
      const goesOn = before !== undefined && before.endsAt > now;
      this.alerts.set(fingerprint, {
        labels,
        startsAt: goesOn ? Math.min(starts, before.startsAt) : starts,
        endsAt: ends,
      });
    }
    return { kind: 'taken' };
  }

  /** Its process ends, and with it all that it was told. */
  kill(): void {
    this.isUp = false;
    this.alerts.clear();
  }

  forget(now: number): void {
    for (const [fingerprint, { endsAt }] of this.alerts) {
      if (endsAt + KEPT_FOR < now) this.alerts.delete(fingerprint);
    }
  }
}

/**
 * Alertmanagers that tell each other what they have told: an alert is told once as firing and once as resolved,
 * whichever of them is first.
 */
export class AlertmanagerCluster {
  readonly members: readonly SimulatedAlertmanager[];
  readonly notifications: Notification[] = [];
  /** Those that were told as firing and not yet as resolved. */
  readonly #told = new Set<string>();
  readonly #firstSeen = new Map<string, number>();

  constructor(size: number) {
    this.members = Array.from({ length: size }, () => new SimulatedAlertmanager());
  }

  /** A member dies, and with it what only it knew. */
  kill(index: number): void {
    this.members[index]?.kill();
    for (const fingerprint of this.#told) {
      if (!this.members.some(({ alerts }) => alerts.has(fingerprint))) this.#told.delete(fingerprint);
    }
  }

  /** Tells what is to be told now. */
  flush(now: number): void {
    for (const member of this.members.filter(({ isUp }) => isUp)) {
      for (const [fingerprint, alert] of member.alerts) this.#tell(fingerprint, alert, now);
      member.forget(now);
    }
  }

  #tell(fingerprint: string, { labels, startsAt, endsAt }: Stored, now: number): void {
    const isFiring = endsAt > now;
    if (isFiring === this.#told.has(fingerprint)) return;
    if (!isFiring) {
      if (now - endsAt < GROUP_INTERVAL) return;
      // Another member may know better: it heard of the alert later.
      const isElsewhere = this.members.some(
        (each) => each.isUp && (each.alerts.get(fingerprint)?.endsAt ?? 0) > now,
      );
      if (isElsewhere) return;
      this.#told.delete(fingerprint);
      this.#firstSeen.delete(fingerprint);
      this.notifications.push({ at: now, status: 'resolved', labels });
      return;
    }
    const first = this.#firstSeen.get(fingerprint) ?? now;
    this.#firstSeen.set(fingerprint, first);
    if (now - first < GROUP_WAIT && now - startsAt < GROUP_WAIT) return;
    this.#told.add(fingerprint);
    this.notifications.push({ at: now, status: 'firing', labels });
  }
}

function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
