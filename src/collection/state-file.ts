import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import writeFileAtomic from 'write-file-atomic';
import type { AlertState } from '../alerting/record.ts';
import type { TargetRecord } from './target.ts';

const FORMAT = 'modelarts-exporter-state';
const VERSION = 1;
/** How long a target that is no longer configured or discovered is remembered, in milliseconds. */
const GRACE = 7 * 24 * 3_600_000;

/** What the file holds of one target. */
export interface StateEntry {
  readonly target: TargetRecord;
  readonly alerts: AlertState;
  /** When it left the configuration; null while it is in it. */
  readonly goneAt: number | null;
}

/** What a state file held. Instants are epoch milliseconds. */
export interface StateContent {
  /** The first start with this file. */
  readonly epoch: number;
  readonly savedAt: number;
  readonly entries: readonly StateEntry[];
}

/** The file is no state file of this version, or is damaged. */
export class StateFileError extends Error {
  override readonly name = 'StateFileError';
}

/**
 * Reads a state file: a header line, a line per target, and a last line with the number and the checksum
 * of the lines before it.
 * @returns undefined where there is no file
 * @throws StateFileError saying what is wrong with it
 */
export async function readState(file: string): Promise<StateContent | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const lines = bytes.toString('utf8').split('\n');
  const header = parse(lines[0]);
  if (header['format'] !== FORMAT) throw new StateFileError('it is not a state file of this exporter');
  if (header['version'] !== VERSION) {
    throw new StateFileError(`it has version ${String(header['version'])}, this exporter reads ${VERSION}`);
  }
  const body = lines.slice(0, -2);
  const trailer = parse(lines.at(-2));
  const checked = bytes.subarray(0, Buffer.byteLength(`${body.join('\n')}\n`));
  if (lines.at(-1) !== '' || trailer['lines'] !== body.length || trailer['crc32'] !== crc32(checked)) {
    throw new StateFileError('it is truncated or damaged');
  }
  return {
    epoch: Number(header['epoch']),
    savedAt: Number(header['saved_at']),
    // The checksum vouches for the content: this exporter wrote it.
    entries: body.slice(1).map((line) => JSON.parse(line) as StateEntry),
  };
}

function parse(line: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line ?? '');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Moves a file that can't be read out of the way and says where to. */
export async function setAside(file: string, now: number): Promise<string> {
  const aside = `${file}.bad-${new Date(now).toISOString().replaceAll(/[:.]/g, '')}`;
  await rename(file, aside);
  return aside;
}

/**
 * The durable state of all targets. A target's line is encoded when it changes; a save strings the lines
 * together and replaces the whole file, so that it is never seen half-written.
 */
export class StateFile {
  readonly #file: string;
  readonly #epoch: number;
  readonly #lines = new Map<string, Buffer>();
  readonly #gone = new Map<string, StateEntry>();
  #changed = false;

  constructor(file: string, epoch: number, entries: readonly StateEntry[], now: number) {
    this.#file = file;
    this.#epoch = epoch;
    // Until the configuration or discovery names a target again, it is one that left.
    for (const entry of entries) this.#put({ ...entry, goneAt: entry.goneAt ?? now });
  }

  /** Hands out what is known of a target that comes (back). */
  take(project: string, kind: string, id: string): StateEntry | undefined {
    return this.#gone.get(keyOf(project, kind, id));
  }

  put(target: TargetRecord, alerts: AlertState): void {
    this.#put({ target, alerts, goneAt: null });
  }

  leave(target: TargetRecord, alerts: AlertState, now: number): void {
    this.#put({ target, alerts, goneAt: now });
  }

  /** Writes the file where anything changed, and returns when it is safe on the disk. */
  async save(now: number): Promise<void> {
    for (const [key, { goneAt }] of this.#gone) {
      if (goneAt === null || goneAt > now - GRACE) continue;
      this.#gone.delete(key);
      this.#lines.delete(key);
      this.#changed = true;
    }
    if (!this.#changed) return;
    this.#changed = false;
    try {
      await writeFileAtomic(this.#file, this.#encode(now), { mode: 0o600, fsync: true });
      await syncFolder(dirname(this.#file));
    } catch (error) {
      this.#changed = true;
      throw error;
    }
  }

  #put(entry: StateEntry): void {
    const { project, kind, id } = entry.target;
    const key = keyOf(project, kind, id);
    if (entry.goneAt === null) this.#gone.delete(key);
    else this.#gone.set(key, entry);
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    if (this.#lines.get(key)?.equals(line)) return;
    this.#lines.set(key, line);
    this.#changed = true;
  }

  #encode(now: number): Buffer {
    const header = { format: FORMAT, version: VERSION, epoch: this.#epoch, saved_at: now };
    const body = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...this.#lines.values()]);
    const trailer = { lines: this.#lines.size + 1, crc32: crc32(body) };
    return Buffer.concat([body, Buffer.from(`${JSON.stringify(trailer)}\n`)]);
  }
}

/** Makes the rename itself durable. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function keyOf(project: string, kind: string, id: string): string {
  return JSON.stringify([project, kind, id]);
}
