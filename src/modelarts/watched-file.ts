import { open, stat } from 'node:fs/promises';

/** A small file that is read again when it changed. */
export interface WatchedFile {
  /**
   * The content; the same object as long as the file is the same.
   * @throws Error that names the file
   */
  read(): Promise<Buffer>;
}

/** @param longest in bytes; a larger file is an error and is not read */
export function watchFile(path: string, longest: number): WatchedFile {
  let known: { readonly version: string; readonly content: Buffer } | undefined;
  return {
    async read() {
      const { size, mtimeMs, ctimeMs, ino } = await stat(path).catch((error: unknown) => {
        throw unreadable(path, error);
      });
      const version = [size, mtimeMs, ctimeMs, ino].join();
      if (known?.version === version) return known.content;
      const content = await readBounded(path, longest);
      if (content.length > longest) throw new Error(`${path} is larger than ${longest} bytes`);
      known = { version, content };
      return content;
    },
  };
}

/** Reads one byte more than allowed at most, so that a device or a growing file does no harm. */
async function readBounded(path: string, longest: number): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const buffer = Buffer.alloc(longest + 1);
      let length = 0;
      while (length < buffer.length) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return buffer.subarray(0, length);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return new Error(`cannot read ${path}: ${code}`);
}
