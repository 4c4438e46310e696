import type { DiscoveryConfig } from '../config/config.ts';
import type { Api } from '../modelarts/api.ts';

/** What discovery found of one target. */
export interface Discovered<D> {
  readonly id: string;
  readonly name: string | undefined;
  /** Why the project's settings exclude it. */
  readonly excluded?: string | undefined;
  /** The last listing did not return it; it is kept for `linger`. */
  readonly missing?: boolean;
  readonly details: D;
}

export interface DiscoveryRequest<D> {
  readonly api: Api;
  readonly settings: DiscoveryConfig;
  /** What the last discovery found, so that a listing can be read in part. */
  readonly known: ReadonlyMap<string, Discovered<D>>;
  /** The listing is to be read to its end: it was not yet, or not by these settings. */
  readonly whole: boolean;
  /** Known targets whose reads were answered "not found": the listing is to tell of these in any case. */
  readonly doubted: ReadonlySet<string>;
  readonly now: number;
}
