import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';

const NEWLINE = 0x0a;

/** Where lines go. */
export interface LineSink {
  /** Appends bytes and tells how many were taken: fewer than all is not an error. */
  write(bytes: Buffer): Promise<number>;
  /** Ends the file; the next write opens it anew. */
  release(): Promise<void>;
}

/** Appends to a file, opened when first needed. A line that a crash left torn is ended first. */
export function fileSink(path: string): LineSink {
  let file: FileHandle | undefined;
  return {
    write: async (bytes) => {
      file ??= await openAtLineStart(path);
      const { bytesWritten } = await file.write(bytes);
      return bytesWritten;
    },
    release: async () => {
      const ending = file;
      file = undefined;
      await ending?.close();
    },
  };
}

async function openAtLineStart(path: string): Promise<FileHandle> {
  const isPipe = (await stat(path).catch(() => undefined))?.isFIFO() ?? false;
  // Otherwise opening waits for a reader, and writing for room: each in one of the few threads for all file access.
  if (isPipe) return open(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const file = await open(path, 'a+', 0o640);
  try {
    const { size } = await file.stat();
    if (size > 0) {
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
      if (buffer[0] !== NEWLINE) await file.write('\n');
    }
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Writes to a stream that belongs to somebody else, such as standard output: it is never ended. */
export function streamSink(stream: Writable): LineSink {
  // A reader that went away shows as an error of each write; without a listener it would end the process.
  stream.on('error', () => {});
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        stream.write(bytes, (error) => (error ? reject(error) : resolve(bytes.length)));
      }),
    release: async () => {},
  };
}
