import { KIND_TABLE } from '../../kind-table.ts';
import type { TotalFamily } from '../../metrics/family.ts';
import { oneOf } from '../decode.ts';
import type { TotalSink } from '../totals.ts';
import type { InferenceServiceState } from './state.ts';

const STATUSES: readonly string[] = KIND_TABLE.inference_service.statuses;

const SERVICES: TotalFamily = {
  name: 'modelarts_inference_services',
  type: 'gauge',
  help: 'Inference services in each status, as last listed.',
  labels: ['status'],
  known: STATUSES.map((status) => ({ status })),
};
const DEPLOYMENTS: TotalFamily = {
  name: 'modelarts_inference_service_deployments_total',
  type: 'counter',
  help: "Deployments of inference services that ended since the exporter's epoch, by the status they led to.",
  labels: ['result'],
  known: [{ result: 'success' }, { result: 'fail' }],
};

export const TOTALS = [SERVICES, DEPLOYMENTS] as const;

export function tellTotals(
  { status, ended = [] }: InferenceServiceState,
  _since: number,
  sink: TotalSink,
): void {
  if (status !== undefined) sink.now(SERVICES, { status: oneOf(STATUSES, status.value) });
  for (const { at, result } of ended) sink.once(`${at} ${result}`, DEPLOYMENTS, { result }, at);
}
