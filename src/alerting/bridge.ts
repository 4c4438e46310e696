import type { Severity } from '../config/config.ts';
import type { Condition, Recovery } from '../kinds/kind.ts';
import type { FailureReason } from '../modelarts/errors.ts';
import { keyOf } from '../target-key.ts';
import { type Alert, type AlertExtras, type AlertTarget, targetLabels, toAlert } from './alert.ts';
import type { QuietRules } from './quiet.ts';
import type { AlertRecord, AlertState } from './record.ts';
import { advance, age, isFiring, type Report, resolveAll } from './states.ts';

export interface BridgeSettings extends QuietRules, AlertExtras {
  /** What is less severe is no alert. */
  readonly minSeverity: Severity;
}

/** Why a target could not be read. */
export interface Failure {
  readonly reason: FailureReason;
  readonly message: string;
}

/** What has become known of a target. */
export interface Refresh {
  /** New problem events, also those admitted before a failure. */
  readonly reports: readonly Report[];
  readonly recoveries: readonly Recovery[];
  readonly conditions: readonly Condition[];
  /** After so many milliseconds without a successful read the target is down. */
  readonly downAfter: number;
  /** How the read of the target went; `none` where it became known otherwise, as by discovery. */
  readonly read: 'worked' | 'none' | Failure;
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
  /** When the target was last read, or became known. */
  lastRead: number;
  downAfter: number;
  /** Why the last read failed; undefined when it worked or none has ended. */
  failure: Failure | undefined;
  gone: boolean;
}

/** Holds the alerts of all targets, and numbers their changes so that senders can ask for what is new to them. */
export class AlertBridge {
  #settings: BridgeSettings;
  #revision = 0;
  readonly #onChange: () => void;
  readonly #entries = new Map<string, Entry>();
  /** Records never change, so that neither do the alerts made of them. */
  #alerts = new WeakMap<AlertRecord, Alert>();

  /** @param onChange told after every change, at once */
  constructor(settings: BridgeSettings, onChange: () => void) {
    this.#settings = settings;
    this.#onChange = onChange;
  }

  /** Takes new settings; alerts whose labels differ under them run out in Alertmanager under the old ones. */
  configure(settings: BridgeSettings): void {
    this.#settings = settings;
    this.#alerts = new WeakMap();
    this.#revision += 1;
    for (const entry of this.#entries.values()) {
      entry.revision = this.#revision;
    }
    this.#onChange();
  }

  /** Makes a target known, with the alerts that a state file held. `downAfter` is as in a refresh. */
  watch(target: AlertTarget, downAfter: number, now: number, restored: AlertState = []): void {
    const known = this.#entries.get(keyOf(target));
    if (known === undefined) {
      const entry = {
        target,
        state: [],
        revision: 0,
        lastRead: now,
        downAfter,
        failure: undefined,
        gone: false,
      };
      this.#entries.set(keyOf(target), entry);
      if (restored.length > 0) {
        this.#put(entry, restored);
      }
    } else if (known.gone) {
      known.gone = false;
      known.lastRead = now;
    }
  }

  /** Takes in what has become known of a target that is watched. */
  update(target: AlertTarget, refresh: Refresh, now: number): void {
    const entry = this.#entries.get(keyOf(target));
    if (entry === undefined) {
      return;
    }
    const { reports, recoveries, conditions, downAfter, read } = refresh;
    entry.target = target;
    entry.downAfter = downAfter;
    let down: readonly Condition[] | undefined;
    if (read === 'worked') {
      entry.lastRead = now;
      entry.failure = undefined;
      down = [];
    } else if (read !== 'none') {
      entry.failure = read;
      down = this.#down(entry, now);
    }
    const seen = { target: targetLabels(target), reports, recoveries, conditions, down };
    this.#put(entry, advance(entry.state, seen, now, this.#settings));
  }

  /** Lets time pass: ends what was quiet, finds targets that are not read, forgets what was resolved long ago. */
  tick(now: number): void {
    for (const [key, entry] of this.#entries) {
      const down = entry.gone || downRecord(entry) !== undefined ? [] : this.#down(entry, now);
      if (down.length === 0) {
        this.#put(entry, age(entry.state, now, this.#settings));
      } else {
        const seen = {
          target: targetLabels(entry.target),
          reports: [],
          recoveries: [],
          conditions: undefined,
          down,
        };
        this.#put(entry, advance(entry.state, seen, now, this.#settings));
      }
      if (entry.gone && entry.state.length === 0) {
        this.#entries.delete(key);
      }
    }
  }

  /** Resolves the alerts of a target that is gone, and tells so for as long as of any other resolved alert. */
  remove(target: AlertTarget, now: number): void {
    const entry = this.#entries.get(keyOf(target));
    if (entry !== undefined) {
      entry.gone = true;
      this.#put(entry, resolveAll(entry.state, now));
    }
  }

  /** What a state file is to hold of a target. */
  snapshot(target: AlertTarget): AlertState {
    return this.#entries.get(keyOf(target))?.state ?? [];
  }

  /** Alerts, firing or resolved lately, of the targets that changed after `revision`; 0 for all. */
  since(revision: number): AlertList {
    const isTold = ({ severity }: AlertRecord) =>
      severity === 'critical' || this.#settings.minSeverity === 'warning';
    const alerts = [...this.#entries.values()]
      .filter((entry) => entry.revision > revision)
      .flatMap((entry) => entry.state.filter(isTold).map((record) => this.#alertOf(record, entry.target)));
    return { alerts, revision: this.#revision };
  }

  /** The alerts that fire. */
  active(): readonly Alert[] {
    return this.since(0).alerts.filter((alert) => alert.endsAt === undefined);
  }

  /** How many alerts fire. */
  activeBySeverity(): Readonly<Record<Severity, number>> {
    const counts = { warning: 0, critical: 0 };
    for (const alert of this.active()) {
      counts[alert.severity] += 1;
    }
    return counts;
  }

  #put(entry: Entry, state: AlertState): void {
    if (state !== entry.state) {
      entry.state = state;
      this.#revision += 1;
      entry.revision = this.#revision;
      this.#onChange();
    }
  }

  #alertOf(record: AlertRecord, target: AlertTarget): Alert {
    const known = this.#alerts.get(record);
    if (known !== undefined) {
      return known;
    }
    const alert = toAlert(record, target, this.#settings);
    this.#alerts.set(record, alert);
    return alert;
  }

  /** A target once down stays so until it is read, also across a restart. */
  #down(entry: Entry, now: number): readonly Condition[] {
    const firing = downRecord(entry);
    if (firing === undefined && now - entry.lastRead < entry.downAfter) {
      return [];
    }
    const { reason, message } = entry.failure ?? { reason: 'other', message: 'no read has ended since' };
    const since = firing?.startsAt ?? entry.lastRead;
    return [
      {
        alertname: 'ModelArtsTargetDown',
        severity: 'warning',
        labels: { reason },
        message: `No successful read since ${new Date(since).toISOString()}: ${message}`,
        since,
        at: since,
        events: 1,
        expires: false,
      },
    ];
  }
}

function downRecord({ state }: Entry): AlertRecord | undefined {
  return state.find((record) => record.origin === 'down' && isFiring(record));
}
