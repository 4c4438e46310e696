import type { AlertmanagerConfig } from '../config/config.ts';
import { Alertmanager } from './alertmanager.ts';
import { SendLoop, type SendLoopOptions } from './send-loop.ts';

export interface NotifierOptions extends Omit<SendLoopOptions, 'name' | 'alertmanager'> {
  readonly alertmanagers: readonly AlertmanagerConfig[];
}

/** Sends every alert to every Alertmanager, none waiting for another. */
export interface Notifier {
  /** Alerts changed: send them now. */
  wake(): void;
  /** Ends the sending, also in the middle of a request. Nothing is resolved by that. */
  stop(): Promise<void>;
}

/** Begins to send, at once and until it is stopped. */
export function startNotifier({ alertmanagers, ...options }: NotifierOptions): Notifier {
  const loops = alertmanagers.map(
    (config) => new SendLoop({ ...options, name: config.url, alertmanager: new Alertmanager(config) }),
  );
  return {
    wake: () => {
      for (const loop of loops) {
        loop.wake();
      }
    },
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
