import { KIND_TABLE } from '../../kind-table.ts';
import type { Family, SampleSink } from '../../metrics/family.ts';
import { oneOf } from '../decode.ts';
import { runSamples } from '../service/phase-runs.ts';
import { statusSamples } from '../status-samples.ts';
import { poolsOf } from './standing.ts';
import type { InferenceServiceState } from './state.ts';

const PREFIX = 'modelarts_inference_service_';

const STATUS: Family = {
  name: `${PREFIX}status`,
  type: 'gauge',
  help: 'Status of the inference service: 1 for the status it has, else 0.',
};
const INFO: Family = {
  name: `${PREFIX}info`,
  type: 'gauge',
  help: 'What the inference service is and whose it is; always 1.',
  bounded: ['owner', 'pool'],
};
const VERSIONS: Family = {
  name: `${PREFIX}versions`,
  type: 'gauge',
  help: 'Versions that the inference service has.',
};
const INSTANCES: Family = {
  name: `${PREFIX}instances`,
  type: 'gauge',
  help: 'Instances of a deployment of the inference service: how many are wanted, and how many run.',
};
const TRAFFIC: Family = {
  name: `${PREFIX}traffic_ratio`,
  type: 'gauge',
  help: 'Share of the traffic that goes to a deployment of the inference service, 0 to 1.',
};
const PHASE_DURATION: Family = {
  name: `${PREFIX}deployment_phase_duration_seconds`,
  type: 'gauge',
  help: 'Duration of the latest completed run of a deployment phase, where texts tell it.',
};
const POD_EVENTS: Family = {
  name: `${PREFIX}pod_events_total`,
  type: 'counter',
  help: "Kubernetes events of the pods of the inference service that occurred since the exporter's epoch.",
};

export const FAMILIES = [STATUS, INFO, VERSIONS, INSTANCES, TRAFFIC, PHASE_DURATION, POD_EVENTS] as const;

export function samples(state: InferenceServiceState, sink: SampleSink): void {
  if (state.status !== undefined) {
    const known = KIND_TABLE.inference_service.statuses;
    statusSamples(STATUS, known, oneOf(known, state.status.value), sink);
  }
  const { facts, version, versions, deployments } = state;
  if (facts !== undefined) {
    const { type, deployType, owner } = facts;
    const pool = poolsOf(deployments)?.join(',');
    sink(INFO, { type, deploy_type: deployType, owner, pool, version }, 1);
  }
  if (versions !== undefined) sink(VERSIONS, {}, versions);
  const shown = new Set<string>();
  for (const { name, version: of, wanted, running, traffic } of deployments) {
    // Two deployments of one name and version can't be told apart by labels.
    const key = JSON.stringify([name, of]);
    if (shown.has(key)) continue;
    shown.add(key);
    const labels = { deployment: name, version: of };
    if (wanted !== undefined) sink(INSTANCES, { ...labels, state: 'wanted' }, wanted);
    if (running !== undefined) sink(INSTANCES, { ...labels, state: 'running' }, running);
    if (traffic !== undefined) sink(TRAFFIC, labels, traffic);
  }
  runSamples(state, PHASE_DURATION, sink);
  for (const [type, reason, count] of state.podTally) sink(POD_EVENTS, { type, reason }, count);
}
