import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Row } from '../row.ts';

const run = promisify(execFile);
const ROOT = new URL('../../../../../', import.meta.url).pathname;

/** What `npm install` of the packed program brings. */
export async function installing(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'modelarts-exporter-bench-'));
  try {
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT });
    const [{ filename, size }] = JSON.parse(stdout) as [{ filename: string; size: number }];
    await run('npm', ['init', '--yes'], { cwd: folder });
    await run('npm', ['install', '--omit=dev', '--no-audit', '--no-fund', join(folder, filename)], {
      cwd: folder,
    });
    const lock = JSON.parse(await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8')) as {
      packages: Record<string, unknown>;
    };
    const packages = Object.keys(lock.packages).length;
    const megabytes = (await sizeOf(join(folder, 'node_modules'))) / 1e6;
    const measured = `packed: ${(size / 1e6).toFixed(2)} MB`;
    return [
      {
        what: 'size installed, production',
        measured,
        against: '-',
        figure: megabytes,
        unit: ' MB',
        target: { atMost: 20 },
      },
      {
        what: 'packages installed, production',
        measured,
        against: '-',
        figure: packages,
        unit: ' packages',
        target: { atMost: 120 },
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sizeOf(folder: string): Promise<number> {
  let size = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) size += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return size;
}
