import type { Family, SampleSink } from '../../metrics/family.ts';
import { oneOf } from '../decode.ts';
import { statusSamples } from '../status-samples.ts';
import { settled } from './abnormal-time.ts';
import { MAINTENANCE_STATES } from './scheduled-events.ts';
import type { PoolState } from './state.ts';
import { NODE_STATES } from './status.ts';

const PREFIX = 'modelarts_pool_';

const NODES: Family = {
  name: `${PREFIX}nodes`,
  type: 'gauge',
  help: 'Nodes of the resource pool by state.',
};
const STATUS: Family = {
  name: `${PREFIX}status`,
  type: 'gauge',
  help: 'Status of the resource pool: 1 for the status it has, else 0.',
};

const INFO: Family = {
  name: `${PREFIX}info`,
  type: 'gauge',
  help: 'What the listing tells of the resource pool that seldom changes; always 1.',
  bounded: ['flavor'],
};
const WANTED: Family = {
  name: `${PREFIX}nodes_wanted`,
  type: 'gauge',
  help: 'Nodes that the resource pool is to have.',
};
const ABNORMAL: Family = {
  name: `${PREFIX}abnormal_seconds_total`,
  type: 'counter',
  help: 'Time that the resource pool was in a status that it is not meant to be in, since it is known.',
};

const MAINTENANCE_START: Family = {
  name: `${PREFIX}maintenance_start_timestamp_seconds`,
  type: 'gauge',
  help: 'Unix time at which planned maintenance of a node of the resource pool starts, or has started.',
};
const MAINTENANCE_STATE: Family = {
  name: `${PREFIX}maintenance_state`,
  type: 'gauge',
  help: 'State of planned maintenance of a node of the resource pool: 1 for the state it has, else 0.',
};

export const FAMILIES = [
  INFO,
  NODES,
  WANTED,
  STATUS,
  ABNORMAL,
  MAINTENANCE_START,
  MAINTENANCE_STATE,
] as const;

const STATUSES = ['creating', 'running', 'abnormal', 'deleting', 'error'];

export function samples(state: PoolState, sink: SampleSink): void {
  const { nodes, status, everythingAt, info, wanted, abnormalTime, maintenance } = state;
  if (info !== undefined) sink(INFO, { ...info }, 1);
  if (wanted !== undefined) sink(WANTED, {}, wanted);
  if (abnormalTime !== undefined) sink(ABNORMAL, {}, settled(abnormalTime).bad / 1000);
  if (nodes !== undefined) for (const state of NODE_STATES) sink(NODES, { state }, nodes.counts[state]);
  for (const { id, type, node, state: current, start } of maintenance?.planned ?? []) {
    const labels = { event: id, type, node };
    if (start !== undefined) sink(MAINTENANCE_START, labels, start / 1000);
    const states = new Set<string>([...MAINTENANCE_STATES, current]);
    for (const each of states) sink(MAINTENANCE_STATE, { ...labels, state: each }, each === current ? 1 : 0);
  }
  if (status === undefined && everythingAt === 0) return;
  statusSamples(STATUS, STATUSES, status && oneOf(STATUSES, status.value), sink);
}
