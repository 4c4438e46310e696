import type { LimitsConfig } from '../config/config.ts';

/** What applies to every target alike. Durations are milliseconds. */
export interface TargetSettings {
  readonly lookback: number;
  readonly overlap: number;
  readonly window: number;
  readonly limits: LimitsConfig;
  /** Since when the exporter counts, in Unix milliseconds. */
  readonly countingSince: number;
}
