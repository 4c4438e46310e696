import type { ProjectConfig } from '../config/config.ts';
import { KIND_NAMES, type KindName, supersederOf } from '../kind-table.ts';
import { KINDS } from '../kinds/kinds.ts';
import type { ApiMetrics } from '../metrics/api-metrics.ts';
import type { Client } from '../modelarts/client.ts';
import type { FailureReason } from '../modelarts/errors.ts';
import { Discovery } from './discovery.ts';
import { Line } from './line.ts';
import { isOverWithin } from './refresher.ts';
import type { Reporter } from './reporter.ts';
import type { DiscoveredTargets } from './wanted.ts';

/** The way to one project's cloud. */
export type ProjectApi = Omit<Client, 'verifyToken'>;

export interface ProjectOptions {
  readonly clock: () => number;
  readonly metrics: { readonly api: Pick<ApiMetrics, 'projectInfo'> };
  readonly reporter: Pick<Reporter, 'listingFailed'>;
  /** Called after every listing that worked, with all that is discovered by then. */
  readonly onListed: (project: Project, kind: KindName, discovered: DiscoveredTargets) => void;
}

/** Of the requests that may be sent, listings take so much at most. */
const LISTINGS_SHARE = 0.25;

/** A configured project at work: its API, the line of its refreshes and its discoveries. */
export class Project {
  readonly config: ProjectConfig;
  readonly api: ProjectApi;
  /** Refreshes and requests of listings, under way and waiting. */
  readonly line: Line;
  /** Settles when every listing has ended once, from when discovery has started. */
  firstListings: Promise<unknown> = Promise.resolve();
  readonly #discoveries = new Map<KindName, Discovery<unknown>>();
  readonly #closing = new AbortController();
  readonly #metrics: ProjectOptions['metrics'];

  /** @param before the project under the configuration before: what it discovered holds until this one has listed itself */
  constructor(config: ProjectConfig, api: ProjectApi, options: ProjectOptions, before?: Project) {
    this.config = config;
    this.api = api;
    this.#metrics = options.metrics;
    const { timers } = api;
    this.line = new Line({
      concurrency: config.api.concurrency,
      api,
      timers,
      listingsShare: () => this.#listingsShare(),
    });
    for (const kind of KIND_NAMES) {
      const settings = config.discovery[kind];
      if (!settings.enabled) continue;
      const discovery = new Discovery<unknown>(
        {
          listing: KINDS[kind].listing,
          settings,
          api: {
            request: (request) => this.line.list(() => api.request(request)),
            isScarce: () => api.load().isScarce,
          },
          intervalMin: () => this.#listingIntervalMin(),
          clock: options.clock,
          timers,
          onUpdate: (discovered) => {
            options.onListed(this, kind, discovered);
            this.exposeInfo();
          },
          onError: (error) => options.reporter.listingFailed(config.name, kind, error),
        },
        before === undefined ? undefined : before.#discoveries.get(kind),
      );
      this.#discoveries.set(kind, discovery);
    }
  }

  /** Listings take a quarter of the requests that may be sent, if they need so much. */
  #listingIntervalMin(): number {
    const cost = [...this.#discoveries.values()].reduce((sum, { requests }) => sum + requests, 0);
    return (cost / (this.api.load().part * LISTINGS_SHARE)) * 1000;
  }

  #listingsShare(): number {
    const intervalMin = this.#listingIntervalMin();
    if (intervalMin === 0) return 0;
    const perSecond = [...this.#discoveries].reduce((sum, [kind, { requests }]) => {
      return sum + (requests / Math.max(this.config.discovery[kind].refresh, intervalMin)) * 1000;
    }, 0);
    return perSecond / this.api.load().rate;
  }

  /** All that is discovered, also what is excluded or missing. */
  discovered(kind: KindName): DiscoveredTargets {
    return this.#discoveries.get(kind)?.discovered ?? new Map();
  }

  /** What this kind may list too, but is of another kind: collected as both, its events would count twice. */
  superseded(kind: KindName): ReadonlySet<string> {
    const superseder = supersederOf(kind);
    if (superseder === undefined) return new Set();
    const configured = this.config.targets[superseder].map(({ id }) => id);
    return new Set([...configured, ...this.discovered(superseder).keys()]);
  }

  /** Discovery is on, and no listing has worked yet. */
  awaitsListing(kind: KindName): boolean {
    const discovery = this.#discoveries.get(kind);
    return discovery !== undefined && discovery.lastSuccess === undefined;
  }

  /** The kinds whose last listing failed, and why. */
  get failingListings(): readonly { readonly kind: KindName; readonly reason: FailureReason }[] {
    return [...this.#discoveries].flatMap(([kind, { failure }]) =>
      failure === undefined ? [] : [{ kind, reason: failure.reason }],
    );
  }

  /** Every listing has ended once, whether or not it worked. */
  get hasTriedEveryListing(): boolean {
    return [...this.#discoveries.values()].every(({ hasTried }) => hasTried);
  }

  /** Exposes the project's id, once it is known: it may have to be asked for. */
  exposeInfo(): void {
    const { name, region } = this.config;
    this.api.projectId().then(
      (id) => this.#metrics.api.projectInfo(name, region, id),
      // Whatever needs the id fails, and tells why.
      () => {},
    );
  }

  /** Reads every listing once. */
  async discover(): Promise<void> {
    const { signal } = this.#closing;
    await Promise.all([...this.#discoveries.values()].map((discovery) => discovery.refresh(signal)));
  }

  /** Reads the listing of a kind anew, if there is one, for a target whose read was answered "not found". */
  async lookFor(kind: KindName, id: string): Promise<void> {
    await this.#discoveries.get(kind)?.lookFor(id, this.#closing.signal);
  }

  /** Reads every listing again and again until the project is closed. */
  startDiscovery(): void {
    const { signal } = this.#closing;
    const discoveries = [...this.#discoveries.values()];
    for (const discovery of discoveries) void discovery.run(signal);
    this.firstListings = Promise.all(discoveries.map((discovery) => discovery.refresh(signal)));
  }

  /**
   * Ends discovery at once, and the API when the refreshes under way have ended, or have taken as long as
   * a request may: those that wait out a pause keep their targets from being read by whoever follows.
   * @returns when all refreshes have ended
   */
  async retire(): Promise<void> {
    this.#closing.abort();
    const idle = this.line.onIdle();
    await isOverWithin([idle], this.config.api.timeout, this.api.timers);
    this.api.close();
    this.line.close();
    await idle;
  }

  /** Ends everything at once. */
  close(): void {
    this.#closing.abort();
    this.api.close();
    this.line.close();
  }
}
