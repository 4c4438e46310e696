import type { Family, SampleSink } from '../../metrics/family.ts';
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

export const FAMILIES = [INFO, NODES, WANTED, STATUS, ABNORMAL] as const;

const STATUSES = ['creating', 'running', 'abnormal', 'deleting', 'error'];

export function samples(state: PoolState, sink: SampleSink): void {
  const { nodes, status, everythingAt, info, wanted, time } = state;
  if (info !== undefined) sink(INFO, { ...info }, 1);
  if (wanted !== undefined) sink(WANTED, {}, wanted);
  if (time !== undefined) sink(ABNORMAL, {}, time.bad / 1000);
  if (nodes !== undefined) for (const state of NODE_STATES) sink(NODES, { state }, nodes.counts[state]);
  if (status === undefined && everythingAt === 0) return;
  const current = status === undefined || STATUSES.includes(status.value) ? status?.value : 'other';
  const statuses = current === 'other' ? [...STATUSES, current] : STATUSES;
  for (const value of statuses) sink(STATUS, { status: value }, value === current ? 1 : 0);
}
