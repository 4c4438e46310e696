import type { Alert } from '../alerting/alert.ts';
import type { Course } from '../collection/chronicle.ts';
import type { FailingListing } from '../collection/collector.ts';
import type { NoticeView } from '../collection/notice-view.ts';
import type { TargetView } from '../collection/target-view.ts';
import type { KindName } from '../kind-table.ts';
import type { Detail } from '../kinds/detail.ts';
import type { Moment } from '../kinds/moment.ts';
import type { Scope } from '../metrics/scope.ts';
import type { TargetKey } from '../target-key.ts';
import type { Link } from './target-links.ts';

export interface ExporterView {
  readonly version: string;
  /** Start of the process, in Unix milliseconds. */
  readonly startedAt: number;
}

/** Which notices are wanted. A property that is left out does not filter. */
export interface NoticeFilter {
  readonly project?: string | undefined;
  readonly kind?: KindName | undefined;
  readonly id?: string | undefined;
  readonly problem?: boolean | undefined;
}

export type ReloadResult =
  | { readonly ok: true }
  /** The configuration is the one before. Each problem is one line. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** All that the web needs of the exporter. Durations are milliseconds. */
export interface Backend {
  about(): ExporterView;
  /** Unix milliseconds, for `5 min ago` and the like. */
  clock(): number;
  /** Names of the configured projects. */
  projects(): readonly string[];
  targets(): readonly TargetView[];
  /** Undefined if it is neither configured nor discovered. */
  target(key: TargetKey): TargetView | undefined;
  /** Newest first. */
  notices(filter: NoticeFilter, limit: number): readonly NoticeView[];
  /** The firing alerts. */
  alerts(): readonly Alert[];
  /** Undefined if it is neither configured nor discovered. */
  detail(key: TargetKey): Detail | undefined;
  /** What the target went through lately. Undefined if there is no such target. */
  course(key: TargetKey): (Course & { readonly moments: readonly Moment[] }) | undefined;
  /** What shows the target elsewhere. */
  links(target: TargetView): readonly Link[];
  /** Whether every configured target was tried once. */
  ready(): boolean;
  /** The listings that fail: what they found before is kept. */
  failingListings(): readonly FailingListing[];
  /** How long before the scraper's timeout a scrape is answered. */
  timeoutOffset(): number;
  /**
   * Refreshes those targets of the scope that are due, and waits for them no longer than `deadline`.
   * It does not throw if a refresh fails.
   * @param isNewcomer who scrapes is to be remembered, should the process end right after its answer
   */
  scrape(deadline: number, scope: Scope, isNewcomer?: boolean): Promise<void>;
  /** Lets the counters that every scraper has now seen at 0 be shown with their values, within what was just scraped. */
  revealCounters(scope: Scope): void;
  reload(): Promise<ReloadResult>;
  /** The configuration in force, with every secret as `<secret>`. */
  redactedConfig(): unknown;
}
