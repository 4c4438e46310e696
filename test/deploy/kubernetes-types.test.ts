import { expect, test } from 'vitest';
import { complaintsOf, type Manifest } from './kubernetes-compiler.ts';
import { DEPLOY, readYaml, yamlFiles } from './manifests.ts';

const MANIFESTS = yamlFiles()
  .filter((name) => name.startsWith('kubernetes/') && !name.endsWith('kustomization.yaml'))
  .map((name) => readYaml<Manifest>(`${DEPLOY}${name}`));

test('the manifests are of the types of Kubernetes', async () => {
  expect(MANIFESTS.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Deployment', 'StatefulSet']));
  expect(await complaintsOf(MANIFESTS)).toBe('');
});

test.each([
  ['"readOnlyRootFilesystem":true', '"readOnlyRootFileSystem":true'],
  ['"replicas":1', '"replicas":"1"'],
  ['"terminationGracePeriodSeconds"', '"terminationGrace"'],
])('%s may not be %s', async (right, wrong) => {
  const text = JSON.stringify(MANIFESTS.find(({ kind }) => kind === 'Deployment'));
  expect(text).toContain(right);
  const broken = JSON.parse(text.replace(right, wrong)) as Manifest;
  expect(await complaintsOf([broken])).toMatch(/^manifests\.ts.* error TS2/m);
});
