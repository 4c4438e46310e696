import { Counter, Gauge, type Registry } from 'prom-client';
import type { KindName } from '../kind-table.ts';
import { FAILURE_REASONS, type FailureReason } from '../modelarts/errors.ts';
import { retain } from './retain.ts';

/** A project and a kind of which it has configured or discovered targets. */
export interface ProjectKind {
  readonly project: string;
  readonly kind: KindName;
}

/**
 * What the exporter tells of its reads and listings, by project and kind. What comes in late for one that is no longer
 * configured is dropped.
 */
export class ReadMetrics {
  readonly #errors: Counter<'project' | 'kind' | 'reason'>;
  readonly #malformed: Counter<'project' | 'kind'>;
  readonly #truncated: Counter<'project' | 'kind'>;
  readonly #discovered: Gauge<'project' | 'kind'>;
  readonly #discoverySuccess: Gauge<'project' | 'kind'>;
  #kinds: ReadonlySet<string> = new Set();
  #discoveries: ReadonlySet<string> = new Set();

  constructor(registry: Registry) {
    const registers = [registry];
    const shared = { labelNames: ['project', 'kind'] as const, registers };
    this.#errors = new Counter({
      name: 'modelarts_refresh_errors_total',
      help: 'Failed refreshes of targets and failed listings.',
      labelNames: [...shared.labelNames, 'reason'],
      registers,
    });
    this.#malformed = new Counter({
      name: 'modelarts_malformed_events_total',
      help: 'Items of API answers that could not be read as events and were skipped.',
      ...shared,
    });
    this.#truncated = new Counter({
      name: 'modelarts_truncated_polls_total',
      help: 'Polls that may have missed events.',
      ...shared,
    });
    this.#discovered = new Gauge({
      name: 'modelarts_discovered_targets',
      help: 'Targets that discovery found.',
      ...shared,
    });
    this.#discoverySuccess = new Gauge({
      name: 'modelarts_discovery_last_success_timestamp_seconds',
      help: 'When discovery last worked.',
      ...shared,
    });
  }

  /** @param discoveries those of the kinds that are looked for */
  async configure(kinds: readonly ProjectKind[], discoveries: readonly ProjectKind[]): Promise<void> {
    this.#kinds = new Set(kinds.map(nameOf));
    this.#discoveries = new Set(discoveries.map(nameOf));
    for (const metric of [this.#errors, this.#malformed, this.#truncated])
      await retain(metric, (labels) => this.#kinds.has(nameOf(labels)));
    for (const metric of [this.#discovered, this.#discoverySuccess])
      await retain(metric, (labels) => this.#discoveries.has(nameOf(labels)));
    for (const { project, kind } of kinds) {
      for (const reason of FAILURE_REASONS) this.#errors.inc({ project, kind, reason }, 0);
      this.#malformed.inc({ project, kind }, 0);
      this.#truncated.inc({ project, kind }, 0);
    }
  }

  failed({ project, kind }: ProjectKind, reason: FailureReason): void {
    if (this.#kinds.has(nameOf({ project, kind }))) this.#errors.inc({ project, kind, reason });
  }

  malformed({ project, kind }: ProjectKind, events: number): void {
    if (this.#kinds.has(nameOf({ project, kind }))) this.#malformed.inc({ project, kind }, events);
  }

  truncated({ project, kind }: ProjectKind): void {
    if (this.#kinds.has(nameOf({ project, kind }))) this.#truncated.inc({ project, kind });
  }

  /** @param at when discovery ended, in Unix milliseconds */
  discovered({ project, kind }: ProjectKind, targets: number, at: number): void {
    if (!this.#discoveries.has(nameOf({ project, kind }))) return;
    this.#discovered.set({ project, kind }, targets);
    this.#discoverySuccess.set({ project, kind }, at / 1000);
  }
}

function nameOf({ project, kind }: { readonly project?: unknown; readonly kind?: unknown }): string {
  return `${project}\0${kind}`;
}
