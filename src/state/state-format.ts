import { crc32 } from 'node:zlib';
import type { TargetKey } from '../target-key.ts';

const FORMAT = 'modelarts-exporter-state';
const VERSION = 1;
const NEWLINE = 0x0a;

/** What is kept of a target: plain JSON that only who puts it understands. */
export interface StateRecord {
  readonly target: TargetKey;
}

/** A record as the file holds it. */
export type StateEntry<T extends StateRecord> = T & {
  /** Since when the target is no longer collected, in Unix milliseconds; null while it is. */
  readonly removedAt: number | null;
};

/** What a state file says of itself. Instants are Unix milliseconds. */
export interface StateHeader<S> {
  /** The first start with this file. */
  readonly countingSince: number;
  readonly savedAt: number;
  /** What is kept of all targets together, at the moment of the records: plain JSON. */
  readonly totals: S;
}

/** What a state file holds. */
export interface StateContent<T extends StateRecord, S = unknown> extends StateHeader<S> {
  readonly entries: readonly StateEntry<T>[];
}

/** One target as a line of the file. */
export function encodeEntry(entry: StateEntry<StateRecord>): Buffer {
  const line = `${JSON.stringify(entry)}\n`;
  // A small buffer of the shared pool would keep all of its 8 kB for as long as the line is remembered.
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(line));
  bytes.write(line);
  return bytes;
}

/** Trusts the line: this exporter wrote it. */
export function decodeEntry<T extends StateRecord>(line: string): StateEntry<T> {
  return JSON.parse(line) as StateEntry<T>;
}

/**
 * A whole file: a header line, a line per target, and a last line with the number and the checksum of the
 * lines before it.
 * @param totals as JSON; undefined: there are none
 */
export function encodeState(
  { countingSince, savedAt }: Omit<StateHeader<unknown>, 'totals'>,
  totals: string | undefined,
  entries: readonly Buffer[],
): Buffer {
  const header = JSON.stringify({
    format: FORMAT,
    version: VERSION,
    counting_since: countingSince,
    saved_at: savedAt,
  });
  // They may be larger than all else, and are encoded already.
  const first = totals === undefined ? header : `${header.slice(0, -1)},"totals":${totals}}`;
  const lines = [Buffer.from(`${first}\n`), ...entries];
  const checksum = lines.reduce((sum, line) => crc32(line, sum), 0);
  return Buffer.concat([...lines, lineOf({ lines: lines.length, crc32: checksum })]);
}

/** @throws Error saying what is wrong: it is no state file of this version, or is damaged */
export function decodeState<T extends StateRecord, S = unknown>(bytes: Buffer): StateContent<T, S> {
  if (bytes.length === 0) throw new Error('it is empty');
  const header = parse(bytes.subarray(0, bytes.indexOf(NEWLINE) + 1));
  if (header['format'] !== FORMAT) throw new Error('it is not a state file of this exporter');
  if (header['version'] !== VERSION) {
    throw new Error(
      `it has version ${JSON.stringify(header['version'])}, this exporter reads version ${VERSION}`,
    );
  }
  const end = bytes.at(-1) === NEWLINE ? bytes.lastIndexOf(NEWLINE, -2) + 1 : 0;
  const trailer = parse(bytes.subarray(end));
  const body = bytes.subarray(0, end);
  const { counting_since: countingSince, saved_at: savedAt } = header;
  const [, ...lines] = body.toString().split('\n').slice(0, -1);
  if (
    trailer['lines'] !== lines.length + 1 ||
    trailer['crc32'] !== crc32(body) ||
    typeof countingSince !== 'number' ||
    typeof savedAt !== 'number'
  ) {
    throw new Error('it is truncated or damaged');
  }
  // The checksum vouches for the lines: this exporter wrote them.
  const totals = header['totals'] as S;
  return { countingSince, savedAt, totals, entries: lines.map((line) => decodeEntry<T>(line)) };
}

function lineOf(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

function parse(line: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line.toString());
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
