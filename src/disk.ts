import { lstat, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';

/** A file that is open, or a folder. */
export interface OpenFile {
  /** Writes at the end. It may take fewer bytes than all. */
  write(bytes: Buffer, offset: number): Promise<{ readonly bytesWritten: number }>;
  /** Returns when what was written, or the names in a folder, would survive a loss of power. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What a name stands for. */
export interface Found {
  isFile(): boolean;
  isDirectory(): boolean;
}

/**
 * What the state file needs of a file system, as one thing, so that a test can tear writes, fill the disk and lose
 * what was not synced. The functions and their errors are those of `node:fs/promises`.
 */
export interface Disk {
  readFile(path: string): Promise<Buffer>;
  /** 'r': as it is; 'wx': a new file, which must not be there yet. */
  open(path: string, flags: 'r' | 'wx', mode?: number): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file that need not be there. */
  remove(path: string): Promise<void>;
  mkdir(path: string, mode: number): Promise<void>;
  stat(path: string): Promise<Found>;
  /** A link is not followed. */
  lstat(path: string): Promise<Found>;
  realpath(path: string): Promise<string>;
}

export const systemDisk: Disk = {
  readFile: (path) => readFile(path),
  open,
  rename,
  remove: (path) => rm(path, { force: true }),
  mkdir: async (path, mode) => {
    await mkdir(path, { mode });
  },
  stat: (path) => stat(path),
  lstat: (path) => lstat(path),
  realpath: (path) => realpath(path),
};
