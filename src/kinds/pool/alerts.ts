import type { Condition, Problem } from '../problem.ts';
import { nodesChangeOf, statusChangeOf } from './changes.ts';
import { type PoolEvent, RESOURCES_CHANGE, STATUS_CHANGE } from './events.ts';
import { maintenanceConditions } from './maintenance.ts';
import type { PoolState } from './state.ts';
import { countsOf, isBad } from './status.ts';
import { storyOf } from './trouble.ts';

/** What an event alone is an alert about: no change of status or nodes, which is a condition. */
export function problem(event: PoolEvent): Problem | undefined {
  if (event.type !== 'warning') return undefined;
  const status = statusChangeOf(event)?.to;
  const nodes = nodesChangeOf(event)?.to;
  if ((status !== undefined && isBad(status)) || (nodes !== undefined && countsOf(nodes).abnormal > 0)) {
    return undefined;
  }
  return {
    alertname: 'ModelArtsPoolWarningEvent',
    severity: 'warning',
    summary: 'reported a warning',
    labels: { reason: event.reason },
    message: event.message,
  };
}

/** What is wrong with the pool as it is known now. */
export function conditions(state: PoolState): Condition[] {
  const found: Condition[] = [];
  const abnormal = storyOf(state.abnormal);
  if (abnormal !== undefined) {
    found.push({
      alertname: 'ModelArtsPoolAbnormal',
      severity: 'critical',
      summary: 'is abnormal',
      labels: { reason: STATUS_CHANGE },
      ...abnormal,
      expires: false,
    });
  }
  const nodesAbnormal = storyOf(state.nodesAbnormal);
  if (nodesAbnormal !== undefined) {
    found.push({
      alertname: 'ModelArtsPoolNodesAbnormal',
      severity: 'warning',
      summary: 'has abnormal nodes',
      labels: { reason: RESOURCES_CHANGE },
      ...nodesAbnormal,
      expires: false,
    });
  }
  if (state.maintenance !== undefined) found.push(...maintenanceConditions(state.maintenance));
  return found;
}
