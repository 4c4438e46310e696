import type { LimitsConfig, ProjectConfig } from '../config/config.ts';
import type { Api } from '../modelarts/api.ts';
import type { ApiError } from '../modelarts/errors.ts';
import type { Notice, Page } from './event.ts';
import type { Condition } from './problem.ts';

/** Where a read of a target's events begins, and how far it may go. Instants are Unix milliseconds. */
export interface ReadRequest {
  readonly id: string;
  readonly api: Api;
  readonly project: ProjectConfig;
  /** What is to be read beside, of what is read only where it is asked for. */
  readonly extras: readonly string[];
  /** Events before this instant are known or out of scope. */
  readonly since: number;
  /** How many events since then are known. */
  readonly known: number;
  /** Nothing was ever read of this target. */
  readonly first: boolean;
  /** What happened before it does not count in totals. */
  readonly countingSince: number;
  readonly now: number;
  /** Events after which a read stops. */
  readonly limit: number;
  /**
   * Fetches a page of events, or gives it again: a read that was cut off in its middle has fetched it before.
   * @param what tells the page from every other of this target, whenever it is asked for
   */
  readonly page: <T>(what: unknown, fetch: () => Promise<T>) => Promise<T>;
}

/** How a read ended, where it did not throw. */
export interface ReadResult {
  /** Set where the limit stopped an ascending read: the next one begins here. */
  readonly resume?: number | undefined;
  /** The read may have missed events. */
  readonly truncated?: boolean;
  /** The read was unfiltered and reached its end: what it did not return no longer exists. */
  readonly exhaustive?: boolean;
  /** What other endpoints of the kind told for the first time. */
  readonly notices?: readonly Notice[];
  /** Conditions of which they told that began and ended since the last read. */
  readonly passed?: readonly Condition[];
  /** Why another endpoint could not be read: the events are in all the same. */
  readonly failure?: ApiError | undefined;
}

/** Takes each page as it comes and says how many occurrences in it were new. */
export type Admit<E> = (page: Page<E>) => number;

/** What a kind may want to know of the refresh whose occurrences it takes in. */
export interface FoldContext {
  /** The occurrences are those of a target's first read: history rather than news. */
  readonly first: boolean;
  /** What happened before it does not count in totals. */
  readonly countingSince: number;
  readonly now: number;
  readonly limits: LimitsConfig;
}
