/** What a status means for those who need the target. */
export type Condition = 'good' | 'bad' | 'neither';

/** How long a target was in good and in bad statuses, in milliseconds. */
export interface StatusTime {
  readonly good: number;
  readonly bad: number;
  /** Up to when that is known, in Unix milliseconds, and how it stood then. */
  readonly at: number;
  readonly condition: Condition;
}

/**
 * Adds the time since the last look. Between two looks a target changes once at most as far as anybody can tell, when
 * the listing says so, and else at the later look:
 *
 *     good at 09:00, bad at 09:10, changed at 09:04     4 minutes good, 6 minutes bad
 */
export function addStatusTime(
  before: StatusTime | undefined,
  { condition, at, changedAt = at }: { condition: Condition; at: number; changedAt?: number | undefined },
): StatusTime {
  if (before === undefined) return { good: 0, bad: 0, at, condition };
  if (at <= before.at) return before;
  const turn = condition === before.condition ? at : Math.min(at, Math.max(before.at, changedAt));
  const { good, bad } = before;
  const time = { good, bad, neither: 0 };
  time[before.condition] += turn - before.at;
  time[condition] += at - turn;
  return { good: time.good, bad: time.bad, at, condition };
}
