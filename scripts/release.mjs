// Makes all that a release hands out: npm run release; or for one architecture: --arch=amd64.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { archive, packChart, packForNpm, packForSystems, stage } from './release/artifacts.mjs';
import { buildExecutable, bundle } from './release/executable.mjs';
import { fetchNode } from './release/node.mjs';
import { describer } from './release/sbom.mjs';

const { values } = parseArgs({
  options: {
    arch: { type: 'string', multiple: true, default: ['amd64', 'arm64'] },
    folder: { type: 'string', default: 'dist-packages' },
  },
});
const folder = resolve(values.folder);
process.chdir(fileURLToPath(new URL('..', import.meta.url)));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const describe = describer();
describe(packForNpm(folder));
const blob = await bundle(fetchNode(process.arch === 'arm64' ? 'arm64' : 'amd64'));
for (const arch of values.arch) {
  const node = fetchNode(arch);
  const staged = stage(node);
  await buildExecutable({ blob, node, to: staged.executable });
  for (const artifact of [archive(staged, folder), ...packForSystems(staged, folder)])
    describe(artifact, node);
}
packChart(folder);

const names = readdirSync(folder).sort();
const sums = names.map((name) => {
  const sum = createHash('sha256')
    .update(readFileSync(join(folder, name)))
    .digest('hex');
  return `${sum}  ${name}\n`;
});
writeFileSync(join(folder, 'sha256sums.txt'), sums.join(''));
console.log(names.map((name) => `${values.folder}/${name}`).join('\n'));
