import type { LimitsConfig, ProjectConfig } from '../config/config.ts';
import type { KindName } from '../kind-table.ts';
import type { Family, SampleSink } from '../metrics/family.ts';
import type { Operation } from '../modelarts/api.ts';
import type { Catalog } from './catalog.ts';
import type { Detail } from './detail.ts';
import type { Discovered, DiscoveryRequest } from './discovered.ts';
import type { LoggedNotice, Notice, Occurrence } from './event.ts';
import type { EventFamilies } from './event-families.ts';
import type { Examination } from './examination.ts';
import type { Moment, Told } from './moment.ts';
import type { Condition, Problem, Recovery } from './problem.ts';
import type { Admit, FoldContext, ReadRequest, ReadResult } from './reading.ts';
import type { Outlook, Standing } from './standing.ts';
import type { Totals } from './totals.ts';

/** Under way to another state, such as an update that runs or a job that is pending; alive; or stopped or ended. */
export type Activity = 'moving' | 'alive' | 'resting';

/** Label values of an event in the order of their names, one at least. */
export type Classes = readonly [string, ...string[]];

/** What a listing brings: a change, or no more than that time has passed, of which something is counted. */
export type ListingNews = 'change' | 'time' | 'nothing';

/**
 * All that is special about one kind of target. `E` is its decoded event, `S` its state (plain JSON,
 * so that the state file can hold it) and `D` what its listing tells.
 */
export interface Kind<E, S, D> {
  readonly name: KindName;
  initialState(): S;
  readonly reading: Reading<E, S>;
  readonly events: Events<E, S>;
  readonly listing: Listing<S, D>;
  readonly alerts: Alerts<E, S>;
  readonly showing: Showing<E, S>;
  /** Left out where its targets add nothing to their project. */
  readonly totals?: Totals<S>;
  /** What the documents say that events may tell. */
  readonly catalog: Catalog;
  /** How the doctor finds out what this cloud does where the documents disagree. */
  readonly examination: Examination;
}

/** How the events of a target are read, and what their API promises. */
interface Reading<E, S> {
  /** The calls that `read` makes. */
  readonly operations: readonly Operation[];
  /** The API tells the times of events without milliseconds. */
  readonly timesAreWholeSeconds: boolean;
  /** An event record may show more occurrences later, so it is remembered for as long as the API returns it. */
  readonly recordsGrow: boolean;
  /** The language that event texts come in, where it can be chosen: when it changes, known events look new. */
  textLanguage?(project: ProjectConfig): string;
  /**
   * Reads events since `request.since`, hands over each page, and updates `state` with what the
   * other endpoints of the kind tell.
   * @throws ApiError what was admitted before stays
   */
  read(request: ReadRequest, state: S, admit: Admit<E>): Promise<ReadResult>;
}

/** What an event is, and how events are counted. */
interface Events<E, S> {
  readonly families: EventFamilies;
  /** Label names of the event counter; the first alone labels the recent and last-event gauges. */
  readonly classes: readonly string[];
  /** Label values that exist with 0 from the first successful read. */
  readonly knownClasses: readonly Classes[];
  /**
   * How many values the second label may take beside the known ones, before they become `other`. Left out where it is
   * of a closed set.
   */
  unknownValuesMax?(limits: LimitsConfig): number;
  /** Label values of an event, in the order of `classes`; undefined for one that the kind counts otherwise. */
  classify(event: E): Classes | undefined;
  notice(occurrence: Occurrence<E>): Notice;
  /** The event that a line of the event log tells, as `notice` wrote it; undefined where it tells of none. */
  eventOf(logged: LoggedNotice): E | undefined;
  /** Takes in a line of the event log that tells what another endpoint told, and says whether it is one. */
  foldNotice?(state: S, logged: LoggedNotice): boolean;
  /** Takes in every new occurrence of a refresh, oldest first. */
  fold(state: S, occurrences: readonly Occurrence<E>[], context: FoldContext): void;
}

/** How the targets of a project are found, and what the listing tells of each. */
interface Listing<S, D> {
  /** The call that `discover` makes. */
  readonly operation: Operation;
  /** Calls that it makes beside, and does without where they are refused. */
  readonly besides?: readonly Operation[];
  /** A region may lack the API of this kind: answered "not found", there are none, and it is asked rarely. */
  readonly mayBeUnpublished?: true;
  /**
   * Lists the targets of a project.
   * @throws ApiError what was known before stays
   */
  discover(request: DiscoveryRequest<D>): Promise<readonly Discovered<D>[]>;
  /** Takes in what discovery found. */
  fold(state: S, details: D, now: number): ListingNews;
  /** What in a listing goes with events: where it differs from the last, the events that explain it are read next. */
  explained(details: D): unknown;
  /**
   * Forgets what discovery told, as no listing shows the target any more, and says whether that changed anything.
   * What events told stays.
   */
  forget(state: S): boolean;
  /**
   * Since when nothing more happens, as the listing shows: the target is then read only rarely. Undefined where
   * it may still live; left out where none ever ends. Unix milliseconds.
   */
  endedAt?(state: S): number | undefined;
  /** How likely it is that something happens. */
  activity(state: S): Activity;
}

/** What is to be told to Alertmanager. */
interface Alerts<E, S> {
  problem(event: E): Problem | undefined;
  conditions(state: S): readonly Condition[];
  recoveries(state: S): readonly Recovery[];
}

/** What metrics and pages show of the state. */
interface Showing<E, S> {
  /** The families that `samples` fills, in the order of the exposition. */
  readonly families: readonly Family[];
  samples(state: S, sink: SampleSink): void;
  /** Who has created the target, where anything tells. */
  owner?(state: S): string | undefined;
  detail(state: S): Detail;
  /** The statuses that are known, with what they mean. */
  readonly outlooks: Readonly<Record<string, Outlook>>;
  /** What ModelArts says of the target itself; undefined until anything tells. */
  standing(state: S): Standing | undefined;
  /** What an event tells of how the target stood then, where it tells that. */
  told?(event: E): Told | undefined;
  /** Dated moments that the state holds, in any order. */
  moments(state: S): readonly Moment[];
  /** The target's name as the event API gave it, where it did. */
  reportedName(state: S): string | undefined;
}
