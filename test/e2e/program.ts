import { copyFile, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'rolldown';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The program that tests run. */
    program: string;
  }
}

const ROOT = new URL('../../', import.meta.url).pathname;

/**
 * Puts the built program and all that it imports into a few files, as the executable has it: it starts hundreds of
 * times, and so in half the time. As `npm run build` leaves it, the commands of the documents run it.
 */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'modelarts-exporter-program-'));
  const dir = join(folder, 'dist');
  await build({ input: join(ROOT, 'dist/main.js'), platform: 'node', output: { dir } });
  await copyFile(join(ROOT, 'dist/build.json'), join(dir, 'build.json'));
  for (const name of ['package.json', 'README.md', 'docs'])
    await symlink(join(ROOT, name), join(folder, name));
  provide('program', join(dir, 'main.js'));
  return () => rm(folder, { recursive: true });
}
