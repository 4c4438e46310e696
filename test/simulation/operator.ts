import type { Config } from '../../src/config/config.ts';
import { KIND_NAMES, rowOf } from '../../src/kind-table.ts';
import { configOf, prodAt } from '../configuration.ts';
import type { Identity } from './identity.ts';
import type { Machine } from './machine.ts';
import type { Shape } from './shape.ts';
import { PROJECTS } from './world.ts';

const SECOND = 1_000;
/** What an exporter with a configuration of its own has of each interval. */
const HASTE = 0.8;

/** Who writes the configuration of the exporters, and holds the key to the cloud. */
export class Operator {
  readonly identity: Identity;
  readonly #shape: Shape;
  readonly #machines: () => readonly Machine[];
  /** The key that the exporters are given. */
  #auth: Identity['auth'];
  #reloads = 0;
  /** Those whose configuration is not that of the others. */
  readonly #deviating = new Set<Machine>();

  constructor(identity: Identity, shape: Shape, machines: () => readonly Machine[]) {
    this.identity = identity;
    this.#auth = identity.auth;
    this.#shape = shape;
    this.#machines = machines;
  }

  /** Gives the newest key to all exporters. */
  configureKey(): void {
    this.#auth = this.identity.auth;
    for (const machine of this.#machines()) machine.reload();
  }

  /** Changes something in the configuration. */
  reload(machine: Machine): void {
    this.#reloads += 1;
    machine.reload();
  }

  /** Gives an exporter a configuration of its own, as in the middle of a rollout. */
  deviate(machine: Machine): void {
    this.#deviating.add(machine);
    machine.reload();
  }

  /** Gives it that of the others again. */
  conform(machine: Machine): void {
    this.#deviating.delete(machine);
    machine.reload();
  }

  config(machine: Machine): Config {
    const { minInterval, schedule, eventsPerPoll, alertInterval, alertmanagers, refresh, dialect, projects } =
      this.#shape;
    const isDeviating = this.#deviating.has(machine);
    const text = (duration: number) => `${Math.round((duration * (isDeviating ? HASTE : 1)) / SECOND)}s`;
    const discovery = Object.fromEntries(
      KIND_NAMES.map((kind) => [rowOf(kind).section, { enabled: true, refresh: text(refresh) }]),
    );
    return configOf({
      collection: {
        min_interval: text(minInterval + (this.#reloads % 2) * (minInterval / 5)),
        schedule,
      },
      limits: { events_per_poll: isDeviating ? 2 * eventsPerPoll : eventsPerPoll },
      state: { file: '/data/state' },
      alerting: {
        interval: text(alertInterval),
        resolve_after: `${this.#shape.resolveAfter / SECOND}s`,
        alertmanagers: Array.from({ length: alertmanagers }, (_, index) => ({
          url: `http://alertmanager.invalid:${index + 1}`,
        })),
      },
      projects: PROJECTS.slice(0, projects).map(({ id, name }) => ({
        ...prodAt('http://cloud.invalid'),
        name,
        project_id: id,
        auth: this.#auth,
        pool_events: dialect.poolEvents.paging,
        discovery,
      })),
    });
  }
}
