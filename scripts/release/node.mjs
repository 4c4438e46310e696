import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.mjs';

/** The LTS that the executables run on. */
const VERSION = '24.21.0';
/** Names of Debian and Go, and those of Node.js for the same. */
const ARCHITECTURES = { amd64: 'x64', arm64: 'arm64' };

/** Node.js for an architecture from the npm registry, which also checks that it is whole. */
export function fetchNode(arch) {
  const name = `node-linux-${ARCHITECTURES[arch]}`;
  const folder = join(homedir(), '.cache/modelarts-exporter', `${name}-${VERSION}`);
  if (!existsSync(folder)) {
    // Unpacked beside its place and then moved there, so that what is there is all there.
    const unpacked = `${folder}.${process.pid}`;
    mkdirSync(unpacked, { recursive: true });
    const packed = run('npm', [
      'pack',
      '--silent',
      '--pack-destination',
      unpacked,
      `${name}@${VERSION}`,
    ]).trim();
    run('tar', ['--extract', '--file', join(unpacked, packed), '--directory', unpacked]);
    rmSync(join(unpacked, packed));
    chmodSync(join(unpacked, 'package/bin/node'), 0o755);
    renameSync(unpacked, folder);
  }
  return {
    arch,
    version: VERSION,
    packageUrl: `pkg:npm/${name}@${VERSION}`,
    executable: join(folder, 'package/bin/node'),
    license: join(folder, 'package/LICENSE'),
  };
}
