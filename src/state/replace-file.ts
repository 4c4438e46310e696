import { dirname } from 'node:path';
import type { Disk } from '../disk.ts';

/**
 * Replaces a file as a whole, for its owner's eyes only, and returns when it is safe on the disk: whoever
 * reads it, also after a crash, finds the old content or the new one. The new one grows under one fixed
 * name beside it, so that crashes leave no pile of files; nobody else may be writing it.
 */
export async function replaceFile(disk: Disk, file: string, bytes: Buffer): Promise<void> {
  const growing = `${file}.tmp`;
  await disk.remove(growing);
  try {
    const handle = await disk.open(growing, 'wx', 0o600);
    try {
      // In one piece as a rule: `writeFile` takes many turns of the event loop for a large buffer.
      for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done)).bytesWritten;
      await handle.sync();
    } finally {
      await handle.close();
    }
    await disk.rename(growing, file);
  } catch (error) {
    // On a full disk the part that was written is in the way of everybody.
    await disk.remove(growing).catch(() => {});
    throw error;
  }
  await syncFolder(disk, dirname(file));
}

/** Makes the rename itself durable. */
async function syncFolder(disk: Disk, folder: string): Promise<void> {
  const handle = await disk.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
