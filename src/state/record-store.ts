import { keyOf, type TargetKey } from '../target-key.ts';
import { decodeEntry, encodeEntry, type StateEntry, type StateRecord } from './state-format.ts';

/** A removed target is forgotten after so many milliseconds. */
const FORGET_AFTER = 7 * 24 * 3_600_000;
/** Of more removed targets than these the newest are remembered, and all that were removed at the same moment as the oldest of them. */
const REMOVED_MAX = 10_000;

/** The records of targets, each encoded when it is put; of a removed target for a while, as it may come back. */
export class RecordStore<T extends StateRecord> {
  readonly #lines = new Map<string, Buffer>();
  /** When each removed target was removed. */
  readonly #removed = new Map<string, number>();
  #revision = 0;

  /** Grows with every change of what `lines` gives. */
  get revision(): number {
    return this.#revision;
  }

  /** What is known of a target that comes, or comes back. */
  find(target: TargetKey): StateEntry<T> | undefined {
    const line = this.#lines.get(keyOf(target));
    return line === undefined ? undefined : decodeEntry<T>(line.toString());
  }

  /** Takes the record of a target that is collected. */
  put(record: T): void {
    this.#removed.delete(keyOf(record.target));
    this.#write({ ...record, removedAt: null });
  }

  /** Takes the record of a target that is no longer collected: it is remembered for a while. */
  remove(record: T, removedAt: number): void {
    this.#removed.set(keyOf(record.target), removedAt);
    this.#write({ ...record, removedAt });
  }

  /** Forgets the removed targets that need no longer be remembered. */
  forget(now: number): void {
    const newest = [...this.#removed.values()].sort((a, b) => b - a);
    // After a start all are removed together, until discovery finds them: however many they are, none is forgotten.
    const oldest = newest[REMOVED_MAX - 1] ?? Number.NEGATIVE_INFINITY;
    for (const [key, removedAt] of this.#removed) {
      if (removedAt > now - FORGET_AFTER && removedAt >= oldest) continue;
      this.#removed.delete(key);
      this.#lines.delete(key);
      this.#revision += 1;
    }
  }

  /** All records, encoded. */
  lines(): readonly Buffer[] {
    return [...this.#lines.values()];
  }

  #write(entry: StateEntry<T>): void {
    const line = encodeEntry(entry);
    const key = keyOf(entry.target);
    if (this.#lines.get(key)?.equals(line)) return;
    this.#lines.set(key, line);
    this.#revision += 1;
  }
}
