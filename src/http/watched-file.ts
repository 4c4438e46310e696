import { stat } from 'node:fs/promises';
import { readUpTo } from '../config/read-file.ts';

/** A small file that is read again when it changed. */
export interface WatchedFile {
  /**
   * The content; the same object as long as the file is the same.
   * @throws Error that names the file
   */
  read(): Promise<Buffer>;
}

/** @param bytesMax a larger file is an error */
export function watchFile(path: string, bytesMax: number): WatchedFile {
  let known: { readonly version: string; readonly content: Buffer } | undefined;
  return {
    async read() {
      try {
        const { size, mtimeMs, ctimeMs, ino } = await stat(path);
        const version = [size, mtimeMs, ctimeMs, ino].join();
        if (known?.version === version) return known.content;
        known = { version, content: await readUpTo(path, bytesMax) };
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
        throw new Error(`cannot read ${path}: ${code}`);
      }
      if (known.content.length <= bytesMax) return known.content;
      known = undefined;
      throw new Error(`${path} is larger than ${bytesMax} bytes`);
    },
  };
}
