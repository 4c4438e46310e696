import type { Logger } from '../log.ts';
import type { AlertmanagerObserver } from '../metrics/alertmanager-metrics.ts';
import type { Timers } from '../timers.ts';
import type { Alert } from './alert.ts';
import type { Alertmanager, Outcome } from './alertmanager.ts';
import { AlertmanagerClock } from './alertmanager-clock.ts';
import { toPostable } from './wire.ts';

const BATCH_MAX = 64;
/** After so many failed batches the rest waits for the next time, so that an Alertmanager in trouble is not flooded. */
const FAILED_BATCHES_MAX = 32;

export interface SenderOptions {
  /** The Alertmanager's URL. */
  readonly name: string;
  readonly alertmanager: Pick<Alertmanager, 'post' | 'close'>;
  /** Milliseconds between two sendings of everything. */
  readonly interval: number;
  readonly clock: () => number;
  readonly timers: Timers;
  readonly log: Logger;
  readonly observer: AlertmanagerObserver;
}

/**
 * Sends alerts to one Alertmanager in batches, one request at a time. A batch may fail for what is in it: a proxy
 * that finds it too large, a text that something on the way chokes on. Such a batch is tried again in halves, down
 * to single alerts, so that what cannot be sent holds up nothing else.
 */
export class Sender {
  readonly #options: SenderOptions;
  /**
   * How large a batch with this alert may be, if its last one failed. An alert that changes is a new object, and
   * so begins anew.
   */
  readonly #batchMax = new WeakMap<Alert, number>();
  readonly #stopping: AbortSignal;
  readonly #theirClock: AlertmanagerClock;
  #trouble: string | undefined;
  #loggedTrouble: string | undefined;

  /** @param stopping aborts when the exporter itself ends its requests, which is no failure */
  constructor(options: SenderOptions, stopping: AbortSignal) {
    this.#options = options;
    this.#stopping = stopping;
    this.#theirClock = new AlertmanagerClock(options.clock, options.timers);
  }

  /**
   * Sends alerts, and logs whether that works where it has changed.
   * @param isAway the Alertmanager did not work the last time: one empty list goes first and finds out
   * @returns whether the Alertmanager works; if it does not, the rest was not tried
   */
  async send(alerts: readonly Alert[], isAway: boolean): Promise<boolean> {
    this.#trouble = undefined;
    const works = await this.#sendAll(alerts, isAway);
    if (!this.#stopping.aborted) this.#logTrouble();
    return works;
  }

  async #sendAll(alerts: readonly Alert[], isAway: boolean): Promise<boolean> {
    let works = false;
    if (isAway && alerts.length > 0) {
      works = await this.#takesEmptyList();
      if (!works) return false;
    }
    let failures = 0;
    let waiting = alerts;
    do {
      const failed: Alert[] = [];
      for (const batch of this.#batches(waiting)) {
        const hasFailed = await this.#hasFailed(batch);
        if (this.#stopping.aborted) return works;
        if (!hasFailed) {
          works = true;
          continue;
        }
        // Was it the batch, or does the Alertmanager not work at all? If it took nothing yet, the next time will show.
        if (!works || !(await this.#takesEmptyList())) return false;
        for (const alert of batch) this.#batchMax.set(alert, Math.ceil(batch.length / 2));
        if (batch.length > 1) failed.push(...batch);
        failures += 1;
        if (failures === FAILED_BATCHES_MAX) return true;
      }
      waiting = failed;
    } while (waiting.length > 0);
    return true;
  }

  /** The larger batches come first: what has never failed does not wait for what has. */
  #batches(alerts: readonly Alert[]): (readonly Alert[])[] {
    if (alerts.length === 0) return [[]];
    const maxOf = (alert: Alert) => this.#batchMax.get(alert) ?? BATCH_MAX;
    const sizes = [...new Set(alerts.map(maxOf))].sort((a, b) => b - a);
    return sizes.flatMap((size) => {
      const group = alerts.filter((alert) => maxOf(alert) === size);
      const batches = Math.ceil(group.length / size);
      return Array.from({ length: batches }, (_, index) => group.slice(index * size, (index + 1) * size));
    });
  }

  /** Posts a batch. What was refused has not failed: it would be refused again, and so need not be tried again. */
  async #hasFailed(batch: readonly Alert[]): Promise<boolean> {
    const { clock, observer } = this.#options;
    const { kind } = await this.#post(batch);
    if (kind === 'taken') observer.onSent(batch.length, clock());
    if (kind !== 'failed') for (const alert of batch) this.#batchMax.delete(alert);
    return kind === 'failed';
  }

  /** Tells an Alertmanager that works, of which one alert is not taken, from one that does not work. */
  async #takesEmptyList(): Promise<boolean> {
    const { clock, observer } = this.#options;
    const { kind } = await this.#post([]);
    if (kind === 'taken') observer.onSent(0, clock());
    return kind !== 'failed';
  }

  /** What a wrong clock has dated may be over for who reads it, or go on for long: it is posted once more. */
  async #post(alerts: readonly Alert[]): Promise<Outcome> {
    const outcome = await this.#postOnce(alerts);
    const wasWrong = outcome.kind === 'taken' && this.#theirClock.told(outcome.date);
    return wasWrong && alerts.length > 0 ? this.#postOnce(alerts) : outcome;
  }

  async #postOnce(alerts: readonly Alert[]): Promise<Outcome> {
    const { alertmanager, timers, interval, observer } = this.#options;
    const began = timers.now();
    const now = this.#theirClock.now();
    const outcome = await alertmanager.post(alerts.map((alert) => toPostable(alert, now, interval)));
    if (!this.#stopping.aborted) observer.onRequest((timers.now() - began) / 1000);
    if (outcome.kind !== 'taken' && !this.#stopping.aborted) {
      observer.onError();
      this.#trouble = outcome.message;
    }
    return outcome;
  }

  /** One line per change, not one per request. */
  #logTrouble(): void {
    const { name, log } = this.#options;
    if (this.#trouble === this.#loggedTrouble) return;
    if (this.#trouble === undefined) log.info('sending alerts works again', { alertmanager: name });
    else log.warn('sending alerts failed', { alertmanager: name, error: this.#trouble });
    this.#loggedTrouble = this.#trouble;
  }
}
