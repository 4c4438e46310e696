import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Manifests } from './manifest-types.ts';
import { DEPLOY, ROOT, readYaml, yamlFiles } from './manifests.ts';

interface Manifest {
  readonly kind: keyof Manifests;
}

const MANIFESTS = yamlFiles()
  .filter((name) => name.startsWith('kubernetes/') && !name.endsWith('kustomization.yaml'))
  .map((name) => readYaml<Manifest>(`${DEPLOY}${name}`));

/** TypeScript that compiles where the manifests are what Kubernetes says, and hold nothing else. */
function program(manifests: readonly Manifest[]): string {
  const types = JSON.stringify(`${ROOT}test/deploy/manifest-types.ts`);
  const checks = manifests.map((each) => `(${JSON.stringify(each)}) satisfies Manifests['${each.kind}'];`);
  return [`import type { Manifests } from ${types};`, ...checks].join('\n');
}

async function compile(source: string): Promise<string> {
  // Within node_modules, for the types to be found.
  const cache = join(ROOT, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(cache, 'manifest-types-'));
  try {
    await writeFile(join(directory, 'manifests.ts'), source);
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

test('the manifests are of the types of Kubernetes', async () => {
  expect(MANIFESTS.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Deployment', 'StatefulSet']));
  expect(await compile(program(MANIFESTS))).toBe('');
});

test.each([
  ['"readOnlyRootFilesystem":true', '"readOnlyRootFileSystem":true'],
  ['"replicas":1', '"replicas":"1"'],
  ['"terminationGracePeriodSeconds"', '"terminationGrace"'],
])('%s may not be %s', async (right, wrong) => {
  const text = JSON.stringify(MANIFESTS.find(({ kind }) => kind === 'Deployment'));
  expect(text).toContain(right);
  const broken = JSON.parse(text.replace(right, wrong)) as Manifest;
  expect(await compile(program([broken]))).toMatch(/^manifests\.ts.* error TS2/m);
});
