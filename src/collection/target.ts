import type { LimitsConfig, ProjectConfig } from '../config/config.ts';
import type { KindName } from '../kind-table.ts';
import type { Notice, Occurrence } from '../kinds/event.ts';
import type { Kind } from '../kinds/kind.ts';
import { KINDS } from '../kinds/kinds.ts';
import { descends } from '../kinds/page-arithmetic.ts';
import type { Api } from '../modelarts/api.ts';
import { ApiError } from '../modelarts/errors.ts';
import type { TargetKey } from '../target-key.ts';
import { Ledger, type LedgerState } from './ledger.ts';
import type { Pace } from './schedule.ts';
import { Tally, type TallyState } from './tally.ts';

/** A target as the state file holds it: plain JSON. */
export interface TargetRecord {
  readonly project: string;
  readonly kind: KindName;
  readonly id: string;
  /** When it became known, in Unix milliseconds. */
  readonly knownAt: number;
  /** Files of earlier versions do not have it. */
  readonly discoveredName?: string | undefined;
  readonly hasBeenRead: boolean;
  readonly textSetting: string;
  readonly ledger: LedgerState;
  readonly tally: TallyState;
  readonly state: unknown;
  /** Counter series that not every scraper had seen at 0: they are still to be shown as 0 first. */
  readonly unseen: readonly string[];
}

/** How the last refresh went. */
export interface Health {
  /** Undefined until the first refresh ended. */
  readonly up: boolean | undefined;
  readonly lastAttempt: number | undefined;
  readonly lastSuccess: number | undefined;
  /** Seconds. */
  readonly duration: number | undefined;
  readonly error: ApiError | undefined;
}

/** What applies to every target alike. Durations are milliseconds. */
export interface TargetSettings {
  readonly lookback: number;
  readonly overlap: number;
  readonly window: number;
  readonly limits: LimitsConfig;
  /** Since when the exporter counts, in Unix milliseconds. */
  readonly countingSince: number;
}

/** What a refresh brought. */
export interface Outcome {
  /** Everything that was not known before, oldest first. */
  readonly occurrences: readonly Occurrence<unknown>[];
  /** Results of other endpoints that were not known before. */
  readonly notices: readonly Notice[];
  readonly malformed: number;
  readonly truncated: boolean;
  readonly error: ApiError | undefined;
}

/** One service, training job or pool, and all that is known of it. */
export class Target {
  readonly kind: Kind<unknown, unknown, unknown>;
  readonly id: string;
  readonly knownAt: number;
  readonly state: unknown;
  readonly ledger: Ledger<unknown>;
  tally: Tally;
  project: ProjectConfig;
  /** The name that the configuration gives. */
  configuredName: string | undefined;
  /** The name that discovery found last, also by a process before this one. */
  discoveredName: string | undefined;
  origin: 'configured' | 'discovered' = 'configured';
  /** The last listing did not return it; it is kept for `linger`. */
  missing = false;
  /** It was read successfully at least once, also by a process before this one. */
  hasBeenRead: boolean;
  /** A read is under way, or its outcome not yet reported: what is known is not whole. */
  isBeingRead = false;
  /** When its last refresh was asked for, in Unix milliseconds. */
  refreshRequestedAt: number | undefined;
  health: Health = {
    up: undefined,
    lastAttempt: undefined,
    lastSuccess: undefined,
    duration: undefined,
    error: undefined,
  };
  #settings: TargetSettings;
  #textSetting: string;
  /** The first read since discovery showed the end, or the last that still brought something. */
  #settledSince: number | undefined;

  constructor(
    identity: { project: ProjectConfig; kind: KindName; id: string },
    settings: TargetSettings,
    now: number,
    record?: TargetRecord,
  ) {
    this.project = identity.project;
    this.kind = KINDS[identity.kind];
    this.id = identity.id;
    this.knownAt = record?.knownAt ?? now;
    this.discoveredName = record?.discoveredName;
    this.hasBeenRead = record?.hasBeenRead ?? false;
    this.state = record?.state ?? this.kind.initialState();
    this.ledger = new Ledger(
      this.kind.reading.recordsGrow ? 'no_longer_returned' : 'behind_overlap',
      record?.ledger,
    );
    this.tally = this.#createTally(settings, record?.tally);
    this.#textSetting = record?.textSetting ?? this.kind.reading.textLanguage(identity.project);
    this.#settings = settings;
  }

  get name(): string | undefined {
    return this.configuredName ?? this.discoveredName ?? this.kind.showing.reportedName(this.state);
  }

  /** It does not exist any more: there is nothing to read and nothing to be alarmed about. */
  get deleted(): boolean {
    return this.origin === 'discovered' && this.missing && this.health.error?.reason === 'not_found';
  }

  /** What identifies the target, as the series know it. */
  get key(): TargetKey {
    return { project: this.project.name, kind: this.kind.name, id: this.id };
  }

  /** The same for log lines. */
  get logFields() {
    return { project: this.project.name, kind: this.kind.name, target: this.id };
  }

  /** The target as events and pages name it. */
  get description() {
    return { ...this.key, region: this.project.region, name: this.name };
  }

  /** What decides when it is read next. */
  get pace(): Pace {
    return {
      refreshRequestedAt: this.refreshRequestedAt,
      reason: this.health.error?.reason,
      settledSince: this.kind.listing.hasEnded(this.state) ? this.#settledSince : undefined,
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

  /** Takes settings of a new configuration; what is already counted stays. */
  configure(project: ProjectConfig, settings: TargetSettings): void {
    const { unknownValuesMax } = this.kind.events;
    const before = this.#settings;
    if (
      before.window !== settings.window ||
      unknownValuesMax(before.limits) !== unknownValuesMax(settings.limits)
    ) {
      this.tally = this.#createTally(settings, this.tally.state());
    }
    this.project = project;
    this.#settings = settings;
  }

  /** Takes in what discovery found, and says whether that changed anything. */
  foldDiscovery(details: unknown, now: number): boolean {
    const changed = this.kind.listing.fold(this.state, details, now);
    if (!this.kind.listing.hasEnded(this.state)) this.#settledSince = undefined;
    return changed;
  }

  /**
   * Reads what is new and takes it in. Never throws: a failure is in the outcome and in `health`, and
   * what came before it stays.
   */
  async refresh(api: Api, clock: () => number): Promise<Outcome> {
    const { limits, overlap } = this.#settings;
    const now = clock();
    const began = performance.now();
    const first = !this.hasBeenRead;
    const finished = this.kind.listing.hasEnded(this.state);
    const occurrences: Occurrence<unknown>[] = [];
    let malformed = 0;
    let truncated = false;
    let notices: readonly Notice[] = [];
    let error: ApiError | undefined;
    this.#adoptTextSetting();
    this.health = { ...this.health, lastAttempt: now };
    try {
      const result = await this.kind.reading.read(
        {
          id: this.id,
          api,
          project: this.project,
          since: this.ledger.begin(this.lookbackStart, overlap),
          first,
          countingSince: this.countingSince,
          now,
          limit: limits.eventsPerPoll,
        },
        this.state,
        (page) => {
          const admission = this.ledger.admit(page, now);
          // Events of one instant are to stay in the order in which they happened.
          const inOrder = descends(page) ? admission.occurrences.toReversed() : admission.occurrences;
          // One by one: a page may hold more than fit on the stack.
          for (const occurrence of inOrder) occurrences.push(occurrence);
          malformed += admission.malformed;
          return admission.occurrences.length;
        },
      );
      this.ledger.end(result, now);
      truncated = result.truncated ?? false;
      notices = result.notices ?? [];
      error = result.failure;
      this.hasBeenRead = true;
      const isQuiet = occurrences.length === 0 && this.#settledSince !== undefined;
      if (finished && !isQuiet) this.#settledSince = now;
    } catch (thrown) {
      error =
        thrown instanceof ApiError ? thrown : new ApiError('other', 'unexpected error', { cause: thrown });
    }
    occurrences.sort((a, b) => a.at - b.at);
    for (const occurrence of occurrences) {
      this.tally.add(this.kind.events.classify(occurrence.event), occurrence, this.countingSince, now);
    }
    this.kind.events.fold(this.state, occurrences, { first, now, limits });
    this.health = {
      up: error === undefined,
      lastAttempt: now,
      lastSuccess: error === undefined ? clock() : this.health.lastSuccess,
      duration: (performance.now() - began) / 1000,
      error,
    };
    return { occurrences, notices, malformed, truncated, error };
  }

  /** @param unseen the counter series that not every scraper has seen at 0 */
  record(unseen: readonly string[]): TargetRecord {
    return {
      project: this.project.name,
      kind: this.kind.name,
      id: this.id,
      knownAt: this.knownAt,
      discoveredName: this.discoveredName,
      hasBeenRead: this.hasBeenRead,
      textSetting: this.#textSetting,
      ledger: this.ledger.state(),
      tally: this.tally.state(),
      state: this.state,
      unseen,
    };
  }

  /** Where the API tells no milliseconds, an event of the very second counts. */
  #inResolution(instant: number): number {
    return this.kind.reading.timesAreWholeSeconds ? Math.floor(instant / 1000) * 1000 : instant;
  }

  #createTally({ window, limits }: TargetSettings, state: TallyState | undefined): Tally {
    const { knownClasses, unknownValuesMax } = this.kind.events;
    return new Tally({ known: knownClasses, window, values: unknownValuesMax(limits) }, state);
  }

  #adoptTextSetting(): void {
    const setting = this.kind.reading.textLanguage(this.project);
    if (setting === this.#textSetting) return;
    this.ledger.skipOverlap();
    this.#textSetting = setting;
  }
}
