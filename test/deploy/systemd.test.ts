import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parseCommand } from '../../src/cli/parse-command.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { folderWith } from '../e2e/built-binary.ts';
import { DEPLOY, ROOT } from './manifests.ts';

const unit = readFileSync(`${DEPLOY}modelarts-exporter.service`, 'utf8');
const values = (key: string) =>
  [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);
const analyze = test.skipIf(!existsSync('/usr/bin/systemd-analyze'));

/** The unit with a program that is there: systemd checks that. */
const runnable = () =>
  folderWith({
    'modelarts-exporter.service': unit.replace('/usr/local/bin/modelarts-exporter', '/bin/true'),
  });

analyze('systemd accepts the unit without a word', async () => {
  await using folder = await runnable();
  const path = folder.file('modelarts-exporter.service');
  expect(await promisify(execFile)('systemd-analyze', ['verify', path])).toEqual({ stdout: '', stderr: '' });
});

analyze('systemd counts little exposure', async () => {
  await using folder = await runnable();
  const args = ['security', '--offline=true', '--no-pager', folder.file('modelarts-exporter.service')];
  const { stdout } = await promisify(execFile)('systemd-analyze', args);
  const [, exposure] = /Overall exposure level for .*: ([\d.]+)/.exec(stdout) ?? [];
  expect(Number(exposure)).toBeLessThan(2);
});

test.each([
  ['DynamicUser', 'yes'],
  ['NoNewPrivileges', 'yes'],
  ['ProtectSystem', 'strict'],
  ['ProtectHome', 'yes'],
  ['CapabilityBoundingSet', ''],
])('the unit has %s=%s', (key, value) => {
  expect(values(key)).toEqual([value]);
});

test('the unit runs the exporter, and gives the documented configuration its secrets', () => {
  const [program, ...args] = values('ExecStart')[0]?.split(' ') ?? [];
  expect(program).toBe('/usr/local/bin/modelarts-exporter');
  expect(parseCommand(args)).toMatchObject({
    kind: 'serve',
    configFile: '/etc/modelarts-exporter/config.yaml',
  });

  const [, text = ''] =
    /```yaml\n# \/etc\/modelarts-exporter\/config\.yaml\n([\s\S]*?)```/.exec(
      readFileSync(join(ROOT, 'docs/deployment.md'), 'utf8'),
    ) ?? [];
  const env = {
    CREDENTIALS_DIRECTORY: '/run/credentials/modelarts-exporter.service',
    STATE_DIRECTORY: '/var/lib/modelarts-exporter',
  };
  const parsed = parseConfig(text, { file: 'config.yaml', env, directory: '/etc/modelarts-exporter' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const loaded = values('LoadCredential').map(
    (value) => `${env.CREDENTIALS_DIRECTORY}/${value.split(':')[0]}`,
  );
  const named = [...loaded, parsed.config.state.file];
  expect(parsed.namedFiles.map(({ file }) => file).sort()).toEqual(named.sort());
  expect(parsed.config.state.file).toMatch(`${env.STATE_DIRECTORY}/`);
  expect(values('StateDirectory')).toEqual(['modelarts-exporter']);
});
