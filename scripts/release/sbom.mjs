import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.mjs';

/** Writes beside an artifact what it is made of, in the format CycloneDX; with the Node.js in it, if one is. */
export function describer() {
  const bom = billOfMaterials();
  return (artifact, node) => {
    const components = node === undefined ? bom.components : [...bom.components, componentOf(node)];
    writeFileSync(`${artifact}.cdx.json`, `${JSON.stringify({ ...bom, components }, null, 2)}\n`);
  };
}

/**
 * Of the package as if it had no development dependencies: told to omit them, npm also omits what is needed for
 * both. It names the whole after the folder.
 */
function billOfMaterials() {
  const temporary = mkdtempSync(join(tmpdir(), 'sbom-'));
  const cwd = join(temporary, 'modelarts-exporter');
  mkdirSync(cwd);
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) copyFileSync(file, join(cwd, file));
  run('npm', ['pkg', 'delete', 'devDependencies'], { cwd });
  run('npm', ['prune', '--package-lock-only', '--silent'], { cwd });
  const format = ['--sbom-format=cyclonedx', '--sbom-type=application'];
  const bom = JSON.parse(run('npm', ['sbom', '--package-lock-only', ...format], { cwd }));
  rmSync(temporary, { recursive: true });
  return bom;
}

function componentOf({ version, packageUrl: purl }) {
  return { 'bom-ref': purl, type: 'platform', name: 'node', version, purl };
}
