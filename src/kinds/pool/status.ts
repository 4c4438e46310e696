import { type PoolEvent, RESOURCES_CHANGE, STATUS_CHANGE } from './events.ts';

export const NODE_STATES = ['available', 'abnormal', 'creating', 'deleting'] as const;
export type NodeCounts = Readonly<Record<(typeof NODE_STATES)[number], number>>;

const STATUS = /^Pool status changed, from [^,]{0,64} to (?<to>[^\s,.]{1,64})/;
const NODES =
  /count from [\d/]+ to (?<to>\d{1,9}\/\d{1,9}\/\d{1,9}\/\d{1,9})(?:, timestamp: (?<stamp>\d{1,12}))?/;

/** The status, lower-case, that a PoolStatusChange tells; undefined for any other event or text. */
export function statusOf({ reason, message }: PoolEvent): string | undefined {
  return reason === STATUS_CHANGE ? STATUS.exec(message)?.groups?.['to']?.toLowerCase() : undefined;
}

/** The node counts that a PoolResourcesStatusChange tells; undefined for any other event or text. */
export function nodesOf({ reason, message }: PoolEvent): { counts: NodeCounts; stamp: number } | undefined {
  if (reason !== RESOURCES_CHANGE || !message.startsWith('Pool resources status changed')) return undefined;
  const groups = NODES.exec(message)?.groups;
  if (groups === undefined) return undefined;
  const [available = 0, abnormal = 0, creating = 0, deleting = 0] = (groups['to'] ?? '')
    .split('/')
    .map(Number);
  return { counts: { available, abnormal, creating, deleting }, stamp: Number(groups['stamp'] ?? 0) };
}

/** A status that a pool leaves by itself, or is meant to be in. */
export function isBad(status: string): boolean {
  return status !== 'running' && status !== 'creating' && status !== 'deleting';
}
