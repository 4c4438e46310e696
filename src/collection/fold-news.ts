import type { Occurrence } from '../kinds/event.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Condition } from '../kinds/problem.ts';
import type { FoldContext } from '../kinds/reading.ts';

/** So many instants are taken in one by one; in more, what came and went is history. */
const STEPS_MAX = 500;

/**
 * Takes new occurrences into the state of a target, instant by instant, so that a condition shows that one of them
 * began and a later one ended.
 * @param occurrences oldest first
 * @returns the conditions that came and went
 */
export function foldNews(
  kind: Kind<unknown, unknown, unknown>,
  state: unknown,
  occurrences: readonly Occurrence<unknown>[],
  context: FoldContext,
): Condition[] {
  const instants = [...new Set(occurrences.map(({ at }) => at))];
  if (context.first || instants.length < 2 || instants.length > STEPS_MAX) {
    kind.events.fold(state, occurrences, context);
    return [];
  }
  const seen = new Map<string, Condition>();
  let from = 0;
  for (const instant of instants) {
    const end = occurrences.findIndex(({ at }, index) => index >= from && at !== instant);
    const until = end < 0 ? occurrences.length : end;
    kind.events.fold(state, occurrences.slice(from, until), context);
    from = until;
    for (const condition of kind.alerts.conditions(state)) seen.set(keyOf(condition), condition);
  }
  for (const condition of kind.alerts.conditions(state)) seen.delete(keyOf(condition));
  return [...seen.values()];
}

function keyOf({ alertname, severity, labels }: Condition): string {
  return JSON.stringify([alertname, severity, labels]);
}
