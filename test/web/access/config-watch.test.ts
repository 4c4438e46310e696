import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadWebConfig, type WebConfig } from '../../../src/web/access/config.ts';
import { createConfigCheck } from '../../../src/web/access/config-watch.ts';

const headers = (value: string) => `http_server_config: { headers: { X-Frame-Options: ${value} } }\n`;
const HALF = 'http_server_config: { headers: { X-Fr';

/** A check of one file. What happens during its pause is up to the test. */
async function scene() {
  const directory = await mkdtemp(join(tmpdir(), 'config-watch-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'web.yaml');
  const write = (text: string) => writeFileSync(file, text);
  write(headers('old'));
  const changes: WebConfig[] = [];
  const errors: unknown[] = [];
  const pause = { pass: () => {} };
  const check = createConfigCheck({
    file,
    initial: await loadWebConfig(file),
    settle: async () => pause.pass(),
    onChange: (config) => changes.push(config),
    onError: (error) => errors.push(error),
  });
  const frameOptions = () => changes.map((config) => config.headers['X-Frame-Options']);
  return { file, write, pause, check, frameOptions, errors };
}

test('a file that is half written when it is read is not complained of, and taken over when it is whole', async () => {
  const { write, pause, check, frameOptions, errors } = await scene();
  write(HALF);
  pause.pass = () => write(headers('new'));
  await check();
  expect([frameOptions(), errors]).toEqual([[], []]);
  await check();
  await check();
  expect([frameOptions(), errors]).toEqual([['new'], []]);
});

test('a valid file that changes again during the pause is not taken over', async () => {
  const { write, pause, check, frameOptions } = await scene();
  write(headers('first'));
  pause.pass = () => write(headers('second'));
  await check();
  expect(frameOptions()).toEqual([]);
  await check();
  expect(frameOptions()).toEqual(['second']);
});

test('a file that is missing for a moment is not complained of', async () => {
  const { file, write, pause, check, frameOptions, errors } = await scene();
  rmSync(file);
  pause.pass = () => write(headers('old'));
  await check();
  await check();
  expect([frameOptions(), errors]).toEqual([[], []]);
});

test('a content that stays bad is complained of once, and another bad one again', async () => {
  const { write, check, frameOptions, errors } = await scene();
  write(HALF);
  await check();
  await check();
  expect(errors).toHaveLength(1);
  write('nonsense: 1\n');
  await check();
  await check();
  expect(errors.map(String)).toEqual([expect.any(String), expect.stringContaining('unknown key')]);
  write(headers('old'));
  await check();
  expect([frameOptions(), errors.length]).toEqual([[], 2]);
});
