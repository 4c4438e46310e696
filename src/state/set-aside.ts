import { lstat, rename } from 'node:fs/promises';

/** Renames a file that can't be read, so that another can take its place, and returns its new name. */
export async function setAside(file: string, now: number): Promise<string> {
  const stem = `${file}.bad-${new Date(now).toISOString().replaceAll(/[-:.]/g, '')}`;
  let aside = stem;
  for (let number = 2; await exists(aside); number += 1) aside = `${stem}-${number}`;
  await rename(file, aside);
  return aside;
}

/** Something has that name, be it a link that leads nowhere. */
export function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
