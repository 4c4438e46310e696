import type { AlertmanagerConfig } from '../config/config.ts';
import type { AlertmanagerObserver } from '../metrics/alertmanager-metrics.ts';
import { Alertmanager } from './alertmanager.ts';
import { SendLoop, type SendLoopOptions } from './send-loop.ts';

export interface NotifierOptions extends Omit<SendLoopOptions, 'name' | 'alertmanager' | 'observer'> {
  readonly alertmanagers: readonly AlertmanagerConfig[];
  /** Told of what becomes of the alerts sent to the Alertmanager of this URL. */
  readonly observerOf: (url: string) => AlertmanagerObserver;
  /** Reaches it by HTTP by default. */
  readonly createAlertmanager?: CreateAlertmanager | undefined;
}

export type CreateAlertmanager = (config: AlertmanagerConfig) => Pick<Alertmanager, 'post' | 'close'>;

/** Sends every alert to every Alertmanager, none waiting for another. */
export interface Notifier {
  /** Alerts changed: send them now. */
  wake(): void;
  /** Sends what is not sent yet, for seconds at most, and ends. Nothing is resolved by that. */
  stop(): Promise<void>;
}

/** Begins to send, at once and until it is stopped. */
export function startNotifier({
  alertmanagers,
  observerOf,
  createAlertmanager = (config) => new Alertmanager(config),
  ...options
}: NotifierOptions): Notifier {
  const loops = alertmanagers.map(
    (config) =>
      new SendLoop({
        ...options,
        name: config.url,
        alertmanager: createAlertmanager(config),
        observer: observerOf(config.url),
      }),
  );
  return {
    wake: () => {
      for (const loop of loops) loop.wake();
    },
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
