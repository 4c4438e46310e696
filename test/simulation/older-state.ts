import type { FleetMemory, TargetMemory } from '../../src/collection/target-store.ts';
import { decodeState, encodeEntry, encodeState } from '../../src/state/state-format.ts';

/** Keys that came later than the format, and that a build before may not have kept. */
const LATER_OF_ALL: readonly (keyof FleetMemory)[] = ['recent', 'pauses', 'quotas'];
const LATER_OF_TARGET: readonly (keyof TargetMemory['target'])[] = ['chronicle'];

/** A state file as a build before would have left it; undefined where there is none that can be read. */
export function olderState(bytes: Buffer = Buffer.alloc(0)): string | undefined {
  try {
    const { entries, totals, ...header } = decodeState<TargetMemory, FleetMemory>(bytes);
    const lines = entries.map((entry) =>
      encodeEntry({ ...entry, target: without(entry.target, LATER_OF_TARGET) }),
    );
    return encodeState(header, JSON.stringify(without(totals, LATER_OF_ALL)), lines).toString();
  } catch {
    return undefined;
  }
}

function without<T extends object>(all: T, names: readonly (keyof T)[]): T {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name as keyof T))) as T;
}
