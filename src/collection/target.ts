import { isDeepStrictEqual } from 'node:util';
import { letGoOfFuture } from '../clock-steps.ts';
import type { ProjectConfig } from '../config/config.ts';
import type { KindName } from '../kind-table.ts';
import type { Discovered } from '../kinds/discovered.ts';
import { isProblem, type Occurrence } from '../kinds/event.ts';
import type { Kind } from '../kinds/kind.ts';
import { KINDS } from '../kinds/kinds.ts';
import type { Api } from '../modelarts/api.ts';
import type { TargetKey } from '../target-key.ts';
import type { Waiting } from './attention.ts';
import { CountedEvents } from './counted-events.ts';
import { foldNews } from './fold-news.ts';
import { type Health, NEVER_READ } from './health.ts';
import { Ledger } from './ledger.ts';
import { type Outcome, readNews } from './read-news.ts';
import type { Pace } from './schedule.ts';
import { Tally, type TallyOptions } from './tally.ts';
import { coarse, type TargetRecord } from './target-record.ts';
import type { TargetSettings } from './target-settings.ts';
import type { Wanted } from './wanted.ts';

/** One service, training job or pool, and all that is known of it. What happens to it is told by calls of methods. */
export class Target {
  readonly kind: Kind<unknown, unknown, unknown>;
  readonly id: string;
  #knownAt: number;
  readonly state: unknown;
  readonly ledger: Ledger<unknown>;
  readonly counted: CountedEvents;
  #tally: Tally;
  #project: ProjectConfig;
  #wanted: Wanted;
  #settings: TargetSettings;
  #textLanguage: string;
  /** The last listing did not return it. */
  #isMissing = false;
  #isRemoved = false;
  #isBeingRead = false;
  #hasBeenRead: boolean;
  #lastRead: number | undefined;
  #refreshRequestedAt: number | undefined;
  /** What the last listing told that goes with events. */
  #explained: unknown;
  /** A listing has shown something else since the last read began. */
  #hasChanged = false;
  #health = NEVER_READ;
  /** Of a read that was answered "not found", until a listing tells whether the target was deleted. */
  #doubtfulHealth: Health | undefined;
  /** Its end, as the listing tells it, or the last read after it that still brought something. */
  #settledSince: number | undefined;

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
    this.#knownAt = record?.knownAt ?? now;
    const { discoveredName } = record ?? {};
    this.#wanted = { origin: 'configured', configuredName: undefined, discoveredName };
    this.#hasBeenRead = record?.hasBeenRead ?? false;
    this.#lastRead = record?.lastRead;
    this.state = record?.state ?? this.kind.initialState();
    const { recordsGrow, textLanguage } = this.kind.reading;
    this.ledger = new Ledger(recordsGrow ? 'no_longer_returned' : 'behind_overlap', record?.ledger);
    this.counted = new CountedEvents(record?.counted);
    this.#tally = new Tally(this.#tallyOptions(settings), record?.tally);
    this.#textLanguage = record?.textSetting ?? textLanguage(project);
    this.#settings = settings;
    this.#letGoOfFuture(now);
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

  get tally(): Tally {
    return this.#tally;
  }

  get health(): Health {
    return this.#health;
  }

  /** A read was answered "not found", and no listing has told since whether it exists. */
  get isInDoubt(): boolean {
    return this.#doubtfulHealth !== undefined;
  }

  /** It does not exist any more: there is nothing to read and nothing to be alarmed about. */
  get isDeleted(): boolean {
    return this.origin === 'discovered' && this.#isMissing && this.#health.error?.reason === 'not_found';
  }

  /** It is no longer collected; another object may have taken its place. */
  get isRemoved(): boolean {
    return this.#isRemoved;
  }

  /** A read is under way, or its outcome not yet reported: what is known is not whole. */
  get isBeingRead(): boolean {
    return this.#isBeingRead;
  }

  /**
   * Nothing is known to be wrong with it, but that its turn to be read has not come: in a large fleet a round takes
   * as long as the rate limit makes it.
   */
  get awaitsTurn(): boolean {
    const { up, lastAttempt = 0 } = this.#health;
    const isQueued = !this.#isBeingRead && (this.#refreshRequestedAt ?? 0) > lastAttempt;
    return up === undefined || (up && isQueued);
  }

  /** It was read successfully at least once, also by a process before this one. */
  get hasBeenRead(): boolean {
    return this.#hasBeenRead;
  }

  /** The wall clock was set: what it dated moves along, and what is left in the future is let go. */
  clockStepped(by: number, now: number, settings: TargetSettings): void {
    this.#settings = settings;
    const moved = (instant: number | undefined) => (instant === undefined ? undefined : instant + by);
    this.#refreshRequestedAt = moved(this.#refreshRequestedAt);
    this.#lastRead = moved(this.#lastRead);
    this.#settledSince = moved(this.#settledSince);
    const { lastAttempt, lastSuccess } = this.#health;
    this.#health = { ...this.#health, lastAttempt: moved(lastAttempt), lastSuccess: moved(lastSuccess) };
    this.#letGoOfFuture(now);
  }

  #letGoOfFuture(now: number): void {
    this.#knownAt = Math.min(this.#knownAt, now);
    if (this.#lastRead !== undefined) this.#lastRead = Math.min(this.#lastRead, now);
    letGoOfFuture(this.state, now);
  }

  /** When it became known, in Unix milliseconds. */
  get knownAt(): number {
    return this.#knownAt;
  }

  /** When the last read that worked began, also one by a process before this one; Unix milliseconds. */
  get lastRead(): number | undefined {
    return this.#lastRead;
  }

  /** What decides when it is read next. */
  get pace(): Pace {
    return {
      refreshRequestedAt: this.#refreshRequestedAt,
      reason: this.#health.error?.reason,
      settledSince: this.#endedAt === undefined ? undefined : this.#settledSince,
      hasChanged: this.#hasChanged,
    };
  }

  /** What decides who of those that are due is read next. */
  get waiting(): Waiting {
    return {
      activity: this.kind.listing.activity(this.state),
      hasChanged: this.#hasChanged,
      isInTrouble: this.kind.alerts.conditions(this.state).length > 0,
      lastAttempt: this.#health.lastAttempt,
      knownAt: this.knownAt,
    };
  }

  /** Events before it are history: they do not count in totals. */
  get countingSince(): number {
    return Math.max(this.#inResolution(this.#settings.countingSince), this.lookbackStart);
  }

  /** The first instant that one-shot alerts look at. */
  get lookbackStart(): number {
    return this.#inResolution(this.knownAt - this.#settings.lookback);
  }

  /**
   * Takes why it is collected and what a new configuration sets; what is already counted stays.
   * @param awaitsListing the listing that may tell its name has not worked yet, so a name from before a restart stays
   */
  configure(project: ProjectConfig, settings: TargetSettings, wanted: Wanted, awaitsListing: boolean): void {
    this.#tally = this.#tally.with(this.#tallyOptions(settings));
    this.#project = project;
    this.#settings = settings;
    const { discoveredName } = awaitsListing && wanted.discoveredName === undefined ? this.#wanted : wanted;
    this.#wanted = { ...wanted, discoveredName };
  }

  /** Takes in what a listing told of it, or that it is missing there; returns whether there is anything new to show. */
  takeListed({ details, missing = false }: Discovered<unknown>, now: number): boolean {
    const [wasMissing, wasDeleted] = [this.#isMissing, this.isDeleted];
    this.#isMissing = missing;
    // Mostly a read learns first that a target was deleted, and then the listing says that this is no failure.
    if (missing) return this.isDeleted && !wasDeleted;
    const hasChanged = this.kind.listing.fold(this.state, details, now);
    const explained = this.kind.listing.explained(details);
    if (this.#explained !== undefined && !isDeepStrictEqual(explained, this.#explained))
      this.#hasChanged = true;
    this.#explained = explained;
    if (this.#endedAt === undefined) this.#settledSince = undefined;
    return hasChanged || wasMissing;
  }

  /** No listing shows it any more: what one told is no longer claimed. Returns whether there is anything new to show. */
  forgetListed(): boolean {
    this.#isMissing = false;
    this.#settledSince = undefined;
    return this.kind.listing.forget(this.state);
  }

  /** No more can be learnt from a listing: it was deleted if it is missing, and cannot be read otherwise. */
  endDoubt(): void {
    this.#health = this.#doubtfulHealth ?? this.#health;
    this.#doubtfulHealth = undefined;
  }

  /** From now on it is no longer collected. */
  remove(): void {
    this.#isRemoved = true;
  }

  /** A refresh is asked for; it may have to wait for its turn. */
  requestRefresh(now: number): void {
    this.#refreshRequestedAt = now;
  }

  /**
   * Reads what is new and takes it in. Never throws: a failure is in the outcome and in `health`, and
   * what came before it stays.
   * @param report is given the outcome before anybody else may look at the target
   */
  async refresh(
    api: Api,
    clock: () => number,
    report: (outcome: Outcome) => void = () => {},
  ): Promise<Outcome> {
    this.#isBeingRead = true;
    try {
      const outcome = await this.#read(api, clock);
      report(outcome);
      return outcome;
    } finally {
      this.#isBeingRead = false;
    }
  }

  async #read(api: Api, clock: () => number): Promise<Outcome> {
    const { limits, overlap } = this.#settings;
    const now = clock();
    const began = performance.now();
    const first = !this.#hasBeenRead;
    const hadEnded = this.#endedAt !== undefined;
    const language = this.kind.reading.textLanguage(this.#project);
    // In another language every event known would look new.
    if (language !== this.#textLanguage) this.ledger.skipOverlap();
    this.#textLanguage = language;
    this.#health = { ...this.#health, lastAttempt: now };
    this.#hasChanged = false;
    const since = this.ledger.begin(this.lookbackStart, overlap);
    const outcome = await readNews(this.kind, this.ledger, this.state, {
      id: this.id,
      api,
      project: this.#project,
      since,
      known: this.ledger.countSince(since),
      first,
      countingSince: this.countingSince,
      now,
      limit: limits.eventsPerPoll,
    });
    const { occurrences, isComplete, hasMore, error } = outcome;
    if (error === undefined) this.#lastRead = now;
    for (const occurrence of occurrences) this.#count(occurrence, now);
    const passed = foldNews(this.kind, this.state, occurrences, { first, now, limits });
    if (isComplete) {
      this.#hasBeenRead = true;
      // What a first read brings is history, unless more of it is to come.
      const isQuiet = occurrences.length === 0 || (first && !hasMore);
      if (hadEnded) this.#settledSince = isQuiet ? (this.#settledSince ?? this.#endedAt) : now;
    }
    const duration = (performance.now() - began) / 1000;
    const lastSuccess = error === undefined ? clock() : this.#health.lastSuccess;
    const health = { up: error === undefined, lastAttempt: now, lastSuccess, duration, error };
    // One that goes on being listed is not looked for at every read.
    const isNews = error?.reason === 'not_found' && this.#health.error?.reason !== 'not_found';
    if (isNews && this.origin === 'discovered' && !this.#isMissing) this.#doubtfulHealth = health;
    else this.#health = health;
    return { ...outcome, passed: [...outcome.passed, ...passed] };
  }

  /** @param unseen the counter series that not every scraper has seen at 0 */
  record(unseen: readonly string[]): TargetRecord {
    return {
      ...this.key,
      knownAt: this.knownAt,
      discoveredName: this.#wanted.discoveredName,
      origin: this.origin,
      hasBeenRead: this.#hasBeenRead,
      lastRead: this.#lastRead === undefined ? undefined : coarse(this.#lastRead),
      textSetting: this.#textLanguage,
      ledger: this.ledger.state(),
      tally: this.#tally.state(),
      counted: this.counted.state(),
      state: this.state,
      unseen,
    };
  }

  #count(occurrence: Occurrence<unknown>, now: number): void {
    const { classify, notice } = this.kind.events;
    const { countingSince } = this;
    this.#tally.add(classify(occurrence.event), occurrence, countingSince, now);
    if (occurrence.at >= countingSince) this.counted.add(occurrence.count, isProblem(notice(occurrence)));
  }

  get #endedAt(): number | undefined {
    return this.kind.listing.endedAt(this.state);
  }

  /** If the API tells no milliseconds, an event of the very second counts. */
  #inResolution(instant: number): number {
    return this.kind.reading.timesAreWholeSeconds ? Math.floor(instant / 1000) * 1000 : instant;
  }

  #tallyOptions({ window, limits }: TargetSettings): TallyOptions {
    const { knownClasses, unknownValuesMax } = this.kind.events;
    return { known: knownClasses, window, values: unknownValuesMax(limits) };
  }
}
