import { lstat, mkdir, readFile, realpath, rename, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { AlertState } from '../alerting/record.ts';
import type { Logger } from '../log.ts';
import { keyOf, type TargetKey } from '../target-key.ts';
import { replaceFile } from './replace-file.ts';
import {
  decodeEntry,
  decodeState,
  encodeEntry,
  encodeState,
  type StateContent,
  type StateEntry,
} from './state-format.ts';
import { lockState, type StateLock, StateLockedError } from './state-lock.ts';
import type { TargetRecord } from './target.ts';

/** A removed target is forgotten after so many milliseconds. */
const FORGET_AFTER = 7 * 24 * 3_600_000;
/** Of more removed targets than these the newest are remembered, and all that were removed at the same moment as the oldest of them. */
const REMOVED_MAX = 10_000;

export interface StateFileOptions {
  /** How this process is named to another one that wants the file. */
  readonly holder: string;
  /** Start of the process: a new file counts since then. Unix milliseconds. */
  readonly startedAt: number;
  readonly clock: () => number;
  readonly log: Logger;
}

/** @returns undefined where there is no file */
export async function readState(file: string): Promise<StateContent | undefined> {
  try {
    return decodeState(await readFile(file));
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^ENO(ENT|TDIR)$/.test(String(error.code)))
      return undefined;
    throw error;
  }
}

/**
 * Opens the state file for this process alone. One that can't be used is kept under another name, and a new
 * one begins. Where the folder can't be written, that shows with the first save.
 * @throws StateLockedError where another process has it, and an Error where it is a device or the like
 */
export async function openStateFile(path: string, options: StateFileOptions): Promise<StateFile> {
  // The lock and the file that replaces it are to lie beside the file itself, not beside a link to it.
  const file = await realpath(path).catch(() => resolve(path));
  const found = await stat(file).catch(() => undefined);
  if (found !== undefined && !found.isFile() && !found.isDirectory()) {
    throw new Error(`state file ${path} is not a file`);
  }
  const lock = new FolderLock(file, options.holder);
  await lock.take().catch((error: unknown) => {
    if (error instanceof StateLockedError) throw error;
  });
  const now = options.clock();
  try {
    const content = await readState(file);
    return new StateFile({
      file,
      lock,
      content,
      now,
      countingSince: content?.countingSince ?? options.startedAt,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const aside = await setAside(file, now).catch(() => undefined);
    options.log.error('the state file can not be used, starting afresh', {
      file,
      error: reason,
      ...(aside === undefined ? {} : { kept_as: aside }),
    });
    const isObstructed = aside === undefined;
    return new StateFile({
      file,
      lock,
      content: undefined,
      now,
      countingSince: options.startedAt,
      isObstructed,
    });
  }
}

interface Opened {
  readonly file: string;
  readonly lock: FolderLock;
  readonly content: StateContent | undefined;
  readonly countingSince: number;
  readonly now: number;
  readonly isObstructed?: boolean;
}

/**
 * The durable state of all targets. A target's line is encoded when it is put; a save strings the lines
 * together and replaces the whole file, so that it is never seen half-written.
 */
export class StateFile {
  /** The first start with this file, in Unix milliseconds. */
  readonly countingSince: number;
  /** When a process before this one last saved; undefined where there was none. */
  readonly savedAt: number | undefined;
  readonly #file: string;
  readonly #lock: FolderLock;
  readonly #lines = new Map<string, Buffer>();
  /** When each removed target was removed. */
  readonly #removed = new Map<string, number>();
  /** There is something unreadable under the file's name, which must not be lost. */
  #isObstructed: boolean;
  /** A new file is written even before there is a target: it tells since when is counted. */
  #changed = true;

  constructor({ file, lock, content, countingSince, now, isObstructed = false }: Opened) {
    this.#file = file;
    this.#lock = lock;
    this.#isObstructed = isObstructed;
    this.countingSince = countingSince;
    this.savedAt = content?.savedAt;
    // Until the configuration or discovery names a target again, it counts as removed.
    for (const entry of content?.entries ?? []) {
      const removedAt = entry.removedAt ?? now;
      this.#removed.set(keyOf(entry.target), removedAt);
      this.#lines.set(keyOf(entry.target), encodeEntry({ ...entry, removedAt }));
    }
  }

  /** What is known of a target that comes (back). */
  find(target: TargetKey): StateEntry | undefined {
    const line = this.#lines.get(keyOf(target));
    return line === undefined ? undefined : decodeEntry(line.toString());
  }

  /** Takes what is to be saved of a target that is here. */
  put(target: TargetRecord, alerts: AlertState): void {
    this.#removed.delete(keyOf(target));
    this.#write({ target, alerts, removedAt: null });
  }

  /** From now on the target is remembered only for a while. */
  remove(target: TargetKey, alerts: AlertState, now: number): void {
    const entry = this.find(target);
    if (entry === undefined) return;
    this.#removed.set(keyOf(target), now);
    this.#write({ ...entry, alerts, removedAt: now });
  }

  /**
   * Writes what has been put until now, where it changed, and returns when it is safe on the disk. One
   * save must end before the next.
   * @param first does, at once, what must be done before the file may say that it is; where it throws,
   * nothing is written
   */
  async save(now: number, first?: () => Promise<void>): Promise<void> {
    this.#forget(now);
    if (!this.#changed) return;
    const bytes = encodeState({ countingSince: this.countingSince, savedAt: now }, [...this.#lines.values()]);
    this.#changed = false;
    try {
      await first?.();
      await this.#lock.take();
      if (this.#isObstructed && (await exists(this.#file))) await setAside(this.#file, now);
      this.#isObstructed = false;
      await replaceFile(this.#file, bytes);
    } catch (error) {
      this.#changed = true;
      throw error;
    }
  }

  /** Lets others have the file. */
  async close(): Promise<void> {
    await this.#lock.release();
  }

  #write(entry: StateEntry): void {
    const line = encodeEntry(entry);
    const key = keyOf(entry.target);
    if (this.#lines.get(key)?.equals(line)) return;
    this.#lines.set(key, line);
    this.#changed = true;
  }

  #forget(now: number): void {
    const newest = [...this.#removed.values()].sort((a, b) => b - a);
    // After a start all are removed together, until discovery finds them: however many they are, none is forgotten.
    const oldest = newest[REMOVED_MAX - 1] ?? Number.NEGATIVE_INFINITY;
    for (const [key, removedAt] of this.#removed) {
      if (removedAt > now - FORGET_AFTER && removedAt >= oldest) continue;
      this.#removed.delete(key);
      this.#lines.delete(key);
      this.#changed = true;
    }
  }
}

/** The lock, in a folder that may not be there yet, or not yet writable. */
class FolderLock {
  readonly #file: string;
  readonly #holder: string;
  #lock: StateLock | undefined;

  constructor(file: string, holder: string) {
    this.#file = file;
    this.#holder = holder;
  }

  async take(): Promise<void> {
    if (this.#lock !== undefined) return;
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    this.#lock = await lockState(this.#file, this.#holder);
  }

  async release(): Promise<void> {
    await this.#lock?.release();
    this.#lock = undefined;
  }
}

/** Moves what can't be read out of the way and says where to. */
async function setAside(file: string, now: number): Promise<string> {
  const stem = `${file}.bad-${new Date(now).toISOString().replaceAll(/[-:.]/g, '')}`;
  let aside = stem;
  for (let number = 2; await exists(aside); number += 1) aside = `${stem}-${number}`;
  await rename(file, aside);
  return aside;
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
