import { createReadStream } from 'node:fs';
import { MAX_BYTES } from './yaml-tree.ts';

/**
 * A whole file, or as much of one as shows that it is too large: one byte more than allowed, also of a
 * file that never ends.
 * @throws Error that says why it cannot be read, without its name, which may come from the environment
 */
export async function readBounded(file: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(file, { end: MAX_BYTES })) chunks.push(chunk);
  } catch (error) {
    throw unreadable(error);
  }
  return Buffer.concat(chunks);
}

/** As readBounded, for text alone. */
export async function readText(file: string): Promise<string> {
  const content = await readBounded(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw new Error('the file is not UTF-8 text');
  }
}

/** Such as `cannot be read: no such file or directory`. */
export function unreadable(error: unknown): Error {
  const reason = error instanceof Error ? /^E[A-Z]+: ([^,]+),/.exec(error.message)?.[1] : undefined;
  return new Error(`cannot be read: ${reason ?? 'unknown error'}`);
}
