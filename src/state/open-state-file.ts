import { resolve } from 'node:path';
import type { Disk } from '../disk.ts';
import type { Logger } from '../log.ts';
import { FolderLock } from './folder-lock.ts';
import { setAside } from './set-aside.ts';
import { StateFile } from './state-file.ts';
import { decodeState, type StateContent, type StateRecord } from './state-format.ts';
import type { LockState } from './state-lock.ts';
import { UnusableStateFileError } from './unusable-state-file-error.ts';

export interface StateFileOptions {
  readonly disk: Disk;
  readonly lockState: LockState;
  /** How this process is named to another one that wants the file. */
  readonly holder: string;
  /** Start of the process: a new file counts since then. Unix milliseconds. */
  readonly startedAt: number;
  readonly clock: () => number;
  readonly log: Logger;
}

/** @returns undefined if there is no file */
export async function readState<T extends StateRecord, S = unknown>(
  disk: Disk,
  file: string,
): Promise<StateContent<T, S> | undefined> {
  try {
    return decodeState(await disk.readFile(file));
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^ENO(ENT|TDIR)$/.test(String(error.code)))
      return undefined;
    throw error;
  }
}

/**
 * Opens the state file for this process alone. One whose content can't be used is kept under another name, and
 * a new one begins. If the folder can't be written, that shows with the first save.
 * @throws UnusableStateFileError if another process has it, it is a folder or a device, or nothing can be made there
 */
export async function openStateFile<T extends StateRecord, S extends object = object>(
  path: string,
  { disk, lockState, holder, startedAt, clock, log }: StateFileOptions,
): Promise<StateFile<T, S>> {
  // The lock and the file that replaces it must lie beside the file itself, not beside a link to it.
  const file = await disk.realpath(path).catch(() => resolve(path));
  const found = await disk.stat(file).catch(() => undefined);
  if (found !== undefined && !found.isFile()) {
    throw new UnusableStateFileError(
      `state file ${path} is ${found.isDirectory() ? 'a folder, and must name a file' : 'not a file'}`,
    );
  }
  const lock = new FolderLock(disk, lockState, file, holder);
  await lock.take().catch(async (error: unknown) => {
    if (error instanceof UnusableStateFileError) throw error;
    if (!(await takesFiles(disk, file)))
      throw new UnusableStateFileError(`state file ${path}: no file can be made there`);
  });
  const now = clock();
  try {
    const content = await readState<T, S>(disk, file);
    let countingSince = content?.countingSince ?? startedAt;
    if (countingSince > now) {
      log.warn('the state was begun by a clock that was ahead; events count from now on', { file });
      countingSince = Math.min(startedAt, now);
    }
    return new StateFile({ file, disk, lock, content, isObstructed: false, countingSince, now });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const aside = await setAside(disk, file, now).catch(() => undefined);
    log.error('the state file can not be used, starting afresh', {
      file,
      error: reason,
      ...(aside === undefined ? {} : { kept_as: aside }),
    });
    const isObstructed = aside === undefined;
    return new StateFile({
      file,
      disk,
      lock,
      content: undefined,
      isObstructed,
      countingSince: startedAt,
      now,
    });
  }
}

/** Whether a later attempt may succeed. A folder below /proc is there, and yet says of each new file that it is not. */
async function takesFiles(disk: Disk, file: string): Promise<boolean> {
  const attempt = `${file}.attempt`;
  try {
    const opened = await disk.open(attempt, 'wx', 0o600);
    await opened.close();
    await disk.remove(attempt);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}
