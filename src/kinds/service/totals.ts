import { KIND_TABLE } from '../../kind-table.ts';
import type { TotalFamily } from '../../metrics/family.ts';
import { oneOf } from '../decode.ts';
import type { TotalSink } from '../totals.ts';
import { endOf, failedPhase } from './deployments.ts';
import { PHASES } from './phases.ts';
import type { ServiceState } from './state.ts';

const STATUSES: readonly string[] = KIND_TABLE.service.statuses;
const RESULTS = ['success', 'fail'] as const;

const SERVICES: TotalFamily = {
  name: 'modelarts_services',
  type: 'gauge',
  help: 'Services in each status, as last listed.',
  labels: ['status'],
  known: STATUSES.map((status) => ({ status })),
};
const DEPLOYMENTS: TotalFamily = {
  name: 'modelarts_service_deployments_total',
  type: 'counter',
  help: "Updates of services that ended since the exporter's epoch, by result and the phase in which they failed.",
  labels: ['result', 'phase'],
  known: [
    { result: 'success', phase: 'none' },
    ...[...PHASES, 'none'].map((phase) => ({ result: 'fail', phase })),
  ],
};
const DURATION: TotalFamily = {
  name: 'modelarts_service_deployment_seconds',
  type: 'histogram',
  help: 'From the beginning of an update of a service to its end.',
  labels: ['result'],
  known: RESULTS.map((result) => ({ result })),
  buckets: [5, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400],
};

export const TOTALS = [SERVICES, DEPLOYMENTS, DURATION] as const;

export function tellTotals(state: ServiceState, _since: number, sink: TotalSink): void {
  const { status, updates } = state;
  if (status !== undefined) sink.now(SERVICES, { status: oneOf(STATUSES, status.value) });
  for (const deployment of updates.deployments ?? []) {
    const { at, result, endSeenAt } = deployment;
    const fact = `${at} ${result}`;
    sink.once(fact, DEPLOYMENTS, { result, phase: failedPhase(deployment, state) }, endSeenAt);
    const end = endOf(deployment, state);
    if (end !== undefined) sink.once(fact, DURATION, { result }, endSeenAt, Math.max(0, end - at) / 1000);
  }
}
