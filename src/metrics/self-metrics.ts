import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Severity } from '../config/config.ts';
import type { KindName } from '../kind-table.ts';
import type { ApiObserver, Operation } from '../modelarts/api.ts';
import { FAILURE_REASONS, type FailureReason } from '../modelarts/errors.ts';
import { AlertmanagerMetrics, type AlertmanagerObserver } from './alertmanager-metrics.ts';
import { EventTotals, type EventTotalsBefore } from './event-totals.ts';
import type { Format } from './lines.ts';
import { Newborns } from './newborns.ts';
import { registryText } from './registry-text.ts';
import type { Scrape, Scrapers } from './scrapers.ts';

/** The metrics of the process and of Node.js are there from the start. */
const OWN_PREFIX = 'modelarts_';
/** What the cloud answers when all is well and when it is asked too much, and no answer at all. */
const KNOWN_CODES = ['200', '429', 'error'];

/** A project and a kind of which it has configured or discovered targets. */
export interface ProjectKind {
  readonly project: string;
  readonly kind: KindName;
}

/** How a project keeps up with its targets. */
export interface ProjectLoad {
  readonly project: string;
  /** Requests per second in force. */
  readonly rateLimit: number;
  readonly throttledSeconds: number;
  /** Refreshes that are due and wait for their turn. */
  readonly waiting: number;
  /** Seconds since the target that waits longest was read, or became known; 0 where none waits. */
  readonly longestWait: number;
}

export interface SelfMetricsOptions {
  readonly version: string;
  /** The commit that the program was built of. */
  readonly revision?: string;
  /** Counted from 0; one shard of one where the exporter is not sharded. */
  readonly shard: { readonly index: number; readonly count: number };
  /** Start of the process, in Unix milliseconds: since then the counters count. */
  readonly startedAt: number;
  readonly scrapers: Pick<Scrapers, 'count' | 'seenByAll'>;
  /** What a state file knows of the events of all targets together. */
  readonly events?: EventTotalsBefore;
  /** The alerts that fire, by severity; asked whenever the metrics are shown. */
  readonly firing: () => Readonly<Record<Severity, number>>;
  /** Lines of the event log that wait, and those that were lost. */
  readonly eventLog?: { readonly pending: number; readonly lost: number } | undefined;
  /** Asked whenever the metrics are shown. */
  readonly loads: () => readonly ProjectLoad[];
}

/**
 * What the exporter tells of itself. Series of projects exist while these are configured; what comes
 * in late for one that is gone is dropped.
 */
export class SelfMetrics {
  readonly eventTotals: EventTotals;
  readonly #registry = new Registry();
  readonly #options: SelfMetricsOptions;
  readonly #newborns = new Newborns();
  /** The counters and histograms that were part of the last text. */
  #shown: ReadonlySet<string> = new Set();
  #projects: ReadonlySet<string> = new Set();
  /** Keys of projects with kinds. */
  #kinds: ReadonlySet<string> = new Set();
  #discoveries: ReadonlySet<string> = new Set();
  /** The operations whose durations are shown. */
  readonly #timed = new Set<Operation>();
  readonly #projectInfos = new Map<string, { project: string; region: string; project_id: string }>();

  readonly #projectInfo = this.#gauge('modelarts_project_info', 'A configured project.', [
    'project',
    'region',
    'project_id',
  ]);
  readonly #refreshErrors = this.#counter(
    'modelarts_refresh_errors_total',
    'Failed refreshes of targets and failed listings.',
    ['project', 'kind', 'reason'],
  );
  readonly #malformed = this.#counter(
    'modelarts_malformed_events_total',
    'Items of API answers that could not be read as events and were skipped.',
    ['project', 'kind'],
  );
  readonly #truncated = this.#counter(
    'modelarts_truncated_polls_total',
    'Polls that may have missed events.',
    ['project', 'kind'],
  );
  readonly #discovered = this.#gauge('modelarts_discovered_targets', 'Targets that discovery found.', [
    'project',
    'kind',
  ]);
  readonly #discoverySuccess = this.#gauge(
    'modelarts_discovery_last_success_timestamp_seconds',
    'When discovery last worked.',
    ['project', 'kind'],
  );
  readonly #apiRequests = this.#counter(
    'modelarts_api_requests_total',
    'Requests to the cloud, retries included, by HTTP status or `error` where no answer came.',
    ['project', 'operation', 'code'],
  );
  readonly #apiDuration = new Histogram({
    name: 'modelarts_api_request_duration_seconds',
    help: 'Duration of requests to the cloud.',
    labelNames: ['operation'],
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.#registry],
  });
  readonly #clockSkew = this.#gauge(
    'modelarts_api_clock_skew_seconds',
    "The API's Date header less the exporter's clock.",
    ['project'],
  );
  readonly #alertmanagers = new AlertmanagerMetrics(this.#registry);
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
    this.#options = options;
    const { version, revision = 'unknown', shard, firing, scrapers, startedAt, events, loads } = options;
    this.eventTotals = new EventTotals(scrapers, events ?? { countingSince: startedAt, totals: [] });
    this.#gauge('modelarts_exporter_shard_info', 'The share of the targets that this exporter serves.', [
      'shard',
      'shards',
    ]).set({ shard: String(shard.index), shards: String(shard.count) }, 1);
    this.#gauge('modelarts_exporter_build_info', 'The build of the exporter.', [
      'version',
      'revision',
      'node_version',
    ]).set({ version, revision, node_version: process.version }, 1);
    new Gauge({
      name: 'modelarts_active_alerts',
      help: 'Alerts that are firing.',
      labelNames: ['severity'],
      registers: [this.#registry],
      collect() {
        for (const [severity, alerts] of Object.entries(firing())) this.set({ severity }, alerts);
      },
    });
    this.#projectGauge(
      'modelarts_api_rate_limit',
      'Requests per second in force: as configured, or less where the API granted less.',
      ({ rateLimit }) => rateLimit,
    );
    this.#projectGauge(
      'modelarts_refresh_queue_length',
      'Targets that are due and wait for their turn.',
      ({ waiting }) => waiting,
    );
    this.#projectGauge(
      'modelarts_oldest_due_target_age_seconds',
      'How long ago the target that waits longest for its turn was read, or became known; 0 where none waits.',
      ({ longestWait }) => longestWait,
    );
    new Gauge({
      name: 'modelarts_exporter_event_log_pending_lines',
      help: 'Lines of the event log that wait to be written.',
      registers: [this.#registry],
      collect() {
        this.set(options.eventLog?.pending ?? 0);
      },
    });
    new Counter({
      name: 'modelarts_exporter_event_log_lost_lines_total',
      help: 'Lines of the event log that were lost because nothing took them for too long.',
      registers: [this.#registry],
      collect() {
        this.reset();
        this.inc(options.eventLog?.lost ?? 0);
      },
    });
    new Counter({
      name: 'modelarts_api_throttled_seconds_total',
      help: 'Time that requests waited for the quota of the API, or for the end of a pause after a 429.',
      labelNames: ['project'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const { project, throttledSeconds } of loads()) this.inc({ project }, throttledSeconds);
      },
    });
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Brings counters of closed sets into being and removes the series of what is no longer configured. */
  async configure(configured: {
    readonly projects: readonly string[];
    readonly kinds: readonly ProjectKind[];
    /** Those of the kinds that are looked for. */
    readonly discoveries: readonly ProjectKind[];
    /** The calls that are made for each project. */
    readonly operations: readonly { readonly project: string; readonly operation: Operation }[];
    /** URLs as configured; credentials in them are not shown. */
    readonly alertmanagers: readonly string[];
  }): Promise<void> {
    this.#projects = new Set(configured.projects);
    this.#kinds = new Set(configured.kinds.map(keyOf));
    this.#discoveries = new Set(configured.discoveries.map(keyOf));
    for (const project of this.#projectInfos.keys()) {
      if (!this.#projects.has(project)) this.#projectInfos.delete(project);
    }
    for (const metric of [this.#projectInfo, this.#apiRequests, this.#clockSkew]) {
      await retain(metric, (labels) => this.#projects.has(String(labels['project'])));
    }
    for (const metric of [this.#refreshErrors, this.#malformed, this.#truncated]) {
      await retain(metric, (labels) => this.#kinds.has(keyOf(labels)));
    }
    for (const metric of [this.#discovered, this.#discoverySuccess]) {
      await retain(metric, (labels) => this.#discoveries.has(keyOf(labels)));
    }
    this.#alertmanagers.configure(configured.alertmanagers);
    this.eventTotals.configure(configured.projects);
    for (const { project, kind } of configured.kinds) {
      for (const reason of FAILURE_REASONS) this.#refreshErrors.inc({ project, kind, reason }, 0);
      this.#malformed.inc({ project, kind }, 0);
      this.#truncated.inc({ project, kind }, 0);
    }
    for (const { project, operation } of configured.operations) {
      const codes = operation === 'iam_token' ? ['201', ...KNOWN_CODES] : KNOWN_CODES;
      for (const code of codes) this.#apiRequests.inc({ project, operation, code }, 0);
      // Only once: it would forget what was observed.
      if (!this.#timed.has(operation)) this.#apiDuration.zero({ operation });
      this.#timed.add(operation);
    }
  }

  /** @param projectId as configured or looked up */
  projectInfo(project: string, region: string, projectId: string): void {
    if (!this.#projects.has(project)) return;
    const before = this.#projectInfos.get(project);
    if (before !== undefined) this.#projectInfo.remove(before);
    const labels = { project, region, project_id: projectId };
    this.#projectInfos.set(project, labels);
    this.#projectInfo.set(labels, 1);
  }

  apiObserver(project: string): ApiObserver {
    return {
      onResponse: (operation, code, seconds) => {
        if (!this.#projects.has(project)) return;
        this.#apiRequests.inc({ project, operation, code: String(code) });
        this.#timed.add(operation);
        this.#apiDuration.observe({ operation }, seconds);
      },
      onClockSkew: (seconds) => {
        if (this.#projects.has(project)) this.#clockSkew.set({ project }, seconds);
      },
    };
  }

  refreshFailed({ project, kind }: ProjectKind, reason: FailureReason): void {
    if (this.#kinds.has(keyOf({ project, kind }))) this.#refreshErrors.inc({ project, kind, reason });
  }

  eventsMalformed({ project, kind }: ProjectKind, events: number): void {
    if (this.#kinds.has(keyOf({ project, kind }))) this.#malformed.inc({ project, kind }, events);
  }

  pollTruncated({ project, kind }: ProjectKind): void {
    if (this.#kinds.has(keyOf({ project, kind }))) this.#truncated.inc({ project, kind });
  }

  /** @param at when discovery ended, in Unix milliseconds */
  discovered({ project, kind }: ProjectKind, targets: number, at: number): void {
    if (!this.#discoveries.has(keyOf({ project, kind }))) return;
    this.#discovered.set({ project, kind }, targets);
    this.#discoverySuccess.set({ project, kind }, at / 1000);
  }

  scrapePartial(): void {
    this.#partialScrapes.inc();
  }

  alertmanagerObserver(url: string): AlertmanagerObserver {
    return this.#alertmanagers.observer(url);
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
    const { scrapers, startedAt } = this.#options;
    for (const series of this.#newborns.shownBefore(scrapers.seenByAll(undefined))) {
      this.#newborns.delete(series);
    }
    const shown = new Set<string>();
    const isHeld = (series: string): boolean => {
      if (!series.startsWith(OWN_PREFIX)) return false;
      shown.add(series);
      // A later scrape may have been put together before this one came to the series.
      const isPartOfLast = scrape?.number === scrapers.count;
      if (!this.#shown.has(series)) this.#newborns.add(series, scrapers.count - (isPartOfLast ? 1 : 0));
      return scrape !== undefined && this.#newborns.has(series);
    };
    const text = await registryText(this.#registry, { format, created: startedAt, isHeld });
    this.#shown = shown;
    return text + this.eventTotals.text(format, scrape !== undefined);
  }

  /** A gauge of each project, asked for whenever the metrics are shown. */
  #projectGauge(name: string, help: string, sample: (load: ProjectLoad) => number): void {
    const { loads } = this.#options;
    new Gauge({
      name,
      help,
      labelNames: ['project'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const load of loads()) this.set({ project: load.project }, sample(load));
      },
    });
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }
}

function keyOf({ project, kind }: { readonly project?: unknown; readonly kind?: unknown }): string {
  return `${project}\0${kind}`;
}

/** Removes the series whose labels are not to be kept. */
async function retain<L extends string>(
  metric: Counter<L> | Gauge<L>,
  keep: (labels: Readonly<Record<string, string | number | undefined>>) => boolean,
): Promise<void> {
  for (const { labels } of (await metric.get()).values) if (!keep(labels)) metric.remove(labels);
}
