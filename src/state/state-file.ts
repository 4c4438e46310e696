import type { Disk } from '../disk.ts';
import type { TargetKey } from '../target-key.ts';
import type { FolderLock } from './folder-lock.ts';
import { MemberEncoder } from './member-encoder.ts';
import { RecordStore } from './record-store.ts';
import { replaceFile } from './replace-file.ts';
import { exists, setAside } from './set-aside.ts';
import { encodeState, type StateContent, type StateRecord } from './state-format.ts';

export interface StateFileContent<T extends StateRecord, S extends object> {
  /** Where it is, with no link in between. */
  readonly file: string;
  readonly disk: Disk;
  readonly lock: FolderLock;
  /** What a process before this one left; undefined if there was none, or if it can't be used. */
  readonly content: StateContent<T, S> | undefined;
  /** There is something unreadable under the file's name, which must not be lost. */
  readonly isObstructed: boolean;
  readonly countingSince: number;
  /** Unix milliseconds. */
  readonly now: number;
}

/** The next process learns from the time of the last save since when nobody looked; to no more than this it must be true. */
const SAVED_STEP = 5 * 60_000;

/** The durable records of all targets. A save replaces the whole file, so that it is never seen half-written. */
export class StateFile<T extends StateRecord, S extends object = object> {
  readonly records = new RecordStore<T>();
  /** The targets that the process before collected to its end. */
  readonly collectedBefore: readonly TargetKey[];
  /** The first start with this file, in Unix milliseconds. */
  countingSince: number;
  /** When the process before this one saved last, in Unix milliseconds; undefined if there was none. */
  readonly savedBefore: number | undefined;
  /**
   * What is kept of all targets together: at first that of the process before, else what the next save writes. A member
   * that changes must be another object then.
   */
  totals: S | undefined;
  readonly #file: string;
  readonly #disk: Disk;
  readonly #lock: FolderLock;
  readonly #encoder = new MemberEncoder();
  #isObstructed: boolean;
  /** The revision of the records that is in the file; a new file is written even without any record. */
  #saved: number | undefined;
  /** The totals that are in the file, encoded. */
  #savedTotals: string | undefined;
  #savedAt = Number.NEGATIVE_INFINITY;

  constructor({ file, disk, lock, content, isObstructed, countingSince, now }: StateFileContent<T, S>) {
    this.#file = file;
    this.#disk = disk;
    this.#lock = lock;
    this.#isObstructed = isObstructed;
    this.countingSince = countingSince;
    this.totals = content?.totals;
    this.savedBefore = content?.savedAt;
    const entries = content?.entries ?? [];
    this.collectedBefore = entries.filter(({ removedAt }) => removedAt === null).map(({ target }) => target);
    // Until the configuration or discovery names a target again, it counts as removed.
    for (const entry of entries) this.records.remove(entry, entry.removedAt ?? now);
  }

  /**
   * Writes the records and the totals, if they changed or were written long ago, and returns when they are safe on the
   * disk. One save must end before the next.
   * @param first does, at once, what must be done before the file may say that it is; if it throws, nothing
   * is written
   */
  async save(now: number, first?: () => Promise<void>): Promise<void> {
    this.records.forget(now);
    const { revision } = this.records;
    const totals = this.totals === undefined ? undefined : this.#encoder.encode(this.totals);
    const isRecent = Math.abs(now - this.#savedAt) < SAVED_STEP;
    if (isRecent && revision === this.#saved && totals === this.#savedTotals) return;
    const header = { countingSince: this.countingSince, savedAt: now };
    const bytes = encodeState(header, totals, this.records.lines());
    await first?.();
    await this.#lock.take();
    if (this.#isObstructed && (await exists(this.#disk, this.#file)))
      await setAside(this.#disk, this.#file, now);
    this.#isObstructed = false;
    await replaceFile(this.#disk, this.#file, bytes);
    this.#saved = revision;
    this.#savedTotals = totals;
    this.#savedAt = now;
  }

  /** Lets other processes have the file. */
  async close(): Promise<void> {
    await this.#lock.release();
  }
}
