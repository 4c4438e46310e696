import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function load(content: string | Uint8Array) {
  const file = join(folder, 'config.yaml');
  await writeFile(file, content);
  return loadConfig(file, { TOKEN_FILE: 'token' });
}

async function problemsOf(result: ReturnType<typeof loadConfig>): Promise<readonly string[]> {
  const loaded = await result;
  if (loaded.ok) throw new Error('no problem found');
  return loaded.problems.map((problem) => formatProblem(problem).replace(folder, ''));
}

const project = `
projects:
  - name: prod
    region: cn-north-4
    auth: { token_file: "\${TOKEN_FILE}" }
`;

test('file names are relative to the folder of the configuration file', async () => {
  const loaded = await load(project);
  expect(loaded.ok && loaded.config.projects[0]?.auth).toEqual({
    kind: 'token',
    token: { file: join(folder, 'token') },
  });
});

test('a file that is not there, a folder, or not text is a problem', async () => {
  expect(await problemsOf(loadConfig(join(folder, 'none.yaml'), {}))).toEqual([
    '/none.yaml:1:1: cannot be read: no such file or directory',
  ]);
  expect(await problemsOf(loadConfig(folder, {}))).toEqual([
    ':1:1: cannot be read: illegal operation on a directory',
  ]);
  expect(await problemsOf(load(Uint8Array.of(0x61, 0xff)))).toEqual([
    '/config.yaml:1:1: the file is not UTF-8 text',
  ]);
});

test('a file without an end is read no further than allowed', async () => {
  expect(await problemsOf(loadConfig('/dev/zero', {}))).toEqual([
    '/dev/zero:1:1: the file is larger than 1 MiB',
  ]);
});
