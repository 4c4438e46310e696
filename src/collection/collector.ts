import { isDeepStrictEqual } from 'node:util';
import type { AlertBridge } from '../alerting/bridge.ts';
import type { Config, ProjectConfig } from '../config/config.ts';
import { KIND_NAMES, type KindName } from '../kinds/kind.ts';
import type { Logger } from '../log.ts';
import type { SelfMetrics } from '../metrics/self-metrics.ts';
import type { SeriesKey, SeriesStore } from '../metrics/series-store.ts';
import type { ApiError } from '../modelarts/errors.ts';
import type { DurableState } from './durable-state.ts';
import { Project, type ProjectApi } from './project.ts';
import { Publisher } from './publisher.ts';
import { alertTarget, type Reporter } from './reporter.ts';
import { dueAt } from './schedule.ts';
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
  readonly #projects = new Map<string, Project>();
  readonly #targets = new Map<string, Target>();
  /** Refreshes under way or waiting for their turn. */
  readonly #inFlight = new Map<Target, Promise<void>>();
  /** Being read at this moment: what is known of them is not whole until that ends. */
  readonly #reading = new Set<Target>();
  /** Why the last listing of a project and kind failed. */
  readonly #listingTrouble = new Map<string, string>();
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
    const due = this.#due(select);
    const running = [...this.#inFlight.keys()].filter((target) => select?.(target.key) ?? true);
    const refreshes = [...running, ...due].map((target) => this.#refresh(target));
    const all = Promise.all(refreshes).then(() => true);
    return Number.isFinite(patience) ? Promise.race([all, after(patience)]) : all;
  }

  /** Waits for what is under way, without beginning anything. */
  async settle(patience: number, select?: (key: SeriesKey) => boolean): Promise<boolean> {
    const running = [...this.#inFlight].filter(([target]) => select?.(target.key) ?? true);
    return Promise.race([
      Promise.all(running.map(([, refresh]) => refresh)).then(() => true),
      after(patience),
    ]);
  }

  /** Begins to refresh at most so many due targets, oldest first. */
  begin(count: number): void {
    for (const target of this.#due().slice(0, count)) void this.#refresh(target);
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

  /** The last listing of some project and kind failed. */
  get listingsFailed(): boolean {
    return this.#listingTrouble.size > 0;
  }

  /** Ends all traffic and saves what is known. */
  async stop(): Promise<void> {
    for (const project of this.#projects.values()) project.close();
    await Promise.race([Promise.allSettled(this.#inFlight.values()), after(STOP_PATIENCE)]);
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
        onDiscoveryFailed: (failed, kind, error) => this.#discoveryFailed(failed, kind, error),
      },
      before,
    );
    this.#tellProject(project);
    return project;
  }

  #tellProject({ config, api }: Project): void {
    api.projectId().then(
      (id) => this.#options.metrics.projectInfo(config.name, config.region, id),
      // Whatever needs the id fails, and tells why.
      () => {},
    );
  }

  #discovered(project: Project, kind: KindName): void {
    if (this.#projects.get(project.config.name) !== project) return;
    const now = this.#options.clock();
    this.#listingTrouble.delete(`${project.config.name} ${kind}`);
    this.#reconcile(project, kind);
    this.#tellProject(project);
    const found = project.found(kind) ?? new Map();
    let selected = 0;
    for (const { id, details, excluded, vanished = false } of found.values()) {
      const target = this.find({ project: project.config.name, kind, id });
      if (target === undefined) continue;
      target.vanished = vanished;
      if (vanished) continue;
      if (excluded === undefined) selected += 1;
      target.foldDiscovery(details, now);
      this.#options.reporter.alert(target, this.#downAfter(target));
      this.#publish(target);
    }
    this.#options.metrics.discovered({ project: project.config.name, kind }, selected, now);
  }

  #discoveryFailed({ config }: Project, kind: KindName, error: ApiError): void {
    const { metrics, log } = this.#options;
    metrics.refreshFailed({ project: config.name, kind }, error.reason);
    const key = `${config.name} ${kind}`;
    if (this.#listingTrouble.get(key) === error.reason) return;
    this.#listingTrouble.set(key, error.reason);
    log.warn('discovery failed; the targets known before are kept', {
      project: config.name,
      kind,
      reason: error.reason,
      error: error.message,
    });
  }

  /** Makes the targets of one project and kind those that are listed or discovered. */
  #reconcile(project: Project, kind: KindName): void {
    const { config } = project;
    const wanted = new Map<
      string,
      { listed: boolean; name: string | undefined; found: string | undefined }
    >();
    for (const { id, name, excluded } of project.found(kind)?.values() ?? []) {
      if (excluded === undefined) wanted.set(id, { listed: false, name: undefined, found: name });
    }
    for (const { id, name } of config.targets[kind]) {
      const found = project.found(kind)?.get(id)?.name;
      wanted.set(id, { listed: true, name, found });
    }
    for (const target of this.targets()) {
      if (target.project.name !== config.name || target.kind.name !== kind) continue;
      if (!wanted.has(target.id)) this.#remove(target);
    }
    for (const [id, { listed, name, found }] of wanted) {
      if (!isInShard(this.#options.shard, config.name, kind, id)) continue;
      const target = this.find({ project: config.name, kind, id }) ?? this.#add(config, kind, id);
      target.configure(config, this.#settings());
      target.origin = listed ? 'listed' : 'discovered';
      target.listedName = name;
      target.discoveredName = found;
      if (target.everRead) this.#publish(target);
    }
  }

  #add(config: ProjectConfig, kind: KindName, id: string): Target {
    const now = this.#options.clock();
    const entry = this.#options.durable?.find({ project: config.name, kind, id });
    const target = new Target({ project: config, kind, id }, this.#settings(), now, entry?.target);
    this.#targets.set(keyOf(config.name, kind, id), target);
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
    this.#targets.delete(keyOf(target.project.name, target.kind.name, target.id));
    series.delete(target.key);
    bridge.remove(alertTarget(target), clock());
    durable?.leave(target);
  }

  /** Refreshes a target once, whoever asks for it meanwhile. */
  #refresh(target: Target): Promise<void> {
    const running = this.#inFlight.get(target);
    if (running !== undefined) return running;
    const project = this.#projects.get(target.project.name);
    if (project === undefined) return Promise.resolve();
    const refresh = project.queue
      .add(async () => {
        const current = this.#projects.get(target.project.name);
        if (current === undefined || !this.#isCurrent(target)) return;
        const reasonBefore = target.health.error?.reason;
        this.#reading.add(target);
        const outcome = await target.refresh(current.api, this.#options.clock);
        this.#reading.delete(target);
        if (!this.#isCurrent(target)) return;
        this.#options.reporter.report(target, outcome, reasonBefore, this.#downAfter(target));
        if (outcome.error === undefined && reasonBefore !== undefined) this.#tellProject(current);
        await this.#publisher.publish(target);
      })
      .finally(() => this.#inFlight.delete(target));
    this.#inFlight.set(target, refresh);
    return refresh;
  }

  /** Brings what changed outside a refresh to the state and the exposition; the end of a refresh does it anyway. */
  #publish(target: Target): void {
    if (!this.#reading.has(target)) void this.#publisher.publish(target);
  }

  #due(select?: (key: SeriesKey) => boolean): Target[] {
    const now = this.#options.clock();
    const { minInterval } = this.#config.collection;
    return this.targets()
      .filter((target) => (select?.(target.key) ?? true) && !this.#inFlight.has(target))
      .filter((target) => !target.gone && dueAt(target.pace, minInterval) <= now)
      .sort((a, b) => (a.health.lastAttempt ?? 0) - (b.health.lastAttempt ?? 0));
  }

  /**
   * Milliseconds without a read after which a target is down: three times the interval at which it is
   * read, which in a large fleet is as long as the rate limit makes it.
   */
  #downAfter({ pace, project }: Target): number {
    if (pace.settled) return Number.POSITIVE_INFINITY;
    const { alerting, collection } = this.#config;
    const round = (this.#targets.size / project.api.rateLimit) * 1000;
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

function after(milliseconds: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), milliseconds).unref();
  });
}
