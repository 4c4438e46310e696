import { chmodSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'postject';
import { rolldown } from 'rolldown';
import { run } from './run.mjs';

const WORK = 'node_modules/.cache/modelarts-exporter-release';
/** By which Node.js finds out that it is a single executable, as its documents have it. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** What the program reads of its package: see src/shipped-file.ts. */
const shippedFiles = () => [
  'package.json',
  'dist/build.json',
  'README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/**
 * The program and all that it imports, as Node.js takes it for a single executable:
 * https://nodejs.org/api/single-executable-applications.html
 * @param node of this machine: what it makes suits the others of its version
 * @returns the path of the file that is to be injected
 */
export async function bundle(node) {
  const main = join(WORK, 'main.cjs');
  const bundled = await rolldown({ input: 'src/main.ts', platform: 'node' });
  await bundled.write({ file: main, format: 'cjs', codeSplitting: false });
  await bundled.close();
  const output = join(WORK, 'sea.blob');
  const assets = Object.fromEntries(shippedFiles().map((file) => [file, file]));
  const settings = join(WORK, 'sea.json');
  writeFileSync(settings, JSON.stringify({ main, output, assets, disableExperimentalSEAWarning: true }));
  run(node.executable, ['--experimental-sea-config', settings]);
  return output;
}

/** Puts what `bundle` made into a copy of Node.js. */
export async function buildExecutable({ blob, node, to }) {
  copyFileSync(node.executable, to);
  chmodSync(to, 0o755);
  await inject(to, 'NODE_SEA_BLOB', readFileSync(blob), { sentinelFuse: FUSE });
}
