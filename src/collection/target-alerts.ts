import type { AlertTarget } from '../alerting/alert.ts';
import type { AlertBridge } from '../alerting/bridge.ts';
import type { Occurrence } from '../kinds/event.ts';
import type { Target } from './target.ts';

/** Brings the alerts of a target up to what is known of it; `news` are the events that a read has just brought. */
export function updateAlerts(
  bridge: AlertBridge,
  target: Target,
  news: readonly Occurrence<unknown>[],
  now: number,
): void {
  const { kind, state } = target;
  if (target.isDeleted) {
    bridge.remove(target.key, now);
    return;
  }
  const problems = news.flatMap(({ event, at, count }) => {
    const problem = kind.alerts.problem(event);
    return problem === undefined ? [] : [{ problem, at, count }];
  });
  const recoveries = kind.alerts.recoveries(state);
  const conditions = kind.alerts.conditions(state);
  bridge.observe(alertTarget(target), { problems, recoveries, conditions }, now);
}

export function alertTarget(target: Target): AlertTarget {
  return { ...target.description, labels: target.kind.labels };
}
