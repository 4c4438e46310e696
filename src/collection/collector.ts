import { isDeepStrictEqual } from 'node:util';
import type { Config, ProjectConfig } from '../config/config.ts';
import type { KindName } from '../kind-table.ts';
import type { SelfMetrics } from '../metrics/self-metrics.ts';
import type { ApiError } from '../modelarts/errors.ts';
import type { TargetKey } from '../target-key.ts';
import { Fleet, type FleetOptions } from './fleet.ts';
import { Project, type ProjectApi } from './project.ts';
import { Publisher } from './publisher.ts';
import { isOverWithin, Refresher } from './refresher.ts';
import type { Target } from './target.ts';
import { recentSeries, targetSeries } from './target-series.ts';

export interface CollectorOptions extends Omit<FleetOptions, 'publish'> {
  readonly createApi: (project: ProjectConfig) => ProjectApi;
  readonly metrics: SelfMetrics;
}

const STOP_WAIT_MAX = 2_000;

/**
 * Keeps every target read: when it is due, once at a time, oldest first. What a refresh finds goes from
 * here to the series, and through the reporter to everybody else.
 */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #publisher: Publisher<Target>;
  readonly #refresher: Refresher;
  readonly #fleet: Fleet;
  readonly #projects = new Map<string, Project>();
  /** Those of former configurations, until their refreshes have ended. */
  readonly #retired = new Set<Project>();
  #config: Config;
  #discovering = false;

  constructor(config: Config, options: CollectorOptions) {
    this.#options = options;
    this.#config = config;
    const { store } = options;
    this.#fleet = new Fleet(config, { ...options, publish: (target) => this.#publish(target) });
    this.#publisher = new Publisher({
      save: store.isDurable ? () => store.save() : undefined,
      capture: (target) => {
        const lines = targetSeries(target, options.clock());
        const unseen = options.series.unseen(target.key, lines);
        store.put(target, unseen);
        const created = target.countingSince;
        return () => {
          if (this.#fleet.has(target)) options.series.put(target.key, lines, { created, unseen });
        };
      },
    });
    this.#refresher = new Refresher({
      log: options.log,
      clock: options.clock,
      projectOf: (target) => (this.#fleet.has(target) ? this.#projects.get(target.project.name) : undefined),
      finish: (target, outcome, reasonBefore) => {
        options.reporter.report(target, outcome, reasonBefore);
        if (outcome.error === undefined && reasonBefore !== undefined)
          this.#exposeProjectInfo(target.project.name);
        return this.#publisher.publish(target);
      },
    });
    this.configure(config);
  }

  /** Takes a configuration; projects that it does not change go on undisturbed. */
  configure(config: Config): void {
    const isSameLimit = config.limits.responseBytes === this.#config.limits.responseBytes;
    this.#config = config;
    const before = new Map(this.#projects);
    this.#projects.clear();
    for (const wanted of config.projects) {
      const known = before.get(wanted.name);
      const stays = known !== undefined && isSameLimit && isDeepStrictEqual(wanted, known.config);
      const project = stays ? known : this.#open(wanted, known);
      this.#projects.set(wanted.name, project);
      this.#exposeProjectInfo(wanted.name);
      if (stays) before.delete(wanted.name);
      else if (this.#discovering) project.startDiscovery();
    }
    for (const project of before.values()) {
      this.#retired.add(project);
      void project.retire().then(() => this.#retired.delete(project));
    }
    this.#fleet.configure(config, this.projects());
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
   * Refreshes the selected targets that are due, oldest first, and waits for them, for those already under
   * way, and for those that the first listings are yet to find, but no longer than `patience` milliseconds.
   * What is not done by then goes on.
   * @returns whether all were done
   */
  async collect(patience: number, select: (key: TargetKey) => boolean = () => true): Promise<boolean> {
    const until = performance.now() + patience;
    const known = new Set(this.targets());
    const work = this.#refresh([...known].filter(({ key }) => select(key)));
    const listings = this.projects().filter(({ hasTriedEveryListing }) => !hasTriedEveryListing);
    if (listings.length === 0) return isOverWithin(work, patience);
    const isListed = await isOverWithin(
      listings.map(({ firstListings }) => firstListings),
      patience,
    );
    const found = this.targets().filter((target) => !known.has(target) && select(target.key));
    const rest = Math.max(0, until - performance.now());
    return (await isOverWithin([...work, ...this.#refresh(found)], rest)) && isListed;
  }

  /** Begins to refresh at most so many due targets, oldest first. */
  begin(count: number): void {
    for (const target of this.#due(this.targets()).slice(0, count)) void this.#refresher.refresh(target);
  }

  /** Brings to now what changes by itself: events that have left the window. */
  moveWindows(): void {
    const now = this.#options.clock();
    for (const target of this.targets()) {
      if (!target.hasBeenRead || target.tally.nextChange() > now) continue;
      this.#options.series.patch(target.key, target.kind.events.families.recent, recentSeries(target, now));
    }
  }

  /** Shows with their values the counters that every scraper has seen at 0 by now. */
  revealCounters(): void {
    for (const key of this.#options.series.grownUp()) {
      const target = this.find(key);
      if (target !== undefined) this.#publish(target);
    }
  }

  /** Every configured target and every listing was tried once. */
  ready(): boolean {
    if (this.projects().some(({ hasTriedEveryListing }) => !hasTriedEveryListing)) return false;
    return this.targets().every(({ origin, health }) => origin === 'discovered' || health.up !== undefined);
  }

  targets(): readonly Target[] {
    return this.#fleet.targets();
  }

  projects(): readonly Project[] {
    return [...this.#projects.values()];
  }

  find(key: TargetKey): Target | undefined {
    return this.#fleet.find(key);
  }

  /** Milliseconds without a successful read after which a target is down. */
  downAfter(key: TargetKey): number {
    return this.#fleet.downAfter(key);
  }

  /** Ends all traffic and saves what is known. */
  async stop(): Promise<void> {
    this.#refresher.stop();
    this.#options.reporter.stop();
    for (const project of [...this.#projects.values(), ...this.#retired]) project.close();
    await isOverWithin(this.#refresher.underWay(this.targets()), STOP_WAIT_MAX);
    for (const target of this.targets()) this.#publish(target);
    await this.#publisher.flush();
  }

  /** Saves what is known, and returns when it is exposed. */
  flush(): Promise<void> {
    return this.#publisher.flush();
  }

  #open(config: ProjectConfig, before: Project | undefined): Project {
    const { clock, createApi, reporter } = this.#options;
    const options = {
      clock,
      onDiscovered: (project: Project, kind: KindName) => this.#discovered(project, kind),
      onDiscoveryFailed: ({ config: { name } }: Project, kind: KindName, error: ApiError) =>
        reporter.listingFailed(name, kind, error),
    };
    return new Project(config, createApi(config), options, before);
  }

  #exposeProjectInfo(name: string): void {
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
    const { name } = project.config;
    if (this.#projects.get(name) !== project) return;
    this.#fleet.discovered(project, kind);
    this.#exposeProjectInfo(name);
  }

  /** Brings what changed outside a refresh to the state and the exposition; the end of a refresh does it anyway. */
  #publish(target: Target): void {
    if (!target.isBeingRead) void this.#publisher.publish(target);
  }

  /** Begins what is due, and gives that with what is under way. */
  #refresh(targets: readonly Target[]): Promise<void>[] {
    const running = this.#refresher.underWay(targets);
    return [...running, ...this.#due(targets).map((target) => this.#refresher.refresh(target))];
  }

  #due(targets: readonly Target[]): Target[] {
    return this.#refresher.due(targets, this.#config.collection.minInterval);
  }
}
