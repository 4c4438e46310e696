import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { contentOf, createConfigChangeCheck } from '../../src/commands/config-change.ts';

/** A check of a file that begins with `old`. What happens during its pause is up to the test. */
async function scene() {
  const folder = await mkdtemp(join(tmpdir(), 'config-change-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'config.yaml');
  const write = (text: string) => writeFileSync(file, text);
  write('old');
  const pause = { pass: () => {} };
  const seen: string[] = [];
  const checkOf = async (path: string) =>
    createConfigChangeCheck({
      file: path,
      before: await contentOf(path),
      settle: async () => pause.pass(),
      onChange: async () => seen.push(String(await contentOf(path))),
    });
  return { folder, file, write, pause, seen, checkOf, check: await checkOf(file) };
}

test('a change is told once', async () => {
  const { write, check, seen } = await scene();
  await check();
  expect(seen).toEqual([]);
  write('new');
  await check();
  await check();
  expect(seen).toEqual(['new']);
  write('old');
  await check();
  expect(seen).toEqual(['new', 'old']);
});

test('a ConfigMap is changed by Kubernetes through a symbolic link', async () => {
  const { folder, checkOf, seen } = await scene();
  const publish = (name: string, text: string) => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'config.yaml'), text);
    symlinkSync(name, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  publish('..2026_01', 'first');
  symlinkSync('..data/config.yaml', join(folder, 'mounted.yaml'));
  const check = await checkOf(join(folder, 'mounted.yaml'));
  publish('..2026_02', 'second');
  rmSync(join(folder, '..2026_01'), { recursive: true });
  await check();
  expect(seen).toEqual(['second']);
});

test('a file that is still being written is looked at again later', async () => {
  const { write, check, pause, seen } = await scene();
  write('ha');
  pause.pass = () => write('half');
  await check();
  expect(seen).toEqual([]);
  await check();
  expect(seen).toEqual(['half']);
});

test('a file that is not there for a moment is no change', async () => {
  const { file, write, check, seen } = await scene();
  rmSync(file);
  await check();
  write('old');
  await check();
  expect(seen).toEqual([]);
});
