import { isDeepStrictEqual } from 'node:util';
import { letGoOfFuture } from '../clock-steps.ts';
import type { ProjectConfig } from '../config/config.ts';
import type { KindName } from '../kind-table.ts';
import type { Discovered } from '../kinds/discovered.ts';
import type { Kind, ListingNews } from '../kinds/kind.ts';
import { KINDS } from '../kinds/kinds.ts';
import type { Standing } from '../kinds/standing.ts';
import type { Addition } from '../metrics/total-series.ts';
import type { Api } from '../modelarts/api.ts';
import type { TargetKey } from '../target-key.ts';
import type { Timers } from '../timers.ts';
import type { Waiting } from './attention.ts';
import { Chronicle } from './chronicle.ts';
import { presentOf } from './contributions.ts';
import { foldNews } from './fold-news.ts';
import type { Outcome } from './read-news.ts';
import type { Pace } from './schedule.ts';
import { TargetCounting } from './target-counting.ts';
import { TargetNews } from './target-news.ts';
import { TargetReads } from './target-reads.ts';
import type { TargetRecord } from './target-record.ts';
import type { TargetSettings } from './target-settings.ts';
import type { Wanted } from './wanted.ts';

/** One service, training job or pool, and all that is known of it. What happens to it is told by calls of methods. */
export class Target {
  readonly kind: Kind<unknown, unknown, unknown>;
  readonly id: string;
  readonly state: unknown;
  readonly news: TargetNews;
  readonly counting: TargetCounting;
  readonly reads: TargetReads;
  readonly chronicle: Chronicle;
  /** It is no longer collected; another object may have taken its place. */
  isRemoved = false;
  /** Undefined until somebody asks for it as the state now is. */
  #standing: { readonly value: Standing | undefined } | undefined;
  #project: ProjectConfig;
  #wanted: Wanted;
  /** The last listing did not return it. */
  #isMissing = false;
  /** What the last listing told that goes with events. */
  #explained: unknown;

  /** @param record what is remembered of it, if it was collected before */
  constructor(
    { project, kind, id }: { project: ProjectConfig; kind: KindName; id: string },
    settings: TargetSettings,
    now: number,
    record?: TargetRecord,
  ) {
    this.#project = project;
    this.kind = KINDS[kind];
    this.id = id;
    const { discoveredName } = record ?? {};
    this.#wanted = { origin: 'configured', configuredName: undefined, discoveredName, extras: [] };
    this.reads = new TargetReads(record);
    this.state = record?.state ?? this.kind.initialState();
    this.news = new TargetNews(this.kind, project, record);
    this.chronicle = new Chronicle(record?.chronicle);
    this.counting = new TargetCounting(this.kind, settings, now, record);
  }

  /** Which target it is. Never changes. */
  get key(): TargetKey {
    return { project: this.#project.name, kind: this.kind.name, id: this.id };
  }

  /** The key in log lines, where the id is called `target`, as in the labels of `modelarts_target_up`. */
  get logFields() {
    return { project: this.#project.name, kind: this.kind.name, target: this.id };
  }

  /** The key with what people want to see beside it, and what may change. */
  get description() {
    return { ...this.key, region: this.#project.region, name: this.name };
  }

  get name(): string | undefined {
    const { configuredName, discoveredName } = this.#wanted;
    return configuredName ?? discoveredName ?? this.kind.showing.reportedName(this.state);
  }

  get origin(): Wanted['origin'] {
    return this.#wanted.origin;
  }

  get project(): ProjectConfig {
    return this.#project;
  }

  /** What ModelArts says of it. */
  get standing(): Standing | undefined {
    this.#standing ??= { value: this.kind.showing.standing(this.state) };
    return this.#standing.value;
  }

  /** It does not exist any more: there is nothing to read and nothing to be alarmed about. */
  get isDeleted(): boolean {
    return this.origin === 'discovered' && this.#isMissing && this.reads.health.error?.mayBeDeleted === true;
  }

  /**
   * The wall clock was set: what it dated moves along, and what is left in the future is let go.
   * @returns as `letGoOfFuture`
   */
  clockStepped(by: number, now: number, settings: TargetSettings, cloudNow: number | undefined): boolean {
    this.counting.configure(settings);
    this.reads.clockStepped(by);
    this.news.startOver();
    return this.letGoOfFuture(now, cloudNow);
  }

  /**
   * Lets go of what a clock that was ahead dated in the future.
   * @param cloudNow what the cloud's clock says: by it events are dated. Until it is known, what was read is kept, since
   * the host's clock may be behind
   * @returns whether what it had read by then was dated so: the events of the meantime are not read
   */
  letGoOfFuture(now: number, cloudNow: number | undefined): boolean {
    this.counting.letGoOfFuture(now);
    this.reads.letGoOfFuture(now);
    letGoOfFuture(this.state, now);
    this.#standing = undefined;
    return cloudNow !== undefined && this.news.ledger.letGoOfFuture(Math.max(now, cloudNow));
  }

  /** What decides when it is read next. */
  get pace(): Pace {
    return this.reads.pace(this.#endedAt);
  }

  /** What decides who of those that are due is read next. */
  get waiting(): Waiting {
    return {
      activity: this.kind.listing.activity(this.state),
      // Whose turn was refused has it as soon as there are turns again.
      hasChanged: this.reads.hasChanged || this.reads.health.error?.reason === 'throttled',
      isUnfinished: this.news.isUnfinished,
      isInTrouble: this.kind.alerts.conditions(this.state).length > 0,
      lastAttempt: this.reads.health.lastAttempt,
      knownAt: this.counting.knownAt,
    };
  }

  /** What there is of it now, as the last listing shows. */
  get present(): readonly Addition[] {
    return this.#isMissing ? [] : presentOf(this.kind.totals, this.state, this.counting.since);
  }

  /**
   * Takes why it is collected and what a new configuration sets; what is already counted stays.
   * @param awaitsListing the listing that may tell its name has not worked yet, so a name from before a restart stays
   */
  configure(project: ProjectConfig, settings: TargetSettings, wanted: Wanted, awaitsListing: boolean): void {
    this.counting.configure(settings);
    this.#project = project;
    const { discoveredName } = awaitsListing && wanted.discoveredName === undefined ? this.#wanted : wanted;
    this.#wanted = { ...wanted, discoveredName };
  }

  /** Takes in what a listing told of it, or that it is missing there; returns what there is to show of that. */
  takeListed({ details, missing = false }: Discovered<unknown>, now: number): ListingNews {
    const [wasMissing, wasDeleted] = [this.#isMissing, this.isDeleted];
    this.#isMissing = missing;
    // Mostly a read learns first that a target was deleted, and then the listing says that this is no failure.
    if (missing) return this.isDeleted && !wasDeleted ? 'change' : 'nothing';
    const news = this.kind.listing.fold(this.state, details, now);
    const explained = this.kind.listing.explained(details);
    const isExplained = this.#explained === undefined || isDeepStrictEqual(explained, this.#explained);
    if (!isExplained) this.reads.listingChanged();
    this.#explained = explained;
    if (this.#endedAt === undefined) this.reads.unsettle();
    this.#noteStanding(now);
    return wasMissing ? 'change' : news;
  }

  /** No listing shows it any more: what one told is no longer claimed. Returns whether there is anything new to show. */
  forgetListed(): boolean {
    this.#isMissing = false;
    this.reads.unsettle();
    this.#standing = undefined;
    return this.kind.listing.forget(this.state);
  }

  /**
   * Reads what is new and takes it in. Never throws: a failure is in the outcome and in the health of
   * its reads, and what came before it stays.
   * @param report is given the outcome before anybody else may look at the target
   */
  async refresh(
    api: Api,
    { clock, timers }: { readonly clock: () => number; readonly timers: Pick<Timers, 'now'> },
    report: (outcome: Outcome) => void = () => {},
  ): Promise<Outcome> {
    // The clock first: it may have been set, and moves what it has dated.
    const now = clock();
    const { limits } = this.counting.settings;
    const began = timers.now();
    const first = !this.reads.hasSucceeded;
    const hadEnded = this.#endedAt !== undefined;
    this.reads.begin(now, () => api.throttledFor?.() ?? 0);
    try {
      const { extras } = this.#wanted;
      const about = { id: this.id, api, project: this.#project, extras, first, now };
      const outcome = await this.news.read(about, this.state, this.counting);
      const { occurrences, isComplete } = outcome;
      for (const occurrence of occurrences) {
        this.counting.add(occurrence, now);
        this.chronicle.addOccurrence(this.kind, occurrence, now);
      }
      const context = { first, countingSince: this.counting.since, now, limits };
      const passed = foldNews(this.kind, this.state, occurrences, context);
      this.#noteStanding(now);
      const isListed = this.origin === 'discovered' && !this.#isMissing;
      const duration = (timers.now() - began) / 1000;
      this.reads.end({ ...outcome, began: now, ended: clock(), duration }, isListed);
      if (!this.reads.isInDoubt && !this.isDeleted) this.chronicle.addRead(now, outcome.error?.reason);
      // What a first read brings is history, unless more of it is to come.
      const isQuiet = occurrences.length === 0 || (first && !outcome.hasMore);
      if (isComplete && hadEnded) this.reads.settle(isQuiet ? this.#endedAt : now, isQuiet);
      const result = { ...outcome, passed: [...outcome.passed, ...passed] };
      report(result);
      return result;
    } finally {
      this.reads.reported();
    }
  }

  /** @param unseen the counter series that not every scraper has seen at 0 */
  record(unseen: readonly string[]): TargetRecord {
    return {
      ...this.key,
      ...this.counting.record(),
      discoveredName: this.#wanted.discoveredName,
      origin: this.origin,
      ...this.reads.record(),
      ...this.news.record(),
      chronicle: this.chronicle.state(),
      state: this.state,
      unseen,
    };
  }

  #noteStanding(now: number): void {
    this.#standing = undefined;
    const { standing } = this;
    if (standing !== undefined) this.chronicle.addStanding(standing, now);
  }

  get #endedAt(): number | undefined {
    return this.kind.listing.endedAt?.(this.state);
  }
}
