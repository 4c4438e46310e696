import type { Config, ProjectConfig } from '../config/config.ts';
import type { KindName } from '../kind-table.ts';
import type { Logger } from '../log.ts';
import type { ProjectLoad } from '../metrics/asked-metrics.ts';
import type { ProjectTotals } from '../metrics/project-totals.ts';
import type { Scope } from '../metrics/scope.ts';
import type { SelfMetrics } from '../metrics/self-metrics.ts';
import type { SeriesStore } from '../metrics/series-store.ts';
import type { FailureReason } from '../modelarts/errors.ts';
import type { TargetKey } from '../target-key.ts';
import type { Timers } from '../timers.ts';
import { Fleet, type FleetOptions } from './fleet.ts';
import type { Project, ProjectApi } from './project.ts';
import { loadsOf } from './project-loads.ts';
import { Projects } from './projects.ts';
import { isReady } from './readiness.ts';
import type { RefreshBudget } from './refresh-budget.ts';
import { isOverWithin, Refresher } from './refresher.ts';
import type { Target } from './target.ts';
import { TargetExposition } from './target-exposition.ts';

export interface CollectorOptions extends Omit<FleetOptions, 'exposition'> {
  readonly createApi: (project: ProjectConfig) => ProjectApi;
  /** By which it waits; the system's by default. */
  readonly timers: Timers;
  readonly metrics: SelfMetrics;
  readonly totals: ProjectTotals;
  readonly series: SeriesStore;
  readonly log: Logger;
}

/** A listing of targets that fails, and why. */
export interface FailingListing {
  readonly project: string;
  readonly kind: KindName;
  readonly reason: FailureReason;
}

/** One target, or those that are selected. */
type Which = TargetKey | ((key: TargetKey) => boolean);

/** Milliseconds that the refreshes under way are given to end when the exporter stops. */
const STOP_WAIT_MAX = 2_000;

/**
 * Keeps every target read: when it is due, once at a time, oldest first. Projects list what there is, the fleet holds
 * the targets, the refresher reads them, and what is known of them goes to the exposition, and through the reporter to
 * everybody else.
 */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #exposition: TargetExposition;
  readonly #fleet: Fleet;
  readonly #projects: Projects;
  readonly #refresher: Refresher;
  #config: Config;

  constructor(config: Config, options: CollectorOptions) {
    this.#options = options;
    this.#config = config;
    const exposition = new TargetExposition(options);
    const fleet = new Fleet(config, { ...options, exposition });
    const projects = new Projects({
      ...options,
      onListed: (project, kind, discovered) => {
        fleet.takeListing(project, kind, discovered);
        this.#readChanged(project);
      },
    });
    this.#exposition = exposition;
    this.#fleet = fleet;
    this.#projects = projects;
    this.#refresher = new Refresher({ ...options, projects, exposition });
    this.configure(config);
  }

  /** Takes a configuration; projects that it does not change go on undisturbed. */
  configure(config: Config): void {
    this.#config = config;
    this.#projects.configure(config);
    this.#fleet.configure(config, this.projects());
  }

  /** The wall clock was set. */
  clockStepped(by: number, now: number, countingSince: number): void {
    this.#fleet.clockStepped(by, now, countingSince);
  }

  /** Lists what there is, again and again. */
  startDiscovery(): void {
    this.#projects.startDiscovery();
  }

  /** Lists what there is once. */
  async discover(): Promise<void> {
    await this.#projects.discover();
  }

  /**
   * Refreshes one target or the selected ones that are due, oldest first, and waits for them, for those already
   * under way, and for those that the first listings are yet to find, but no longer than `patience` milliseconds.
   * What is not done by then goes on.
   * @returns whether all were done
   */
  async collect(patience: number, which: Which = () => true): Promise<boolean> {
    const { timers } = this.#options;
    const until = timers.now() + patience;
    const known = this.#chosen(which);
    const work = this.#refresh(known);
    const listings = this.projects().filter(({ hasTriedEveryListing }) => !hasTriedEveryListing);
    if (listings.length === 0) return isOverWithin(work, patience, timers);
    const isListed = await isOverWithin(
      listings.map(({ firstListings }) => firstListings),
      patience,
      timers,
    );
    const before = new Set(known);
    const added = this.#chosen(which).filter((target) => !before.has(target));
    const rest = Math.max(0, until - timers.now());
    return (await isOverWithin([...work, ...this.#refresh(added)], rest, timers)) && isListed;
  }

  /**
   * Begins to refresh as many due targets as the budget gives, oldest first.
   * @param elapsed milliseconds since the last call
   */
  begin(budget: Pick<RefreshBudget, 'next'>, elapsed: number): void {
    const { minInterval } = this.#config.collection;
    const now = this.#options.clock();
    const due = this.#due(this.targets());
    const left = due.map(({ pace: { refreshRequestedAt, settledSince } }) =>
      refreshRequestedAt === undefined || settledSince !== undefined
        ? Number.POSITIVE_INFINITY
        : refreshRequestedAt + minInterval - now,
    );
    const count = budget.next(this.targets().length, left, elapsed);
    for (const target of due.slice(0, count)) void this.#refresher.refresh(target);
  }

  /** Brings to now what changes by itself: events that have left the window. */
  moveWindows(which: Which = () => true): void {
    this.#exposition.moveWindows(this.#chosen(which));
  }

  /** Shows with their values the counters of what was just scraped that every scraper has seen at 0 by now. */
  revealCounters(scope: Scope): void {
    this.#exposition.reveal(scope, (key) => this.find(key));
  }

  /** What was to be read first was tried. */
  ready(): boolean {
    return isReady(this.projects(), this.targets());
  }

  /** The listings whose last reading failed: what they would find is as it was known before. */
  failingListings(): readonly FailingListing[] {
    return this.projects().flatMap(({ config: { name }, failingListings }) =>
      failingListings.map((each) => ({ project: name, ...each })),
    );
  }

  targets(): readonly Target[] {
    return this.#fleet.targets();
  }

  projects(): readonly Project[] {
    return this.#projects.list();
  }

  find(key: TargetKey): Target | undefined {
    return this.#fleet.find(key);
  }

  /** The project's requests wait, because the cloud answered 429. */
  isThrottled(project: string): boolean {
    return this.#projects.get(project)?.api.isThrottled() ?? false;
  }

  /** Milliseconds without any answer after which a project is down. */
  projectDownAfter(): number {
    return this.#fleet.projectDownAfter();
  }

  /** Milliseconds without a successful read after which a target is down. */
  downAfter(key: TargetKey): number {
    const isThrottled = () => this.isThrottled(key.project);
    return this.#fleet.downAfter(key, isThrottled, () => this.#projects.get(key.project)?.api.load().part);
  }

  /** How the projects keep up with their targets. */
  loads(): readonly ProjectLoad[] {
    return loadsOf(this.projects(), this.#refresher.waiting(), this.#options.clock());
  }

  /** Ends all traffic and saves what is known. */
  async stop(): Promise<void> {
    this.#refresher.stop();
    this.#options.reporter.stop();
    this.#projects.close();
    await isOverWithin(this.#refresher.underWay(this.targets()), STOP_WAIT_MAX, this.#options.timers);
    for (const target of this.targets()) this.#exposition.update(target);
    await this.flush();
  }

  /** Saves what is known, and returns when it is exposed. */
  flush(): Promise<void> {
    return this.#exposition.flush();
  }

  /**
   * Saves what is known with what else is to be saved, and waits for that no longer than `patience` milliseconds.
   * @returns whether that is done
   */
  saveSoon(patience: number): Promise<boolean> {
    return isOverWithin([this.#exposition.saveSoon()], patience, this.#options.timers);
  }

  /** One target is found without a look at all the others, since a scraper may probe each of thousands. */
  #chosen(which: Which): readonly Target[] {
    if (typeof which === 'function') return this.targets().filter(({ key }) => which(key));
    const target = this.find(which);
    return target === undefined ? [] : [target];
  }

  /** The events that explain what a listing showed are read at once. */
  #readChanged(project: Project): void {
    const changed = this.targets().filter(
      ({ key, pace }) => pace.hasChanged && key.project === project.config.name,
    );
    if (changed.length === 0) return;
    this.#refresher.refreshChanged(changed);
    project.line.reorder();
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
