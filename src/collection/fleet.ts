import type { AlertBridge } from '../alerting/bridge.ts';
import type { Config } from '../config/config.ts';
import { KIND_NAMES, type KindName, supersederOf } from '../kind-table.ts';
import { select } from '../kinds/selection.ts';
import type { Logger } from '../log.ts';
import { keyOf, type TargetKey } from '../target-key.ts';
import type { CloudClocks } from './cloud-clocks.ts';
import type { Project } from './project.ts';
import type { Reporter } from './reporter.ts';
import { hasSettled } from './schedule.ts';
import { isInShard, type Shard } from './shard.ts';
import { Target } from './target.ts';
import type { TargetExposition } from './target-exposition.ts';
import type { TargetSettings } from './target-settings.ts';
import type { TargetStore } from './target-store.ts';
import { type DiscoveredTargets, type Wanted, wantedOf } from './wanted.ts';

export interface FleetOptions {
  readonly clock: () => number;
  readonly cloudClocks: Pick<CloudClocks, 'now'>;
  /** Since when the exporter counts, in Unix milliseconds. */
  readonly countingSince: number;
  readonly shard: Shard;
  readonly bridge: AlertBridge;
  readonly reporter: Reporter;
  readonly store: TargetStore;
  readonly exposition: TargetExposition;
  readonly log: Logger;
}

/** To render a target and save it takes a tenth of a millisecond, and as time passes something grows of each. */
const GROWN_SHOWN_MAX = 500;
/** Past it, the API may no longer have the events that followed. */
const CURSOR_AGE_MAX = 30 * 24 * 3_600_000;

/** The targets that this exporter collects: who comes, what it is called, and who goes. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #targets = new Map<string, Target>();
  /** By the objects of the alert bridge, which asks for every target every other second. */
  readonly #asked = new WeakMap<TargetKey, Target>();
  /** How many targets each project has. */
  readonly #sizes = new Map<string, number>();
  /** By project and kind, whose turn it is to be shown as time passes. */
  readonly #turns = new Map<string, number>();
  /** The projects and kinds whose listing has worked since the start. */
  readonly #listed = new Set<string>();
  #config: Config;
  #countingSince: number;

  constructor(config: Config, options: FleetOptions) {
    this.#config = config;
    this.#options = options;
    this.#countingSince = options.countingSince;
  }

  targets(): readonly Target[] {
    return [...this.#targets.values()];
  }

  /** The wall clock was set. @param countingSince since when the exporter counts, by the clock as it is now */
  clockStepped(by: number, now: number, countingSince: number): void {
    this.#countingSince = countingSince;
    for (const target of this.targets()) {
      const cloudNow = this.#options.cloudClocks.now(target.key.project);
      if (target.clockStepped(by, now, this.#settings(), cloudNow)) this.#warnOfFuture(target);
    }
  }

  find(key: TargetKey): Target | undefined {
    return this.#targets.get(keyOf(key));
  }

  /** Takes a configuration: targets that stay keep all they know, new ones begin, others end. */
  configure(config: Config, projects: readonly Project[]): void {
    this.#config = config;
    const names = new Set(projects.map((project) => project.config.name));
    for (const target of this.targets()) {
      if (!names.has(target.key.project)) this.#remove(target);
    }
    for (const project of projects) {
      for (const kind of KIND_NAMES) this.#reconcile(project, kind, this.#discovered(project, kind));
    }
    this.#options.store.forget();
  }

  /** Takes in what a listing that worked has led to. */
  takeListing(project: Project, kind: KindName, discovered: DiscoveredTargets): void {
    const { clock, reporter, store } = this.#options;
    const { name } = project.config;
    const now = clock();
    this.#listed.add(`${name} ${kind}`);
    this.#reconcile(project, kind, discovered);
    for (const each of KIND_NAMES.filter((other) => supersederOf(other) === kind)) {
      this.#reconcile(project, each, this.#discovered(project, each));
    }
    let selected = 0;
    const grown: Target[] = [];
    for (const listed of discovered.values()) {
      const target = this.find({ project: name, kind, id: listed.id });
      if (target === undefined) continue;
      if (!listed.missing && listed.excluded === undefined) selected += 1;
      // Mostly nothing has changed, and a large fleet is not to be rendered for that.
      const news = target.takeListed(listed, now);
      if (news === 'change') this.#showChange(target);
      else if (news === 'time') grown.push(target);
    }
    for (const target of this.#inTurn(grown, `${name} ${kind}`)) this.#options.exposition.update(target);
    const listed = this.targets().filter(({ key }) => key.project === name && key.kind === kind);
    this.#options.exposition.showPresent(name, kind, listed);
    store.forget();
    reporter.listingWorked(name, kind, selected);
  }

  /**
   * Milliseconds without a read after which a target is down: three times the interval at which it is
   * read, which in a large fleet is as long as the rate limit makes it. None is down for having to wait for its
   * turn, and where only scrapes have targets read, and may come as rarely as they like, none whose last read worked.
   * @param isThrottled the project's requests wait since the API answered 429, so that no turn comes
   * @param rateLimit requests per second in force, of which the project has this part; undefined: as configured
   */
  downAfter(key: TargetKey, isThrottled: () => boolean, rateLimit: () => number | undefined): number {
    const asked = this.#asked.get(key);
    const target = asked === undefined || asked.isRemoved ? this.find(key) : asked;
    if (target === undefined) return Number.POSITIVE_INFINITY;
    if (target !== asked) this.#asked.set(key, target);
    const { reads, project } = target;
    if (reads.awaitsTurn && !isThrottled()) return Number.POSITIVE_INFINITY;
    const { pace } = target;
    const { alerting, collection } = this.#config;
    const isReadAnyway = collection.schedule === 'background' || alerting.alertmanagers.length > 0;
    const isReadRarely =
      hasSettled(pace, this.#options.clock()) || (!isReadAnyway && pace.reason === undefined);
    if (isReadRarely) return Number.POSITIVE_INFINITY;
    const round = ((this.#sizes.get(project.name) ?? 0) / (rateLimit() ?? project.api.rateLimit)) * 1000;
    return Math.max(this.projectDownAfter(), 3 * round) + reads.waitedForTurn;
  }

  /** Milliseconds without any answer after which a project is down. */
  projectDownAfter(): number {
    const { alerting, collection } = this.#config;
    return 3 * Math.max(alerting.interval, collection.minInterval);
  }

  /** What is discovered; until a listing has worked since the start, that is what the process before had discovered. */
  #discovered(project: Project, kind: KindName): DiscoveredTargets {
    const { name, discovery } = project.config;
    if (!project.awaitsListing(kind) || this.#listed.has(`${name} ${kind}`)) return project.discovered(kind);
    return new Map(
      this.#options.store.discoveredBefore(name, kind).map(({ id, discoveredName }) => {
        const target = { id, name: discoveredName, details: undefined };
        // Listings alone tell a status; the rules on names may have changed before this start.
        return [
          id,
          select(target, discovery[kind], discoveredName === undefined ? [id] : [discoveredName, id]),
        ];
      }),
    );
  }

  /** Makes the targets of one project and kind those that are configured or discovered. */
  #reconcile(project: Project, kind: KindName, discovered: DiscoveredTargets): void {
    const { exposition, shard } = this.#options;
    const { config } = project;
    const { extras } = config.discovery[kind];
    const wanted = wantedOf(config.targets[kind], discovered, extras, project.superseded(kind));
    for (const target of this.targets()) {
      if (target.key.project !== config.name || target.kind.name !== kind) continue;
      if (!wanted.has(target.id)) this.#remove(target);
    }
    for (const [id, each] of wanted) {
      const key = { project: config.name, kind, id };
      if (!isInShard(shard, key)) continue;
      const target = this.find(key);
      if (target === undefined) {
        this.#add(project, key, each);
      } else {
        const { name, isDeleted } = target;
        target.configure(config, this.#settings(), each, project.awaitsListing(kind));
        if (target.name !== name) exposition.update(target);
        if (target.isDeleted && !isDeleted) this.#showChange(target);
      }
      if (!discovered.has(id) && !project.awaitsListing(kind)) this.#forgetListed(key);
    }
  }

  /** Those of whom to show how time has passed: of many some at each listing, one after the other. */
  #inTurn(grown: readonly Target[], listing: string): readonly Target[] {
    if (grown.length <= GROWN_SHOWN_MAX) return grown;
    const from = (this.#turns.get(listing) ?? 0) % grown.length;
    this.#turns.set(listing, from + GROWN_SHOWN_MAX);
    return [...grown.slice(from), ...grown.slice(0, from)].slice(0, GROWN_SHOWN_MAX);
  }

  #forgetListed(key: TargetKey): void {
    const target = this.find(key);
    if (target?.forgetListed()) this.#showChange(target);
  }

  #add(project: Project, key: TargetKey, wanted: Wanted): void {
    const { bridge, clock, cloudClocks, exposition, store } = this.#options;
    const now = clock();
    const memory = store.find(key);
    const settings = this.#settings();
    const target = new Target({ ...key, project: project.config }, settings, now, memory?.target);
    target.configure(project.config, settings, wanted, project.awaitsListing(key.kind));
    if (target.letGoOfFuture(now, cloudClocks.now(key.project))) this.#warnOfFuture(target);
    this.#targets.set(keyOf(key), target);
    this.#sizes.set(key.project, (this.#sizes.get(key.project) ?? 0) + 1);
    bridge.watch(target.description, now, { alerts: memory?.alerts, lastRead: target.reads.lastRead });
    this.#warnOfGap(target, now);
    if (memory === undefined) exposition.update(target);
    else exposition.restore(target, memory.target.unseen);
  }

  #warnOfFuture({ logFields }: Target): void {
    const trouble = 'the last known event is dated in the future; events count from now on';
    this.#options.log.warn(trouble, logFields);
  }

  #warnOfGap(target: Target, now: number): void {
    const { cursor } = target.news.ledger;
    if (cursor === undefined || cursor >= now - CURSOR_AGE_MAX) return;
    this.#options.log.warn('the last known event is so old that the API may have dropped later ones', {
      ...target.logFields,
      last_event: new Date(cursor).toISOString(),
    });
  }

  #remove(target: Target): void {
    const { bridge, clock, exposition } = this.#options;
    const { project } = target.key;
    target.isRemoved = true;
    this.#targets.delete(keyOf(target.key));
    this.#sizes.set(project, (this.#sizes.get(project) ?? 0) - 1);
    bridge.remove(target.key, clock());
    exposition.remove(target);
  }

  #showChange(target: Target): void {
    this.#options.reporter.alert(target);
    this.#options.exposition.update(target);
  }

  #settings(): TargetSettings {
    const { lookback, overlap, window } = this.#config.collection;
    return {
      lookback,
      overlap,
      window,
      limits: this.#config.limits,
      countingSince: this.#countingSince,
    };
  }
}
