import type { Severity } from '../config/config.ts';
import type { Condition } from '../kinds/problem.ts';
import type { FailureReason } from '../modelarts/errors.ts';
import { keyOf, type TargetKey } from '../target-key.ts';
import { type Alert, type AlertExtras, type AlertTarget, targetLabels, toAlert } from './alert.ts';
import type { Downtime, QuietRules } from './quiet.ts';
import { type AlertRecord, type AlertState, isFiring } from './record.ts';
import { expire, type Observation, observe, resolveAll, setDown } from './states.ts';

export interface BridgeSettings extends Omit<QuietRules, 'downtime'>, AlertExtras {
  /** What is less severe is no alert. */
  readonly minSeverity: Severity;
}

export interface BridgeOptions {
  /** Milliseconds without a successful read after which a target is down. */
  readonly downAfter: (target: TargetKey) => number;
  /** Called after every change, at once. */
  readonly onChange: () => void;
}

/** Why a target could not be read. */
export interface Failure {
  readonly reason: FailureReason;
  readonly message: string;
}

/** What a state file holds of a target's alerts. */
export interface RestoredAlerts {
  readonly alerts?: AlertState | undefined;
  /** When the last successful read of the target began. */
  readonly lastRead?: number | undefined;
}

/** Alerts with the revision they are of. */
export interface AlertList {
  readonly alerts: readonly Alert[];
  readonly revision: number;
}

interface Entry {
  target: AlertTarget;
  state: AlertState;
  /** Revision of the last change. */
  revision: number;
  /** Since when the target is to be read: it became known, or is watched again. */
  watchedAt: number;
  /** When the last successful read began, also one by a process before this one. */
  lastRead: number | undefined;
  /** That read was by a process before this one. */
  isRestored: boolean;
  /** Why the last read failed; undefined if it worked or none has ended. */
  failure: Failure | undefined;
  removed: boolean;
}

/** Holds the alerts of all targets, and numbers their changes so that senders can ask for what is new to them. */
export class AlertBridge {
  #settings: BridgeSettings;
  #revision = 0;
  readonly #options: BridgeOptions;
  readonly #entries = new Map<string, Entry>();
  /** Records never change, and so neither do the alerts made of them. */
  #alerts = new WeakMap<AlertRecord, Alert>();

  constructor(settings: BridgeSettings, options: BridgeOptions) {
    this.#settings = settings;
    this.#options = options;
  }

  /** Takes new settings; alerts whose labels differ under them run out in Alertmanager under the old ones. */
  configure(settings: BridgeSettings): void {
    this.#settings = settings;
    this.#alerts = new WeakMap();
    this.#revision += 1;
    for (const entry of this.#entries.values()) entry.revision = this.#revision;
    this.#options.onChange();
  }

  /** Makes a target known, also one that was removed, with what a state file held of it. */
  watch(target: AlertTarget, now: number, { alerts = [], lastRead }: RestoredAlerts = {}): void {
    const known = this.#entries.get(keyOf(target));
    if (known !== undefined) {
      restore(known, now);
      return;
    }
    const entry: Entry = {
      target,
      state: [],
      revision: 0,
      watchedAt: now,
      lastRead,
      isRestored: lastRead !== undefined,
      failure: undefined,
      removed: false,
    };
    this.#entries.set(keyOf(target), entry);
    if (alerts.length > 0) this.#put(entry, alerts);
  }

  /** Takes in what was seen of a target that is watched; one that was removed is back by that. */
  observe(target: AlertTarget, observation: Observation, now: number): void {
    const entry = this.#entries.get(keyOf(target));
    if (entry === undefined) return;
    restore(entry, now);
    entry.target = target;
    const rules = { ...this.#settings, downtime: this.#downtime(entry, now) };
    this.#put(entry, observe(entry.state, targetLabels(target), observation, now, rules));
  }

  /**
   * Takes in how a read of a target went; `failure` is undefined if it worked.
   * @param began when the read began
   */
  readEnded(target: TargetKey, failure: Failure | undefined, now: number, began = now): void {
    const entry = this.#entries.get(keyOf(target));
    if (entry === undefined || entry.removed) return;
    entry.failure = failure;
    if (failure === undefined) {
      entry.lastRead = began;
      entry.isRestored = false;
    }
    this.#setDown(entry, failure === undefined ? undefined : this.#downCondition(entry, now), now);
  }

  /** Lets time pass: ends what was quiet, finds targets that are not read, forgets what was resolved long ago. */
  tick(now: number): void {
    for (const [key, entry] of this.#entries) {
      this.#put(entry, expire(entry.state, now, this.#settings));
      if (entry.removed && entry.state.length === 0) this.#entries.delete(key);
      if (entry.removed || downRecord(entry) !== undefined) continue;
      const down = this.#downCondition(entry, now);
      if (down !== undefined) this.#setDown(entry, down, now);
    }
  }

  /** Resolves the alerts of a target that is no longer collected; they are sent for as long as any that resolved. */
  remove(target: TargetKey, now: number): void {
    const entry = this.#entries.get(keyOf(target));
    if (entry === undefined) return;
    entry.removed = true;
    this.#put(entry, resolveAll(entry.state, now));
  }

  /** What a state file is to hold of a target. */
  snapshot(target: TargetKey): AlertState {
    return this.#entries.get(keyOf(target))?.state ?? [];
  }

  /** Alerts, firing or resolved lately, of the targets that changed after `revision`; 0 for all. */
  since(revision: number): AlertList {
    const isSevereEnough = ({ severity }: AlertRecord) =>
      severity === 'critical' || this.#settings.minSeverity === 'warning';
    const alerts = [...this.#entries.values()]
      .filter((entry) => entry.revision > revision)
      .flatMap((entry) =>
        entry.state.filter(isSevereEnough).map((record) => this.#alertOf(record, entry.target)),
      );
    return { alerts, revision: this.#revision };
  }

  /** The alerts that fire. */
  active(): readonly Alert[] {
    return this.since(0).alerts.filter((alert) => alert.endsAt === undefined);
  }

  /** How many alerts fire. */
  activeBySeverity(): Readonly<Record<Severity, number>> {
    const counts = { warning: 0, critical: 0 };
    for (const { severity } of this.active()) counts[severity] += 1;
    return counts;
  }

  #put(entry: Entry, state: AlertState): void {
    if (state === entry.state) return;
    entry.state = state;
    this.#revision += 1;
    entry.revision = this.#revision;
    this.#options.onChange();
  }

  #alertOf(record: AlertRecord, target: AlertTarget): Alert {
    const known = this.#alerts.get(record);
    if (known !== undefined) return known;
    const alert = toAlert(record, target, this.#settings);
    this.#alerts.set(record, alert);
    return alert;
  }

  #setDown(entry: Entry, down: Condition | undefined, now: number): void {
    this.#put(entry, setDown(entry.state, targetLabels(entry.target), down, now, this.#settings));
  }

  /**
   * The time in which the target could not be seen; undefined where it is read as it should be: replicas that read it
   * some seconds apart must end an alert at the same moment, that of the event. A restart always counts.
   */
  #downtime({ target, lastRead, isRestored }: Entry, now: number): Downtime | undefined {
    if (lastRead === undefined) return undefined;
    const noticed = Math.min(this.#options.downAfter(target), this.#settings.resolveAfter);
    return isRestored || now - lastRead >= noticed ? { from: lastRead, until: now } : undefined;
  }

  /** Undefined while the target is not down. A target once down stays so until it is read, also across a restart. */
  #downCondition(entry: Entry, now: number): Condition | undefined {
    const firing = downRecord(entry);
    const waitedFrom = Math.max(entry.watchedAt, entry.lastRead ?? 0);
    if (firing === undefined && now - waitedFrom < this.#options.downAfter(entry.target)) return undefined;
    const { reason, message } = entry.failure ?? { reason: 'other', message: 'no read has ended since' };
    const since = firing?.startsAt ?? waitedFrom;
    return {
      alertname: 'ModelArtsTargetDown',
      severity: 'warning',
      summary: 'cannot be read from ModelArts',
      labels: { reason },
      message: `No successful read since ${new Date(since).toISOString()}: ${message}`,
      since,
      at: since,
      events: 1,
      expires: false,
    };
  }
}

/** A target that was removed is watched again, as one that has just become known. */
function restore(entry: Entry, now: number): void {
  if (!entry.removed) return;
  entry.removed = false;
  entry.watchedAt = now;
}

function downRecord({ state }: Entry): AlertRecord | undefined {
  return state.find((record) => record.origin === 'down' && isFiring(record));
}
