import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { lockState, type StateLock } from './state-lock.ts';
import { UnusableStateFileError } from './unusable-state-file-error.ts';

/** The lock of a state file whose folder may not be there yet, or not yet be writable. */
export class FolderLock {
  readonly #file: string;
  readonly #holder: string;
  #lock: StateLock | undefined;

  constructor(file: string, holder: string) {
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
    await makeFolder(dirname(this.#file), this.#file);
    this.#lock = await lockState(this.#file, this.#holder);
  }

  async release(): Promise<void> {
    await this.#lock?.release();
    this.#lock = undefined;
  }
}

/** Makes the folder and those above it. Node's own recursive `mkdir` tries for ever below /proc, where none can be made. */
async function makeFolder(folder: string, file: string): Promise<void> {
  if (await isFolder(folder)) return;
  if (!(await isFolder(dirname(folder)))) await makeFolder(dirname(folder), file);
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT')
      throw new UnusableStateFileError(`state file ${file}: no folder can be made there`);
    if (code !== 'EEXIST' || !(await isFolder(folder))) throw error;
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
