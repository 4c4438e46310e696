import type { Labels, TotalFamily } from '../metrics/family.ts';

/** Takes what a target adds to the totals of its project. A fact is named, so that it counts once however often it is told. */
export interface TotalSink {
  /** An amount that grows, such as time: what it has grown by since it was told last is added. */
  amount(fact: string, family: TotalFamily, labels: Labels, amount: number): void;
  /**
   * Something that happened once: it counts, or is observed with the value, unless it happened before the epoch.
   * @param at Unix milliseconds
   */
  once(fact: string, family: TotalFamily, labels: Labels, at: number, value?: number): void;
  /** There is one such now, as the last listing shows. */
  now(family: TotalFamily, labels: Labels): void;
}

/** What the targets of a kind add up to in their project. */
export interface Totals<S> {
  /** In the order of the exposition. */
  readonly families: readonly TotalFamily[];
  /**
   * Tells all that the target adds, also what was told before. It is asked after every read and every listing, so
   * that it makes no difference how much happened between two of them.
   * @param since the target's epoch in Unix milliseconds: what happened before does not count
   */
  tell(state: S, since: number, sink: TotalSink): void;
}
