import type { AlertBridge } from '../alerting/bridge.ts';
import type { AlertState } from '../alerting/record.ts';
import type { Config } from '../config/config.ts';
import { KIND_NAMES, type KindName } from '../kind-table.ts';
import type { Logger } from '../log.ts';
import type { SeriesStore } from '../metrics/series-store.ts';
import { keyOf, type TargetKey } from '../target-key.ts';
import type { Project } from './project.ts';
import { alertTarget, type Reporter } from './reporter.ts';
import { hasSettled } from './schedule.ts';
import { isInShard, type Shard } from './shard.ts';
import { Target, type TargetSettings } from './target.ts';
import { targetSeries } from './target-series.ts';
import type { TargetStore } from './target-store.ts';

export interface FleetOptions {
  readonly clock: () => number;
  /** Since when the exporter counts, in Unix milliseconds. */
  readonly countingSince: number;
  readonly shard: Shard;
  readonly series: SeriesStore;
  readonly bridge: AlertBridge;
  readonly reporter: Reporter;
  readonly store: TargetStore;
  readonly log: Logger;
  /** Brings what changed outside a refresh to the state and the exposition. */
  readonly publish: (target: Target) => void;
}

/** Past it, the API may no longer have the events that followed. */
const CURSOR_AGE_MAX = 30 * 24 * 3_600_000;

/** The targets that this exporter collects: who comes, what it is called, and who goes. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #targets = new Map<string, Target>();
  /** How many targets each project has. */
  readonly #sizes = new Map<string, number>();
  #config: Config;

  constructor(config: Config, options: FleetOptions) {
    this.#config = config;
    this.#options = options;
  }

  targets(): readonly Target[] {
    return [...this.#targets.values()];
  }

  find(key: TargetKey): Target | undefined {
    return this.#targets.get(keyOf(key));
  }

  /** It is still collected; another of the same name may have taken its place. */
  has(target: Target): boolean {
    return this.find(target.key) === target;
  }

  /** Takes a configuration: targets that stay keep all they know, new ones begin, others end. */
  configure(config: Config, projects: readonly Project[]): void {
    this.#config = config;
    const names = new Set(projects.map((project) => project.config.name));
    for (const target of this.targets()) {
      if (!names.has(target.project.name)) this.#remove(target);
    }
    for (const project of projects) {
      for (const kind of KIND_NAMES) this.#reconcile(project, kind);
    }
    this.#options.store.forget();
  }

  /** Takes in a listing. */
  discovered(project: Project, kind: KindName): void {
    const { clock, reporter, publish } = this.#options;
    const { name } = project.config;
    const now = clock();
    this.#reconcile(project, kind);
    let selected = 0;
    for (const { id, details, excluded, missing = false } of project.discovered(kind)?.values() ?? []) {
      const target = this.find({ project: name, kind, id });
      if (target === undefined) continue;
      const wasDeleted = target.deleted;
      const isBack = target.missing && !missing;
      target.missing = missing;
      this.#reportDeleted(target, wasDeleted);
      if (missing) continue;
      if (excluded === undefined) selected += 1;
      // Mostly nothing has changed, and a large fleet is not to be rendered for that.
      if (!target.foldDiscovery(details, now) && !isBack) continue;
      reporter.alert(target);
      publish(target);
    }
    this.#options.store.forget();
    reporter.listingWorked(name, kind, selected);
  }

  /**
   * Milliseconds without a read after which a target is down: three times the interval at which it is
   * read, which in a large fleet is as long as the rate limit makes it. Where only scrapes have targets
   * read, and may come as rarely as they like, no target is down whose last read worked.
   */
  downAfter(key: TargetKey): number {
    const target = this.find(key);
    if (target === undefined) return Number.POSITIVE_INFINITY;
    const { pace, project } = target;
    const { alerting, collection } = this.#config;
    const isReadAnyway = collection.schedule === 'background' || alerting.alertmanagers.length > 0;
    if (hasSettled(pace, this.#options.clock()) || (!isReadAnyway && pace.reason === undefined))
      return Number.POSITIVE_INFINITY;
    const round = ((this.#sizes.get(project.name) ?? 0) / project.api.rateLimit) * 1000;
    return 3 * Math.max(alerting.interval, collection.minInterval, round);
  }

  /** Makes the targets of one project and kind those that are configured or discovered. */
  #reconcile(project: Project, kind: KindName): void {
    const { clock, store, publish, shard } = this.#options;
    const { config } = project;
    const wanted = project.wanted(kind);
    for (const target of this.targets()) {
      if (target.project.name !== config.name || target.kind.name !== kind) continue;
      if (!wanted.has(target.id)) this.#remove(target);
    }
    for (const [id, { origin, configuredName, discoveredName }] of wanted) {
      const key = { project: config.name, kind, id };
      if (!isInShard(shard, key)) continue;
      const known = this.find(key);
      const entry = known === undefined ? store.find(key) : undefined;
      const target =
        known ?? new Target({ project: config, kind, id }, this.#settings(), clock(), entry?.target);
      const nameBefore = target.name;
      const wasDeleted = target.deleted;
      target.configure(config, this.#settings());
      target.origin = origin;
      target.configuredName = configuredName;
      // The name known before a restart stays until a listing tells another.
      if (discoveredName !== undefined || !project.awaitsListing(kind))
        target.discoveredName = discoveredName;
      if (known === undefined) this.#add(target, entry?.alerts);
      if (entry !== undefined) this.#showRestored(target, entry.target.unseen);
      else if (known === undefined || target.name !== nameBefore) publish(target);
      this.#reportDeleted(target, wasDeleted);
    }
  }

  /** What a state file has was saved, so it is shown at once, and what is not among `unseen` was born before. */
  #showRestored(target: Target, unseen: readonly string[]): void {
    const { clock, store, series } = this.#options;
    store.put(target, unseen);
    series.put(target.key, targetSeries(target, clock()), { created: target.countingSince, unseen });
  }

  #add(target: Target, alerts: AlertState | undefined): void {
    const { bridge, clock, log } = this.#options;
    const { name } = target.project;
    const now = clock();
    this.#targets.set(keyOf(target.key), target);
    this.#sizes.set(name, (this.#sizes.get(name) ?? 0) + 1);
    bridge.watch(alertTarget(target), now, alerts);
    const { cursor } = target.ledger;
    if (cursor !== undefined && cursor < now - CURSOR_AGE_MAX) {
      log.warn('the last known event is so old that the API may have dropped later ones', {
        ...target.logFields,
        last_event: new Date(cursor).toISOString(),
      });
    }
  }

  #remove(target: Target): void {
    const { bridge, series, store, clock } = this.#options;
    const { name } = target.project;
    this.#targets.delete(keyOf(target.key));
    this.#sizes.set(name, (this.#sizes.get(name) ?? 0) - 1);
    bridge.remove(target.key, clock());
    store.remove(target, () => series.unseen(target.key, targetSeries(target, clock())));
    series.delete(target.key);
  }

  /** Reads mostly learn first that a target was deleted, and the listing says that this is no failure. */
  #reportDeleted(target: Target, wasDeleted: boolean): void {
    if (wasDeleted || !target.deleted) return;
    this.#options.reporter.alert(target);
    this.#options.publish(target);
  }

  #settings(): TargetSettings {
    const { lookback, overlap, window } = this.#config.collection;
    return {
      lookback,
      overlap,
      window,
      limits: this.#config.limits,
      countingSince: this.#options.countingSince,
    };
  }
}
