import type { Family, SampleSink } from '../../metrics/family.ts';
import type { PoolState } from './pool.ts';
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

export const FAMILIES = [NODES, STATUS] as const;

const STATUSES = ['creating', 'running', 'abnormal', 'deleting', 'error'];

export function samples({ nodes, status, everythingAt }: PoolState, sink: SampleSink): void {
  if (nodes !== undefined) for (const state of NODE_STATES) sink(NODES, { state }, nodes.counts[state]);
  if (status === undefined && everythingAt === 0) return;
  const current = status === undefined || STATUSES.includes(status.value) ? status?.value : 'other';
  const statuses = current === 'other' ? [...STATUSES, current] : STATUSES;
  for (const value of statuses) sink(STATUS, { status: value }, value === current ? 1 : 0);
}
