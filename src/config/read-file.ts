import { createReadStream } from 'node:fs';
import { BYTES_MAX } from './yaml-tree.ts';

/**
 * A whole file, or as much of one as shows that it is too large: one byte more than allowed, so that a device
 * without an end or a growing file does no harm.
 */
export async function readUpTo(file: string, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(file, { end: bytesMax })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * The configuration, or a file that it names.
 * @throws Error that says why it cannot be read, without its name, which may come from the environment
 */
export async function readBounded(file: string): Promise<Buffer> {
  return readUpTo(file, BYTES_MAX).catch((error: unknown) => {
    throw unreadable(error);
  });
}

/** As readBounded, for text alone. */
export async function readText(file: string): Promise<string> {
  return textOf(await readBounded(file));
}

/** @throws Error for bytes that are not UTF-8 */
export function textOf(content: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw new Error('the file is not UTF-8 text');
  }
}

/** Such as `cannot be read: no such file or directory`. */
export function unreadable(error: unknown): Error {
  return new Error(`cannot be read: ${reasonOf(error)}`);
}

/** Such as `cannot be written: permission denied`. */
export function unwritable(error: unknown): Error {
  return new Error(`cannot be written: ${reasonOf(error)}`);
}

function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? /^E[A-Z]+: ([^,]+),/.exec(error.message)?.[1] : undefined;
  return reason ?? 'unknown error';
}
