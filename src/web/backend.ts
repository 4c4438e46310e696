import type { Alert } from '../alerting/alert.ts';
import type { NoticeView } from '../collection/notice-view.ts';
import type { TargetView } from '../collection/target-view.ts';
import type { KindName } from '../kind-table.ts';
import type { Detail } from '../kinds/detail.ts';
import type { TargetKey } from '../target-key.ts';

export interface ExporterView {
  readonly version: string;
  /** Start of the process, in epoch milliseconds. */
  readonly startedAt: number;
}

/** Which notices are wanted; what is left out does not matter. */
export interface NoticeFilter {
  readonly project?: string;
  readonly kind?: KindName;
  readonly id?: string;
  readonly problem?: boolean;
}

export type ReloadResult =
  | { readonly ok: true }
  /** Nothing was changed; each problem is one line. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** What the web shows and sets going. Durations are milliseconds. */
export interface Backend {
  about(): ExporterView;
  /** The clock that ages are told by. */
  now(): number;
  /** Names of the configured projects. */
  projects(): readonly string[];
  targets(): readonly TargetView[];
  /** Newest first. */
  notices(filter: NoticeFilter, limit: number): readonly NoticeView[];
  /** Those that fire. */
  alerts(): readonly Alert[];
  /** Undefined for a target that is not known. */
  detail(key: TargetKey): Detail | undefined;
  /** Whether every configured target was tried once. */
  ready(): boolean;
  /** What is taken off the scraper's timeout. */
  timeoutOffset(): number;
  /**
   * Refreshes what is due of the selected targets, or of all, and waits for it no longer than `deadline`.
   * A failed refresh is no failed scrape.
   */
  scrape(deadline: number, select?: (key: TargetKey) => boolean): Promise<void>;
  /** The same for one target; false where it is neither configured nor discovered. */
  probe(key: TargetKey, deadline: number): Promise<boolean>;
  /** Shows with their values the counters that every scraper has seen at 0 by now. */
  revealCounters(): void;
  reload(): Promise<ReloadResult>;
  /** The configuration in force, with every secret as `<secret>`. */
  redactedConfig(): unknown;
}
