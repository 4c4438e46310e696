import { isDeepStrictEqual } from 'node:util';
import type { AlertBridge } from '../alerting/bridge.ts';
import type { Config, ProjectConfig } from '../config/config.ts';
import { KIND_NAMES, type KindName } from '../kinds/kind.ts';
import type { Logger } from '../log.ts';
import type { SelfMetrics } from '../metrics/self-metrics.ts';
import type { SeriesKey, SeriesStore } from '../metrics/series-store.ts';
import type { DurableState } from './durable-state.ts';
import { Project, type ProjectApi } from './project.ts';
import { Publisher } from './publisher.ts';
import { isOverWithin, Refresher } from './refresher.ts';
import { alertTarget, type Reporter } from './reporter.ts';
import { isInShard, type Shard } from './shard.ts';
import { Target, type TargetSettings } from './target.ts';
import { recentSeries, targetSeries } from './target-series.ts';

export interface CollectorOptions {
  readonly clock: () => number;
  /** The exporter's epoch, in epoch milliseconds. */
  readonly epoch: number;
  readonly shard: Shard;
  readonly createApi: (project: ProjectConfig) => ProjectApi;
  readonly series: SeriesStore;
  readonly metrics: SelfMetrics;
  readonly bridge: AlertBridge;
  readonly reporter: Reporter;
  readonly durable: DurableState | undefined;
  readonly log: Logger;
}

/** Past it, the API may no longer have the events that followed. */
const CURSOR_AGE_MAX = 30 * 24 * 3_600_000;
const STOP_PATIENCE = 2_000;

/**
 * Knows every target and keeps each read: when it is due, once at a time, oldest first. What a refresh
 * finds goes from here to the series, and through the reporter to everybody else.
 */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #publisher: Publisher<Target>;
  readonly #refresher: Refresher;
  readonly #projects = new Map<string, Project>();
  readonly #targets = new Map<string, Target>();
  /** How many targets each project has. */
  readonly #sizes = new Map<string, number>();
  #config: Config;
  #discovering = false;

  constructor(config: Config, options: CollectorOptions) {
    this.#options = options;
    this.#config = config;
    const { durable } = options;
    this.#publisher = new Publisher({
      save: durable === undefined ? undefined : () => durable.save(),
      capture: (target) => {
        durable?.put(target);
        const lines = targetSeries(target, options.clock());
        return () => {
          if (this.#isCurrent(target)) options.series.put(target.key, lines);
        };
      },
    });
    this.#refresher = new Refresher({
      log: options.log,
      clock: options.clock,
      projectOf: (target) => (this.#isCurrent(target) ? this.#projects.get(target.project.name) : undefined),
      finish: (target, outcome, reasonBefore) => {
        options.reporter.report(target, outcome, reasonBefore, this.#downAfter(target));
        if (outcome.error === undefined && reasonBefore !== undefined) this.#tellProject(target.project.name);
        return this.#publisher.publish(target);
      },
    });
    this.configure(config);
  }

  /** Takes a configuration: targets that stay keep all they know, new ones begin, others end. */
  configure(config: Config): void {
    this.#config = config;
    const before = new Map(this.#projects);
    this.#projects.clear();
    for (const wanted of config.projects) {
      const known = before.get(wanted.name);
      const stays = known !== undefined && isDeepStrictEqual(wanted, known.config);
      const project = stays ? known : this.#open(wanted, known);
      this.#projects.set(wanted.name, project);
      this.#tellProject(wanted.name);
      if (stays) before.delete(wanted.name);
      else if (this.#discovering) project.startDiscovery();
    }
    for (const project of before.values()) void project.retire();
    for (const target of [...this.#targets.values()]) {
      if (!this.#projects.has(target.project.name)) this.#remove(target);
    }
    for (const project of this.#projects.values()) {
      for (const kind of KIND_NAMES) this.#reconcile(project, kind);
    }
  }

  /** Lists what there is, again and again. */
  startDiscovery(): void {
    this.#discovering = true;
    for (const project of this.#projects.values()) project.startDiscovery();
  }

  /** Lists what there is once. */
  async discover(): Promise<void> {
    await Promise.all([...this.#projects.values()].map((project) => project.discover()));
  }

  /**
   * Refreshes the selected targets that are due, oldest first, and waits for them and for those already
   * under way, but no longer than `patience` milliseconds. What is not done by then goes on.
   * @returns whether all were done
   */
  async collect(patience: number, select?: (key: SeriesKey) => boolean): Promise<boolean> {
    const selected = select === undefined ? this.targets() : this.targets().filter(({ key }) => select(key));
    const running = this.#refresher.underWay(selected);
    const begun = this.#due(selected).map((target) => this.#refresher.refresh(target));
    return isOverWithin([...running, ...begun], patience);
  }

  /** Begins to refresh at most so many due targets, oldest first. */
  begin(count: number): void {
    for (const target of this.#due(this.targets()).slice(0, count)) void this.#refresher.refresh(target);
  }

  /** Brings to now what changes by itself: events that have left the window. */
  age(): void {
    const now = this.#options.clock();
    for (const target of this.#targets.values()) {
      if (!target.everRead || target.tally.nextChange() > now) continue;
      this.#options.series.patch(target.key, target.kind.recentFamily, recentSeries(target, now));
    }
  }

  /** Every listed target was tried once. */
  ready(): boolean {
    return this.targets().every(({ origin, health }) => origin === 'discovered' || health.up !== undefined);
  }

  targets(): readonly Target[] {
    return [...this.#targets.values()];
  }

  projects(): readonly Project[] {
    return [...this.#projects.values()];
  }

  find({ project, kind, id }: SeriesKey): Target | undefined {
    return this.#targets.get(keyOf(project, kind, id));
  }

  /** Ends all traffic and saves what is known. */
  async stop(): Promise<void> {
    for (const project of this.#projects.values()) project.close();
    await isOverWithin(this.#refresher.underWay(this.targets()), STOP_PATIENCE);
    for (const target of this.targets()) this.#publish(target);
    await this.#publisher.flush();
  }

  /** Saves what is known, and returns when it is exposed. */
  flush(): Promise<void> {
    return this.#publisher.flush();
  }

  #open(config: ProjectConfig, before: Project | undefined): Project {
    const project = new Project(
      config,
      this.#options.createApi(config),
      {
        clock: this.#options.clock,
        onDiscovered: (found, kind) => this.#discovered(found, kind),
        onDiscoveryFailed: (failed, kind, error) =>
          this.#options.reporter.listingFailed(failed.config.name, kind, error),
      },
      before,
    );
    return project;
  }

  #tellProject(name: string): void {
    const project = this.#projects.get(name);
    if (project === undefined) return;
    const { config, api } = project;
    api.projectId().then(
      (id) => this.#options.metrics.projectInfo(config.name, config.region, id),
      // Whatever needs the id fails, and tells why.
      () => {},
    );
  }

  #discovered(project: Project, kind: KindName): void {
    if (this.#projects.get(project.config.name) !== project) return;
    const now = this.#options.clock();
    this.#reconcile(project, kind);
    this.#tellProject(project.config.name);
    const found = project.found(kind) ?? new Map();
    let selected = 0;
    for (const { id, details, excluded, vanished = false } of found.values()) {
      const target = this.find({ project: project.config.name, kind, id });
      if (target === undefined) continue;
      const isBack = target.vanished && !vanished;
      target.vanished = vanished;
      if (vanished) continue;
      if (excluded === undefined) selected += 1;
      // Mostly nothing has changed, and a large fleet is not to be rendered for that.
      if (!target.foldDiscovery(details, now) && !isBack) continue;
      this.#options.reporter.alert(target, this.#downAfter(target));
      this.#publish(target);
    }
    this.#options.reporter.listed(project.config.name, kind, selected);
  }

  /** Makes the targets of one project and kind those that are listed or discovered. */
  #reconcile(project: Project, kind: KindName): void {
    const { config } = project;
    const wanted = project.wanted(kind);
    for (const target of this.targets()) {
      if (target.project.name !== config.name || target.kind.name !== kind) continue;
      if (!wanted.has(target.id)) this.#remove(target);
    }
    for (const [id, { origin, listedName, foundName }] of wanted) {
      if (!isInShard(this.#options.shard, config.name, kind, id)) continue;
      const known = this.find({ project: config.name, kind, id });
      const target = known ?? this.#add(config, kind, id);
      const nameBefore = target.name;
      target.configure(config, this.#settings());
      target.origin = origin;
      target.listedName = listedName;
      target.discoveredName = foundName;
      if (target.everRead && (known === undefined || target.name !== nameBefore)) this.#publish(target);
    }
  }

  #add(config: ProjectConfig, kind: KindName, id: string): Target {
    const now = this.#options.clock();
    const entry = this.#options.durable?.find({ project: config.name, kind, id });
    const target = new Target({ project: config, kind, id }, this.#settings(), now, entry?.target);
    this.#targets.set(keyOf(config.name, kind, id), target);
    this.#sizes.set(config.name, (this.#sizes.get(config.name) ?? 0) + 1);
    this.#options.bridge.watch(alertTarget(target), this.#downAfter(target), now, entry?.alerts);
    this.#options.durable?.put(target);
    const { cursor } = target.ledger;
    if (cursor !== undefined && cursor < now - CURSOR_AGE_MAX) {
      this.#options.log.warn('the last known event is so old that the API may have dropped later ones', {
        ...target.identity,
        last_event: new Date(cursor).toISOString(),
      });
    }
    return target;
  }

  #remove(target: Target): void {
    const { bridge, series, durable, clock } = this.#options;
    const { name } = target.project;
    this.#targets.delete(keyOf(name, target.kind.name, target.id));
    this.#sizes.set(name, (this.#sizes.get(name) ?? 0) - 1);
    series.delete(target.key);
    bridge.remove(alertTarget(target), clock());
    durable?.leave(target);
  }

  /** Brings what changed outside a refresh to the state and the exposition; the end of a refresh does it anyway. */
  #publish(target: Target): void {
    if (!this.#refresher.isReading(target)) void this.#publisher.publish(target);
  }

  #due(targets: readonly Target[]): Target[] {
    return this.#refresher.due(targets, this.#config.collection.minInterval);
  }

  /**
   * Milliseconds without a read after which a target is down: three times the interval at which it is
   * read, which in a large fleet is as long as the rate limit makes it.
   */
  #downAfter({ pace, project }: Target): number {
    if (pace.settled) return Number.POSITIVE_INFINITY;
    const { alerting, collection } = this.#config;
    const round = ((this.#sizes.get(project.name) ?? 0) / project.api.rateLimit) * 1000;
    return 3 * Math.max(alerting.interval, collection.minInterval, round);
  }

  #isCurrent(target: Target): boolean {
    return this.find(target.key) === target;
  }

  #settings(): TargetSettings {
    const { lookback, overlap, window } = this.#config.collection;
    return { lookback, overlap, window, limits: this.#config.limits, epoch: this.#options.epoch };
  }
}

function keyOf(project: string, kind: KindName, id: string): string {
  return JSON.stringify([project, kind, id]);
}
