import { type Alert, type AlertTarget, targetLabels, toAlert } from '../alerting/alert.ts';
import type { BridgeSettings } from '../alerting/bridge.ts';
import { type AlertState, isFiring } from '../alerting/record.ts';
import { expire, nextEnd, observe } from '../alerting/states.ts';
import type { LimitsConfig } from '../config/config.ts';
import { wholeNumber } from '../kinds/decode.ts';
import type { LoggedNotice, Occurrence } from '../kinds/event.ts';
import { KINDS } from '../kinds/kinds.ts';
import { keyOf } from '../target-key.ts';
import type { LoggedEvent } from './logged-event.ts';

/** More alerts than anybody reads, and fewer than fill the memory. */
const ALERTS_MAX = 100_000;
const TARGETS_MAX = 100_000;

interface Played {
  target: AlertTarget;
  /** Of the kind, as its events made it. */
  readonly state: unknown;
  alerts: AlertState;
  /** What happened at one instant, and is taken in together. */
  pending: LoggedNotice[];
  /** The latest instant that was taken in. Unix milliseconds. */
  now: number;
}

/**
 * Lets the alert rules see an event log again, as if each event had been read when it happened. Each target has its own
 * time: an exporter that was down reads one target's hours after the other's.
 */
export class Backtest {
  readonly #settings: BridgeSettings;
  readonly #limits: LimitsConfig;
  readonly #targets = new Map<string, Played>();
  readonly #ended: Alert[] = [];
  #dropped = 0;
  #events = 0;
  #from = Number.POSITIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;

  constructor(settings: BridgeSettings, limits: LimitsConfig) {
    this.#settings = settings;
    this.#limits = limits;
  }

  /** How much was played, and from when to when, in Unix milliseconds. */
  get extent(): { readonly events: number; readonly targets: number; from: number; until: number } {
    return { events: this.#events, targets: this.#targets.size, from: this.#from, until: this.#until };
  }

  /** Alerts that there was no place for. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @returns whether the kind of the target knows what the line tells */
  take({ target, notice }: LoggedEvent): boolean {
    const { events, initialState } = KINDS[target.kind];
    const isKnown = events.eventOf(notice) !== undefined || events.foldNotice?.(initialState(), notice);
    const key = keyOf(target);
    if (!isKnown || (!this.#targets.has(key) && this.#targets.size >= TARGETS_MAX)) return false;
    const played = this.#targets.get(key) ?? {
      target,
      state: initialState(),
      alerts: [],
      pending: [],
      now: Number.NEGATIVE_INFINITY,
    };
    this.#targets.set(key, played);
    if (played.pending[0] !== undefined && played.pending[0].at !== notice.at) this.#takeIn(played);
    played.target = target;
    played.pending.push(notice);
    this.#events += 1;
    this.#from = Math.min(this.#from, notice.at);
    this.#until = Math.max(this.#until, notice.at);
    return true;
  }

  /**
   * Lets time go on to the end.
   * @returns all that fired, the earliest first; what still fires has no end
   */
  finish(now: number): readonly Alert[] {
    const firing: Alert[] = [];
    for (const played of this.#targets.values()) {
      this.#takeIn(played);
      this.#advance(played, Math.max(now, this.#until));
      const records = played.alerts.filter(isFiring);
      firing.push(...records.map((record) => toAlert(record, played.target, this.#settings)));
    }
    return [...this.#ended, ...firing.filter((alert) => this.#isTold(alert))].sort(
      (a, b) => a.startsAt - b.startsAt,
    );
  }

  #takeIn(played: Played): void {
    const { target, state, pending } = played;
    const { alerts, events } = KINDS[target.kind];
    const [first] = pending;
    if (first === undefined) return;
    // An event that ModelArts showed late is taken in when it was read.
    const now = Math.max(first.at, played.now);
    const occurrences = pending.flatMap((notice): Occurrence<unknown>[] => {
      const event = events.eventOf(notice);
      const count = wholeNumber(notice.fields['count']) ?? 1;
      return event === undefined ? [] : [{ event, at: notice.at, count: Math.max(1, count) }];
    });
    this.#advance(played, now);
    events.fold(state, occurrences, { first: false, countingSince: 0, now, limits: this.#limits });
    for (const notice of pending) events.foldNotice?.(state, notice);
    const observation = {
      problems: occurrences.flatMap(({ event, at, count }) => {
        const problem = alerts.problem(event);
        return problem === undefined ? [] : [{ problem, at, count }];
      }),
      recoveries: alerts.recoveries(state),
      conditions: alerts.conditions(state),
    };
    const rules = { ...this.#settings, lastRead: played.now };
    this.#put(played, observe(played.alerts, targetLabels(target), observation, now, rules));
    played.pending = [];
    played.now = now;
  }

  /** Ends what ends by itself until then, each at its time. */
  #advance(played: Played, until: number): void {
    for (;;) {
      const end = nextEnd(played.alerts, this.#settings);
      if (end > until) return;
      this.#put(played, expire(played.alerts, end, this.#settings));
    }
  }

  #put(played: Played, after: AlertState): void {
    const before = played.alerts;
    played.alerts = after;
    for (const record of after) {
      if (isFiring(record) || before.includes(record)) continue;
      const alert = toAlert(record, played.target, this.#settings);
      if (!this.#isTold(alert)) continue;
      if (this.#ended.length < ALERTS_MAX) this.#ended.push(alert);
      else this.#dropped += 1;
    }
  }

  #isTold({ severity }: Alert): boolean {
    return severity === 'critical' || this.#settings.minSeverity === 'warning';
  }
}
