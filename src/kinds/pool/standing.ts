import type { Told } from '../moment.ts';
import { counted, type Outlook, type Standing } from '../standing.ts';
import { nodesChangeOf, statusChangeOf } from './changes.ts';
import type { PoolEvent } from './events.ts';
import { maintenanceRemarks } from './maintenance.ts';
import type { PoolState } from './state.ts';
import { countsOf, type NodeCounts } from './status.ts';
import { storyOf } from './trouble.ts';

/** What the statuses of a pool mean for those who compute in it. */
export const OUTLOOKS: Readonly<Record<string, Outlook>> = {
  creating: 'changing',
  running: 'working',
  abnormal: 'broken',
  deleting: 'changing',
  error: 'broken',
};

/** A pool that runs with abnormal nodes is weakened, since they became so. */
export function standing(state: PoolState): Standing | undefined {
  const { status, nodes, abnormal, nodesAbnormal, maintenance } = state;
  if (status === undefined) return undefined;
  const counts = nodes?.counts;
  const outlook = OUTLOOKS[status.value] ?? 'other';
  const lost = counts?.abnormal ?? 0;
  const isWeakened = outlook === 'working' && lost > 0;
  const trouble = storyOf(isWeakened ? nodesAbnormal : abnormal);
  return {
    status: status.value,
    outlook: isWeakened ? 'weakened' : outlook,
    since: trouble?.since ?? (status.isTold === true ? status.at : undefined),
    remarks: [
      ...(counts === undefined ? [] : nodeRemarks(counts)),
      ...(maintenance === undefined ? [] : maintenanceRemarks(maintenance)),
    ],
    nodes: counts,
  };
}

function nodeRemarks(counts: NodeCounts): string[] {
  const all = Object.values(counts).reduce((sum, count) => sum + count);
  const unavailable = Object.entries(counts).filter(([state, count]) => state !== 'available' && count > 0);
  return [counted(all, 'node'), ...unavailable.map(([state, count]) => `${count} ${state}`)];
}

export function told(event: PoolEvent): Told | undefined {
  const status = statusChangeOf(event)?.to;
  if (status !== undefined) return { status, outlook: OUTLOOKS[status] ?? 'other' };
  const nodes = nodesChangeOf(event)?.to;
  return nodes === undefined ? undefined : { nodes: countsOf(nodes) };
}
