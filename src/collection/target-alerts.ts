import type { AlertBridge } from '../alerting/bridge.ts';
import type { Outcome } from './read-news.ts';
import type { Target } from './target.ts';

/** What a read has just brought that alerts are made of. */
type News = Pick<Outcome, 'occurrences' | 'passed'>;

/** Brings the alerts of a target up to what is known of it. */
export function updateAlerts(
  bridge: AlertBridge,
  target: Target,
  { occurrences: news, passed }: News,
  now: number,
): void {
  const { kind, state } = target;
  const problems = news.flatMap(({ event, at, count }) => {
    const problem = kind.alerts.problem(event);
    return problem === undefined ? [] : [{ problem, at, count }];
  });
  const recoveries = kind.alerts.recoveries(state);
  const conditions = kind.alerts.conditions(state);
  const observation = { problems, recoveries, conditions, passed };
  bridge.observe(target.description, observation, now, target.reads.hasChanged);
}
