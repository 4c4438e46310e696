import { dirname } from 'node:path';
import type { Disk } from '../disk.ts';
import type { LockState, StateLock } from './state-lock.ts';
import { UnusableStateFileError } from './unusable-state-file-error.ts';

/** The lock of a state file whose folder may not be there yet, or not yet be writable. */
export class FolderLock {
  readonly #disk: Disk;
  readonly #lockState: LockState;
  readonly #file: string;
  readonly #holder: string;
  #lock: StateLock | undefined;

  constructor(disk: Disk, lockState: LockState, file: string, holder: string) {
    this.#disk = disk;
    this.#lockState = lockState;
    this.#file = file;
    this.#holder = holder;
  }

  /**
   * Takes the lock, if it is not taken yet; the folder is made if it is missing.
   * @throws UnusableStateFileError if another process has it or there can be no such folder; the error of the
   * file system where a later attempt may succeed
   */
  async take(): Promise<void> {
    if (this.#lock !== undefined) return;
    await makeFolder(this.#disk, dirname(this.#file), this.#file);
    this.#lock = await this.#lockState(this.#file, this.#holder);
  }

  async release(): Promise<void> {
    await this.#lock?.release();
    this.#lock = undefined;
  }
}

/** Makes the folder and those above it. Node's own recursive `mkdir` tries for ever below /proc, where none can be made. */
async function makeFolder(disk: Disk, folder: string, file: string): Promise<void> {
  if (await isFolder(disk, folder)) return;
  if (!(await isFolder(disk, dirname(folder)))) await makeFolder(disk, dirname(folder), file);
  try {
    await disk.mkdir(folder, 0o700);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT')
      throw new UnusableStateFileError(`state file ${file}: no folder can be made there`);
    if (code !== 'EEXIST' || !(await isFolder(disk, folder))) throw error;
  }
}

function isFolder(disk: Disk, path: string): Promise<boolean> {
  return disk.stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
