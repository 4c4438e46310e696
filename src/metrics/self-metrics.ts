import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { KIND_NAMES, perKind } from '../kind-table.ts';
import { AlertmanagerMetrics } from './alertmanager-metrics.ts';
import { ApiMetrics, type ProjectOperation } from './api-metrics.ts';
import { type Asked, addAskedMetrics } from './asked-metrics.ts';
import { EVENTS } from './event-totals.ts';
import { HeldSeries } from './held-series.ts';
import type { Format } from './lines.ts';
import { ProjectTotals, type ProjectTotalsBefore } from './project-totals.ts';
import { type ProjectKind, ReadMetrics } from './read-metrics.ts';
import { registryText } from './registry-text.ts';
import type { Scrape, Scrapers } from './scrapers.ts';

export interface SelfMetricsOptions extends Asked {
  readonly version: string;
  /** The commit that the program was built of. */
  readonly revision?: string;
  /** Counted from 0; one shard of one where the exporter is not sharded. */
  readonly shard: { readonly index: number; readonly count: number };
  /** Start of the process, in Unix milliseconds: since then the counters count. */
  readonly startedAt: number;
  readonly scrapers: Pick<Scrapers, 'count' | 'seenByAll'>;
  /** What a state file knows of the events of all targets together. */
  readonly events?: ProjectTotalsBefore;
  /** Tells of the process too, as it does by default. In simulated time many exporters share one. */
  readonly ofProcess?: boolean;
  /** What the targets of the projects add up to, shown with the exporter's own metrics. */
  readonly totals?: Pick<ProjectTotals, 'text'>;
}

/** What the exporter tells of itself. */
export class SelfMetrics {
  readonly eventTotals: ProjectTotals;
  readonly api: ApiMetrics;
  readonly reads: ReadMetrics;
  readonly alertmanagers: AlertmanagerMetrics;
  readonly #registry = new Registry();
  readonly #startedAt: number;
  readonly #totals: Pick<ProjectTotals, 'text'> | undefined;
  readonly #held: HeldSeries;
  readonly #partialScrapes = this.#counter(
    'modelarts_scrapes_partial_total',
    'Scrapes answered before every due target was done.',
  );
  readonly #reloadSuccess = this.#gauge(
    'modelarts_exporter_config_last_reload_successful',
    'Whether the last attempt to load the configuration worked.',
  );
  readonly #reloadTime = this.#gauge(
    'modelarts_exporter_config_last_reload_success_timestamp_seconds',
    'When the configuration was last loaded.',
  );
  readonly #stateWriteErrors = this.#counter(
    'modelarts_exporter_state_write_errors_total',
    'Failed writes of the state file.',
  );

  constructor(options: SelfMetricsOptions) {
    const { version, revision = 'unknown', shard, scrapers, startedAt, events, totals } = options;
    this.#startedAt = startedAt;
    this.#totals = totals;
    this.#held = new HeldSeries(scrapers);
    this.eventTotals = new ProjectTotals(
      perKind(() => [EVENTS]),
      scrapers,
      events ?? { countingSince: startedAt, totals: [] },
    );
    this.api = new ApiMetrics(this.#registry);
    this.reads = new ReadMetrics(this.#registry);
    this.alertmanagers = new AlertmanagerMetrics(this.#registry);
    this.#gauge('modelarts_exporter_shard_info', 'The share of the targets that this exporter serves.', [
      'shard',
      'shards',
    ]).set({ shard: String(shard.index), shards: String(shard.count) }, 1);
    this.#gauge('modelarts_exporter_build_info', 'The build of the exporter.', [
      'version',
      'revision',
      'node_version',
    ]).set({ version, revision, node_version: process.version }, 1);
    addAskedMetrics(this.#registry, options);
    if (options.ofProcess !== false) collectDefaultMetrics({ register: this.#registry });
  }

  /** Brings counters of closed sets into being and removes the series of what is no longer configured. */
  async configure(configured: {
    readonly projects: readonly string[];
    readonly kinds: readonly ProjectKind[];
    /** Those of the kinds that are looked for. */
    readonly discoveries: readonly ProjectKind[];
    readonly operations: readonly ProjectOperation[];
    /** URLs as configured; credentials in them are not shown. */
    readonly alertmanagers: readonly string[];
  }): Promise<void> {
    await this.api.configure(configured.projects, configured.operations);
    await this.reads.configure(configured.kinds, configured.discoveries);
    this.alertmanagers.configure(configured.alertmanagers);
    const ofAllKinds = configured.projects.flatMap((project) =>
      KIND_NAMES.map((kind) => ({ project, kind })),
    );
    this.eventTotals.configure(ofAllKinds);
  }

  scrapePartial(): void {
    this.#partialScrapes.inc();
  }

  /** @param at when the configuration took effect, in Unix milliseconds */
  configLoaded(at: number): void {
    this.#reloadSuccess.set(1);
    this.#reloadTime.set(at / 1000);
  }

  configRejected(): void {
    this.#reloadSuccess.set(0);
  }

  stateWriteFailed(): void {
    this.#stateWriteErrors.inc();
  }

  /** @param scrape for a scraper: what it has not seen at 0 yet is shown as 0. Everybody else sees true values */
  async text(format: Format, scrape?: Pick<Scrape, 'number'>): Promise<string> {
    const text = await this.#held.during(scrape, (isHeld) =>
      registryText(this.#registry, { format, created: this.#startedAt, isHeld }),
    );
    const isScrape = scrape !== undefined;
    const totals = this.#totals?.text(format, isScrape) ?? '';
    return text + this.eventTotals.text(format, isScrape) + totals;
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.#registry] });
  }

  #gauge<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }
}
