import type { Disk } from '../disk.ts';

/** Renames a file that can't be read, so that another can take its place, and returns its new name. */
export async function setAside(disk: Disk, file: string, now: number): Promise<string> {
  const stem = `${file}.bad-${new Date(now).toISOString().replaceAll(/[-:.]/g, '')}`;
  let aside = stem;
  for (let number = 2; await exists(disk, aside); number += 1) aside = `${stem}-${number}`;
  await disk.rename(file, aside);
  return aside;
}

/** Something has that name, be it a link that leads nowhere. */
export function exists(disk: Disk, path: string): Promise<boolean> {
  return disk.lstat(path).then(
    () => true,
    () => false,
  );
}
