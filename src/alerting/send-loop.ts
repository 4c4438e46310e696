import { Alarm } from './alarm.ts';
import type { AlertList } from './alert-revisions.ts';
import { Sender, type SenderOptions } from './sender.ts';

/** The first retry comes after so many milliseconds, each further one after twice the time, up to the interval. */
const RETRY_AFTER = 1_000;
/** At the end so many milliseconds remain for what is not delivered: the process is to end within five seconds. */
const LAST_WORDS_MAX = 2_500;

export interface SendLoopOptions extends SenderOptions {
  /** Alerts that changed after a revision; 0 for all. */
  readonly since: (revision: number) => AlertList;
}

/**
 * Keeps one Alertmanager up to date: changes go out at once, everything goes out at each interval. It is always the
 * newest state that is sent, so nothing queues while the Alertmanager is away. Without any alert an empty list is
 * sent, so that a broken connection shows before the first alert.
 */
export class SendLoop {
  readonly #options: SendLoopOptions;
  readonly #sender: Sender;
  readonly #alarm: Alarm;
  /** Nothing is waited for any more. */
  readonly #ending = new AbortController();
  /** The request in flight is given up, too. */
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;

  constructor(options: SendLoopOptions) {
    this.#options = options;
    this.#sender = new Sender(options, this.#stopping.signal);
    this.#alarm = new Alarm(options.timers);
    this.#done = this.#run();
  }

  /** Alerts changed. */
  wake(): void {
    this.#alarm.wake();
  }

  /** Sends what is not sent yet, if the Alertmanager takes it soon enough. */
  async stop(): Promise<void> {
    this.#ending.abort();
    this.#alarm.wake();
    const isDone = new AbortController();
    const done = this.#done.then(() => isDone.abort());
    await this.#options.timers.sleep(LAST_WORDS_MAX, isDone.signal).catch(() => {});
    this.#stopping.abort();
    this.#options.alertmanager.close();
    await done;
  }

  async #run(): Promise<void> {
    const { interval, since, timers } = this.#options;
    const ending = this.#ending.signal;
    let sentRevision = 0;
    let sendAllAt = timers.now();
    let failures = 0;
    for (;;) {
      const wait = Math.max(0, sendAllAt - timers.now());
      // A change does not cut the wait before a retry short: a dead Alertmanager must not be flooded.
      if (ending.aborted || failures > 0) await timers.sleep(wait, ending).catch(() => {});
      else await this.#alarm.sleep(wait);
      const isLast = ending.aborted;
      const isAll = failures > 0 || timers.now() >= sendAllAt;
      const { alerts, revision } = since(isAll ? 0 : sentRevision);
      if (isAll) sendAllAt = timers.now() + interval;
      if (isAll || alerts.length > 0) {
        const works = await this.#sender.send(alerts, failures > 0);
        if (!works) sendAllAt = timers.now() + Math.min(interval, RETRY_AFTER * 2 ** failures);
        failures = works ? 0 : failures + 1;
      }
      if (isLast) return;
      sentRevision = revision;
    }
  }
}
