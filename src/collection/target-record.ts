import type { TargetKey } from '../target-key.ts';
import type { ChronicleState } from './chronicle.ts';
import type { LedgerState } from './ledger.ts';
import type { TallyState } from './tally.ts';

const LAST_READ_STEP = 5 * 60_000;

/** A target as the state file holds it: plain JSON. */
export interface TargetRecord extends TargetKey {
  /** When it became known, in Unix milliseconds. */
  readonly knownAt: number;
  readonly discoveredName: string | undefined;
  readonly origin: 'configured' | 'discovered';
  readonly hasBeenRead: boolean;
  /** When the last read that worked began, or a little earlier; undefined before the first. */
  readonly lastRead: number | undefined;
  readonly textLanguage: string;
  readonly ledger: LedgerState;
  readonly tally: TallyState;
  /** What it has added to the totals of its project. */
  readonly added: Readonly<Record<string, number>>;
  /** What timelines show; undefined where that is nothing. */
  readonly chronicle: ChronicleState | undefined;
  readonly state: unknown;
  /** Counter series that not every scraper had seen at 0: they are still to be shown as 0 first. */
  readonly unseen: readonly string[];
}

/** A target without news must not have the state written at every read: what is saved of the time changes seldom. */
export function coarse(instant: number): number {
  return Math.floor(instant / LAST_READ_STEP) * LAST_READ_STEP;
}
