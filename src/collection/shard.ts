import { hash } from 'node:crypto';
import { keyOf, type TargetKey } from '../target-key.ts';

/** One of several exporters that share the targets among them. */
export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** Every target belongs to exactly one of the shards, the same one in every process and for ever. */
export function isInShard({ index, count }: Shard, key: TargetKey): boolean {
  if (count === 1) return true;
  const digest = hash('sha256', keyOf(key), 'hex');
  return Number.parseInt(digest.slice(0, 12), 16) % count === index;
}
