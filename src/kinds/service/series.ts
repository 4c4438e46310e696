import { KIND_TABLE } from '../../kind-table.ts';
import type { Family, SampleSink } from '../../metrics/family.ts';
import { statusSamples } from '../status-samples.ts';
import { endOf } from './deployments.ts';
import { runSamples } from './phase-runs.ts';
import { phaseUnderWay } from './phases.ts';
import type { ServiceState } from './state.ts';
import { RESULTS, type UpdatedModel } from './updates.ts';

const PREFIX = 'modelarts_service_';

const PHASE_DURATION: Family = {
  name: `${PREFIX}deployment_phase_duration_seconds`,
  type: 'gauge',
  help: 'Duration of the latest completed run of a deployment phase.',
};
const LAST_UPDATE_RESULT: Family = {
  name: `${PREFIX}last_update_result`,
  type: 'gauge',
  help: 'Result of the newest service update record: 1 for the result it has, else 0.',
};
const LAST_UPDATE: Family = {
  name: `${PREFIX}last_update_timestamp_seconds`,
  type: 'gauge',
  help: 'Unix time of the newest service update record.',
};
const UPDATES_TOTAL: Family = {
  name: `${PREFIX}updates_total`,
  type: 'counter',
  help: "Service update records that reached the result since the exporter's epoch.",
};
const LAST_UPDATE_NODES: Family = {
  name: `${PREFIX}last_update_nodes`,
  type: 'gauge',
  help: 'Edge nodes on which the newest update succeeded or failed.',
};
const MODEL_INSTANCES: Family = {
  name: `${PREFIX}model_instances`,
  type: 'gauge',
  help: 'Instances of a model in the newest service update record.',
};
const TRAFFIC_WEIGHT: Family = {
  name: `${PREFIX}model_traffic_weight_ratio`,
  type: 'gauge',
  help: 'Share of the traffic that goes to a model version, 0 to 1.',
};
const STATUS: Family = {
  name: `${PREFIX}status`,
  type: 'gauge',
  help: 'Status of the service as listed: 1 for the status it has, else 0.',
};

const INFO: Family = {
  name: `${PREFIX}info`,
  type: 'gauge',
  help: 'What listing and updates tell of the service that seldom changes; always 1.',
  bounded: ['owner', 'pool'],
};
const PHASE_START: Family = {
  name: `${PREFIX}deployment_phase_start_timestamp_seconds`,
  type: 'gauge',
  help: 'Unix time at which the deployment phase under way began; absent while nothing is deployed.',
};
const UPDATE_DURATION: Family = {
  name: `${PREFIX}update_duration_seconds`,
  type: 'gauge',
  help: 'Duration of the newest update that ended, from its update_time on.',
};
const AVAILABILITY: Family = {
  name: `${PREFIX}availability_seconds_total`,
  type: 'counter',
  help: 'Time that the service was running (good), or failed or concerning (bad), since it is listed.',
};

export const FAMILIES = [
  INFO,
  PHASE_DURATION,
  PHASE_START,
  UPDATE_DURATION,
  AVAILABILITY,
  LAST_UPDATE_RESULT,
  LAST_UPDATE,
  UPDATES_TOTAL,
  LAST_UPDATE_NODES,
  MODEL_INSTANCES,
  TRAFFIC_WEIGHT,
  STATUS,
] as const;

export function samples(state: ServiceState, sink: SampleSink): void {
  runSamples(state, PHASE_DURATION, sink);
  const { inferType, owner, updates, status, time } = state;
  const pool = updates.newest?.pool;
  if (inferType !== undefined || owner !== undefined || pool !== undefined) {
    sink(INFO, { infer_type: inferType, owner, pool }, 1);
  }
  const underWay = phaseUnderWay(state.marks);
  if (underWay !== undefined && (updates.newest?.result === 'running' || status?.value === 'deploying')) {
    sink(PHASE_START, { phase: underWay.phase }, underWay.at / 1000);
  }
  const ended = updates.deployments?.at(-1);
  const end = ended === undefined ? undefined : endOf(ended, state);
  if (ended !== undefined && end !== undefined) sink(UPDATE_DURATION, {}, Math.max(0, end - ended.at) / 1000);
  if (time !== undefined) {
    sink(AVAILABILITY, { state: 'good' }, time.good / 1000);
    sink(AVAILABILITY, { state: 'bad' }, time.bad / 1000);
  }
  updateSamples(state, sink);
  if (status !== undefined) statusSamples(STATUS, KIND_TABLE.service.statuses, status.value, sink);
}

function updateSamples({ updates }: ServiceState, sink: SampleSink): void {
  if (updates.readAt === 0) return;
  const { newest, totals } = updates;
  const results = newest?.result === 'other' ? [...RESULTS, 'other' as const] : RESULTS;
  for (const result of results) sink(LAST_UPDATE_RESULT, { result }, newest?.result === result ? 1 : 0);
  sink(UPDATES_TOTAL, { result: 'success' }, totals.success);
  sink(UPDATES_TOTAL, { result: 'fail' }, totals.fail);
  if (totals.other > 0) sink(UPDATES_TOTAL, { result: 'other' }, totals.other);
  if (newest === undefined) return;
  sink(LAST_UPDATE, {}, newest.at / 1000);
  if (newest.succeededNodes !== undefined) {
    sink(LAST_UPDATE_NODES, { outcome: 'succeeded' }, newest.succeededNodes);
  }
  if (newest.failedNodes !== undefined) sink(LAST_UPDATE_NODES, { outcome: 'failed' }, newest.failedNodes);
  for (const model of newest.models) {
    if (model.instances === undefined) continue;
    sink(MODEL_INSTANCES, { ...modelLabels(model), specification: model.specification }, model.instances);
  }
  for (const [labels, weight] of weights(newest.models)) sink(TRAFFIC_WEIGHT, labels, weight / 100);
}

/** One model may be deployed with several specifications; its traffic is one. */
function weights(models: readonly UpdatedModel[]): [ReturnType<typeof modelLabels>, number][] {
  const sums = new Map<string, [ReturnType<typeof modelLabels>, number]>();
  for (const model of models) {
    if (model.weight === undefined) continue;
    const labels = modelLabels(model);
    const key = JSON.stringify(labels);
    sums.set(key, [labels, (sums.get(key)?.[1] ?? 0) + model.weight]);
  }
  return [...sums.values()];
}

function modelLabels({ id, name, version }: UpdatedModel) {
  return { model_id: id, model_name: name, model_version: version };
}
