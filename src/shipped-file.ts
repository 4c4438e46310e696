import { readFileSync } from 'node:fs';
import { getAsset, isSea } from 'node:sea';

/**
 * The text of a file that comes with the program: beside it in the npm package, within it in the single executable.
 * @param path from the root of the package, such as `docs/alerts.md`
 * @throws Error where there is none
 */
export function shippedFile(path: string): string {
  return isSea() ? getAsset(path, 'utf8') : readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}
