import type { KindName } from '../kind-table.ts';

/**
 * How a target stands, whatever its kind calls that: broken needs somebody now, weakened works in part, changing is on
 * its way, ended is over without a fault, and other is a status that nobody knows.
 */
export const OUTLOOKS = ['broken', 'weakened', 'changing', 'working', 'ended', 'other'] as const;
export type Outlook = (typeof OUTLOOKS)[number];

/** The kind of what others run in. */
export const POOL_KIND: KindName = 'pool';

/** What ModelArts says of a target itself: the main thing that pages show of it. */
export interface Standing {
  /** In the word of ModelArts, lower-case, such as `running`. */
  readonly status: string;
  readonly outlook: Outlook;
  /** Since when, in Unix milliseconds; undefined where nothing tells. */
  readonly since?: number | undefined;
  /** What else one wants to know at once, such as `8 nodes` or `image pulling`. */
  readonly remarks: readonly string[];
  /** Whose it is, where the kind tells. */
  readonly owner?: string | undefined;
  /** Ids of the resource pools that it runs in; none where it does not run, or in the public pool. */
  readonly pools?: readonly string[] | undefined;
  /** Nodes by state, where the kind has them. */
  readonly nodes?: Readonly<Record<string, number>> | undefined;
}

/** Such as `1 node` and `2 nodes`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
