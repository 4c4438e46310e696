export const NODE_STATES = ['available', 'abnormal', 'creating', 'deleting'] as const;
export type NodeCounts = Readonly<Record<(typeof NODE_STATES)[number], number>>;

/** Node counts as event texts write them, in the order of the states: `1/0/0/0`. */
export function countsOf(text: string): NodeCounts {
  const [available = 0, abnormal = 0, creating = 0, deleting = 0] = text.split('/').map(Number);
  return { available, abnormal, creating, deleting };
}

export function textOfCounts(counts: NodeCounts): string {
  return NODE_STATES.map((state) => counts[state]).join('/');
}

/** Not a status that a pool is meant to be in, or leaves by itself. */
export function isBad(status: string): boolean {
  return status !== 'running' && status !== 'creating' && status !== 'deleting';
}
