import type { Severity } from '../config/config.ts';
import { type Alert, type AlertExtras, toAlert } from './alert.ts';
import type { ProjectWatch } from './project-watch.ts';
import type { AlertRecord, AlertState } from './record.ts';
import { claimed, type WatchedTarget } from './watched-target.ts';

export interface AlertSettings extends AlertExtras {
  /** What is less severe is no alert. */
  readonly minSeverity: Severity;
}

/** Alerts with the revision they are of. */
export interface AlertList {
  readonly alerts: readonly Alert[];
  readonly revision: number;
}

/** What alerts are about. */
export type AlertOwner = WatchedTarget | ProjectWatch;

/** Numbers the changes of alerts, so that senders can ask for what is new to them. */
export class AlertRevisions {
  readonly #onChange: () => void;
  #settings: AlertSettings;
  #revision = 0;
  /** Records never change, and so neither do the alerts made of them. */
  #alerts = new WeakMap<AlertRecord, Alert>();

  constructor(settings: AlertSettings, onChange: () => void) {
    this.#settings = settings;
    this.#onChange = onChange;
  }

  /** Takes new settings, under which the alerts of all these are others. */
  configure(settings: AlertSettings, owners: readonly AlertOwner[]): void {
    this.#settings = settings;
    this.#alerts = new WeakMap();
    this.#revision += 1;
    for (const owner of owners) owner.revision = this.#revision;
    this.#onChange();
  }

  put(owner: AlertOwner, state: AlertState): void {
    if (state === owner.state) return;
    owner.state = state;
    this.touch(owner);
  }

  /** What is told of it changes, though its state does not. */
  touch(owner: AlertOwner): void {
    this.#revision += 1;
    owner.revision = this.#revision;
    this.#onChange();
  }

  /** Alerts, firing or resolved lately, of those owners that changed after `revision`; 0 for all. */
  since(revision: number, owners: readonly AlertOwner[]): AlertList {
    const changed = owners.filter((owner) => owner.revision > revision);
    return { alerts: changed.flatMap((owner) => this.#alertsOf(owner)), revision: this.#revision };
  }

  #alertsOf(owner: AlertOwner): Alert[] {
    const state = 'target' in owner ? claimed(owner) : owner.state;
    const isSevereEnough = ({ severity }: AlertRecord) =>
      severity === 'critical' || this.#settings.minSeverity === 'warning';
    return state.filter(isSevereEnough).map((record) => {
      const known = this.#alerts.get(record);
      if (known !== undefined) return known;
      const alert = toAlert(record, 'target' in owner ? owner.target : owner.project, this.#settings);
      this.#alerts.set(record, alert);
      return alert;
    });
  }
}
