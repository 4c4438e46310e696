import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { secretReader } from '../../src/http/secret.ts';

test.each(['SK\n', 'SK\r\n', ' SK \n', '\tSK', 'SK'])(
  'a secret file that holds %j holds the secret SK',
  async (content) => {
    const folder = await mkdtemp(join(tmpdir(), 'secret-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'secret-key');
    await writeFile(file, content);
    expect(await secretReader('secret_key', { file })()).toBe('SK');
  },
);

test('a secret in the configuration itself is taken as it is written', async () => {
  expect(await secretReader('password', { value: ' pass word ' })()).toBe(' pass word ');
});
