import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import { Alarm } from './alarm.ts';
import type { Alertmanager, Outcome } from './alertmanager.ts';
import type { AlertList } from './bridge.ts';
import { toPostable } from './wire.ts';

const ALERTS_PER_REQUEST = 64;
const FIRST_RETRY_AFTER = 1_000;

/** Told of what goes to the Alertmanagers, each named by its URL. */
export interface NotifierObserver {
  /** A request with so many alerts was taken, `at` epoch milliseconds. */
  onSent(alertmanager: string, alerts: number, at: number): void;
  /** A request was refused or failed. */
  onError(alertmanager: string): void;
}

export interface SendLoopOptions {
  readonly name: string;
  readonly alertmanager: Alertmanager;
  /** Alerts that changed after a revision; 0 for all. */
  readonly since: (revision: number) => AlertList;
  /** Milliseconds between two sendings of everything. */
  readonly interval: number;
  readonly now: () => number;
  readonly logger: Logger;
  readonly observer: NotifierObserver;
}

/**
 * Keeps one Alertmanager up to date: changes at once, everything at each interval, one request at a
 * time. What is sent is always the newest state, so that nothing queues while Alertmanager is away.
 * With no alerts an empty list is sent, so that a broken connection shows before the first alert.
 */
export class SendLoop {
  readonly #options: SendLoopOptions;
  readonly #alarm = new Alarm();
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;
  #lastTrouble: string | undefined;

  constructor(options: SendLoopOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  /** Alerts changed. */
  wake(): void {
    this.#alarm.wake();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#alarm.wake();
    this.#options.alertmanager.close();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { interval, since } = this.#options;
    const { signal } = this.#stopping;
    let sentRevision = 0;
    let resendAt = performance.now();
    let failures = 0;
    for (;;) {
      const wait = Math.max(0, resendAt - performance.now());
      if (failures === 0) {
        await this.#alarm.sleep(wait);
      } else {
        // Changes don't cut a retry's delay short: a dead Alertmanager is not to be flooded.
        await sleep(wait, undefined, { signal }).catch(() => {});
      }
      if (signal.aborted) {
        return;
      }
      const everything = failures > 0 || performance.now() >= resendAt;
      const { alerts, revision } = since(everything ? 0 : sentRevision);
      if (everything) {
        resendAt = performance.now() + interval;
      }
      if (everything || alerts.length > 0) {
        if (await this.#send(alerts)) {
          failures = 0;
        } else {
          resendAt = performance.now() + Math.min(interval, FIRST_RETRY_AFTER * 2 ** failures);
          failures += 1;
        }
      }
      sentRevision = revision;
    }
  }

  /** Tells whether Alertmanager could be reached. */
  async #send(alerts: AlertList['alerts']): Promise<boolean> {
    const { name, alertmanager, now, interval, observer } = this.#options;
    let trouble: string | undefined;
    let start = 0;
    do {
      const batch = alerts.slice(start, start + ALERTS_PER_REQUEST);
      const postable = batch.map((alert) => toPostable(alert, now(), interval));
      const outcome: Outcome = await alertmanager.post(postable);
      if (this.#stopping.signal.aborted) {
        return true;
      }
      if (outcome.kind === 'taken') {
        observer.onSent(name, batch.length, now());
      } else {
        observer.onError(name);
        trouble = outcome.message;
      }
      if (outcome.kind === 'failed') {
        this.#report(trouble);
        return false;
      }
      start += ALERTS_PER_REQUEST;
    } while (start < alerts.length);
    this.#report(trouble);
    return true;
  }

  /** One log line per change of how it goes, not one per request. */
  #report(trouble: string | undefined): void {
    const { name, logger } = this.#options;
    if (trouble !== this.#lastTrouble) {
      if (trouble === undefined) {
        logger.info('sending alerts works again', { alertmanager: name });
      } else {
        logger.warn('sending alerts failed', { alertmanager: name, error: trouble });
      }
      this.#lastTrouble = trouble;
    }
  }
}
