import type { DiscoveryConfig, LimitsConfig, ProjectConfig, Severity } from '../config/config.ts';
import type { KindName } from '../kind-table.ts';
import type { Family, SampleSink } from '../metrics/family.ts';
import type { Api } from '../modelarts/api.ts';
import type { ApiError } from '../modelarts/errors.ts';

/** What the API says of one event, or of several with the same content. Instants are epoch milliseconds. */
export interface Sighting<E> {
  /** Content identity: equal keys are the same event, or identical events. */
  readonly key: string;
  readonly event: E;
  readonly first: number;
  readonly last: number;
  /** At least 1; grows on pool events. */
  readonly count: number;
}

/** One response, decoded. */
export interface Page<E> {
  readonly sightings: readonly Sighting<E>[];
  /** Content keys of the items that could not be read as events. */
  readonly malformed: readonly string[];
  /** How many events match the request, where the API told. */
  readonly total: number | undefined;
}

/** Something that happened and was not known before: `count` events with the same content at one instant. */
export interface Occurrence<E> {
  readonly event: E;
  readonly at: number;
  readonly count: number;
}

/** An occurrence as the event log, the status page and the JSON API show it. */
export interface Notice {
  readonly at: number;
  readonly problem: boolean;
  /** The API's own classes of the event: `event_type`, or `level` and `source`, or `type`, `reason` and `count`, or `result`. */
  readonly fields: Readonly<Record<string, string | number>>;
  readonly message: string;
}

/** A one-shot problem: an event that no later state takes back by itself. */
export interface Problem {
  readonly alertname: string;
  readonly severity: Severity;
  /** Labels beside the target's, such as `phase` or `reason`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly message: string;
}

/** A one-shot alert whose newest event is not after `at` is over. */
export interface Recovery {
  readonly alertname: string;
  readonly at: number;
}

/** A problem that lasts exactly as long as the kind's state shows it. */
export interface Condition {
  readonly alertname: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly message: string;
  /** When it began. */
  readonly since: number;
  /** Time of its newest event. */
  readonly at: number;
  /** How many events told of it since it began. */
  readonly events: number;
  /** It resolves by quiet time too (a failed job stays failed for ever). */
  readonly expires: boolean;
}

/** Where a read of a target's events begins, and how far it may go. Instants are epoch milliseconds. */
export interface ReadRequest {
  readonly id: string;
  readonly api: Api;
  readonly project: ProjectConfig;
  /** Events before this instant are known or out of scope. */
  readonly since: number;
  /** Nothing was ever read of this target. */
  readonly first: boolean;
  /** What happened before it does not count in totals. */
  readonly epoch: number;
  readonly now: number;
  /** Events after which a read stops. */
  readonly limit: number;
}

/** How a read ended, where it did not throw. */
export interface ReadResult {
  /** Set where the limit stopped an ascending read: the next one begins here. */
  readonly resume?: number;
  /** Events may have been passed over. */
  readonly truncated?: boolean;
  /** The read was unfiltered and whole: what it did not return no longer exists. */
  readonly everything?: boolean;
  /** What other endpoints of the kind told for the first time. */
  readonly notices?: readonly Notice[];
  /** Why another endpoint could not be read: the events are in all the same. */
  readonly failure?: ApiError;
}

export interface FoldContext {
  /** The occurrences are those of a target's first read: history rather than news. */
  readonly first: boolean;
  readonly now: number;
  readonly limits: LimitsConfig;
}

/** Takes each page as it comes and says how many occurrences in it were new. */
export type Admit<E> = (page: Page<E>) => number;

/** What discovery found of one target. */
export interface Discovered<D> {
  readonly id: string;
  readonly name: string | undefined;
  /** Why the project's settings exclude it. */
  readonly excluded?: string;
  /** The last listing did not return it; it is kept for `linger`. */
  readonly missing?: boolean;
  readonly details: D;
}

export interface DiscoveryRequest<D> {
  readonly api: Api;
  readonly settings: DiscoveryConfig;
  /** What the last discovery found, so that a listing can be read in part. */
  readonly known: ReadonlyMap<string, Discovered<D>>;
  readonly now: number;
}

/** What is known of a target beside its events, for people to look at; what is left out does not apply. */
export interface Detail {
  /** The status as ModelArts tells it. */
  readonly status?: string;
  /** Deployment phases in their order; seconds undefined until known. */
  readonly phases?: readonly { readonly phase: string; readonly seconds: number | undefined }[];
  /** Newest first, in epoch milliseconds. */
  readonly updates?: readonly { readonly time: number; readonly result: string }[];
  readonly nodes?: readonly { readonly state: string; readonly count: number }[];
  readonly exitCodes?: readonly { readonly worker: string; readonly code: number }[];
}

/**
 * All that is special about one kind of target. `E` is its decoded event, `S` its state (plain JSON,
 * so that the state file can hold it) and `D` what its listing tells.
 */
export interface Kind<E, S, D> {
  readonly name: KindName;
  /** Label names of a target's id and display name. */
  readonly labels: { readonly id: string; readonly name: string };
  /** Label names of the event counter; the first alone labels the recent and last-event gauges. */
  readonly classes: readonly string[];
  /** Label values that exist with 0 from the first successful read. */
  readonly knownClasses: readonly (readonly string[])[];
  readonly totalFamily: Family;
  readonly recentFamily: Family;
  readonly lastFamily: Family;
  /** The families that `samples` fills, in the order of the exposition. */
  readonly families: readonly Family[];
  /** Times of this kind are whole seconds. */
  readonly wholeSeconds: boolean;

  /** An identity may show more occurrences later, so it is kept for as long as the API returns it. */
  readonly grows: boolean;

  initialState(): S;

  /** The setting that event texts depend on; when it changes, known events look new. */
  textSetting(project: ProjectConfig): string;

  /**
   * Reads events since `request.since`, hands over each page, and updates `state` with what the
   * other endpoints of the kind tell.
   * @throws ApiError what was admitted before stays
   */
  read(request: ReadRequest, state: S, admit: Admit<E>): Promise<ReadResult>;

  /** Label values of an event, in the order of `classes`. */
  classify(event: E): readonly string[];
  notice(occurrence: Occurrence<E>): Notice;
  problem(event: E): Problem | undefined;

  /** Takes in every new occurrence of a refresh, oldest first. */
  fold(state: S, occurrences: readonly Occurrence<E>[], context: FoldContext): void;
  /**
   * Lists the targets of a project.
   * @throws ApiError what was known before stays
   */
  discover(request: DiscoveryRequest<D>): Promise<readonly Discovered<D>[]>;
  /** Takes in what discovery found, and says whether that changed anything. */
  foldDiscovery(state: S, details: D, now: number): boolean;

  samples(state: S, sink: SampleSink): void;
  conditions(state: S): readonly Condition[];
  recoveries(state: S): readonly Recovery[];
  detail(state: S): Detail;
  /** The target's name as the event API gave it, where it did. */
  nameOf(state: S): string | undefined;
  /** Discovery shows that nothing more happens, so the target is read only rarely. */
  finished(state: S): boolean;
}
