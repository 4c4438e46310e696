import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Manifests } from './manifest-types.ts';
import { ROOT } from './manifests.ts';

/** What is known of every manifest. */
export interface Manifest {
  readonly kind: keyof Manifests;
}

/** What the compiler says where a manifest is not what Kubernetes says, or holds more; empty where all are. */
export async function complaintsOf(manifests: readonly Manifest[]): Promise<string> {
  // Within node_modules, for the types to be found.
  const cache = join(ROOT, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(cache, 'manifest-types-'));
  try {
    await writeFile(join(directory, 'manifests.ts'), program(manifests));
    const options =
      '--ignoreConfig --noEmit --strict --skipLibCheck --allowImportingTsExtensions --module nodenext';
    const args = [...options.split(' '), '--target', 'es2023', '--types', '', 'manifests.ts'];
    await promisify(execFile)(join(ROOT, 'node_modules/.bin/tsc'), args, { cwd: directory });
    return '';
  } catch (error) {
    return (error as { stdout?: string }).stdout ?? String(error);
  } finally {
    await rm(directory, { recursive: true });
  }
}

function program(manifests: readonly Manifest[]): string {
  const types = JSON.stringify(`${ROOT}test/deploy/manifest-types.ts`);
  const checks = manifests.map((each) => `(${JSON.stringify(each)}) satisfies Manifests['${each.kind}'];`);
  return [`import type { Manifests } from ${types};`, ...checks].join('\n');
}
