import type { Config } from '../../src/config/config.ts';
import { KIND_NAMES, rowOf } from '../../src/kind-table.ts';
import { configOf, prodAt } from '../configuration.ts';
import type { Machine } from './machine.ts';
import type { Shape } from './shape.ts';

const SECOND = 1_000;

/** Who writes the configuration of the exporters, and holds the key to the cloud. */
export class Operator {
  readonly #shape: Shape;
  readonly #machines: () => readonly Machine[];
  #keys = 1;
  #configured = 1;
  #reloads = 0;

  constructor(shape: Shape, machines: () => readonly Machine[]) {
    this.#shape = shape;
    this.#machines = machines;
  }

  /** The token that the cloud takes. */
  readonly token = (): string => tokenOf(this.#keys);

  /** The cloud takes another token from now on. */
  rotateKey(): void {
    this.#keys += 1;
  }

  /** Gives the newest token to all exporters. */
  configureKey(): void {
    this.#configured = this.#keys;
    for (const machine of this.#machines()) machine.reload();
  }

  /** Changes something in the configuration. */
  reload(machine: Machine): void {
    this.#reloads += 1;
    machine.reload();
  }

  config(): Config {
    const { minInterval, schedule, eventsPerPoll, alertInterval, alertmanagers, refresh, dialect } =
      this.#shape;
    const text = (duration: number) => `${duration / SECOND}s`;
    const discovery = Object.fromEntries(
      KIND_NAMES.map((kind) => [rowOf(kind).section, { enabled: true, refresh: text(refresh) }]),
    );
    return configOf({
      collection: {
        min_interval: text(minInterval + (this.#reloads % 2) * (minInterval / 5)),
        schedule,
      },
      limits: { events_per_poll: eventsPerPoll },
      state: { file: '/data/state' },
      alerting: {
        interval: text(alertInterval),
        alertmanagers: Array.from({ length: alertmanagers }, (_, index) => ({
          url: `http://alertmanager.invalid:${index + 1}`,
        })),
      },
      projects: [
        {
          ...prodAt('http://cloud.invalid'),
          auth: { token: tokenOf(this.#configured) },
          pool_events: dialect.poolEvents.paging,
          discovery,
        },
      ],
    });
  }
}

/** A part of every token, by which one is found where none may be. */
export const SECRET = 'nobody-may-read-this';

function tokenOf(number: number): string {
  return `${SECRET}-${number}`;
}
