import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { parseConfig } from '../../src/config/parse.ts';
import { startDemo } from '../../src/simulator/world/demo.ts';
import { DEPLOY, ROOT } from '../deploy/manifests.ts';
import { freePort } from '../free-port.ts';
import { PROGRAMS, testWith } from '../programs.ts';
import { Machine } from './machine.ts';

const { version } = packageJson;
const test = testWith('helm', 'nfpm');
const testOnMachine = testWith('helm', 'nfpm', 'rpm', 'systemd', 'unshare').skipIf(process.getuid?.() !== 0);

let folder = '';
const path = (name: string) => join(folder, name);
const run = async (program: string, args: readonly string[], env = {}) =>
  (await promisify(execFile)(program, args, { cwd: ROOT, env: { ...process.env, ...env } })).stdout;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'release-'));
  await run(process.execPath, ['scripts/release.mjs', `--folder=${path('made')}`]);
}, 400_000);
afterAll(() => rm(folder, { recursive: true }));

const ARTIFACTS = [
  `modelarts-exporter-${version}.tgz`,
  `modelarts-exporter-${version}.linux-amd64.tar.gz`,
  `modelarts-exporter-${version}.linux-arm64.tar.gz`,
  `modelarts-exporter_${version}-1_amd64.deb`,
  `modelarts-exporter_${version}-1_arm64.deb`,
  `modelarts-exporter-${version}-1.x86_64.rpm`,
  `modelarts-exporter-${version}-1.aarch64.rpm`,
];

test('a release is all of this, and the checksums are of it', () => {
  const names = readdirSync(path('made'));
  const boms = ARTIFACTS.map((name) => `${name}.cdx.json`);
  const chart = `modelarts-exporter-chart-${version}.tgz`;
  expect(names.sort()).toEqual([...ARTIFACTS, ...boms, chart, 'sha256sums.txt'].sort());
  const sums = readFileSync(path('made/sha256sums.txt'), 'utf8').trimEnd().split('\n');
  expect(sums.map((line) => line.split('  ')[1])).toEqual(
    names.filter((name) => name !== 'sha256sums.txt').sort(),
  );
  for (const [sum, name = ''] of sums.map((line) => line.split('  '))) {
    expect(
      createHash('sha256')
        .update(readFileSync(path(`made/${name}`)))
        .digest('hex'),
      name,
    ).toBe(sum);
  }
});

test.each(ARTIFACTS)('%s comes with what it is made of', (name) => {
  const bom = JSON.parse(readFileSync(path(`made/${name}.cdx.json`), 'utf8')) as {
    metadata: { component: { name: string; version: string } };
    components: readonly { name: string }[];
  };
  expect(bom.metadata.component).toMatchObject({ name: 'modelarts-exporter', version });
  const names = bom.components.map((component) => component.name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(packageJson.dependencies)));
  expect(names).not.toContain('vitest');
  expect(names.includes('node')).toBe(name !== ARTIFACTS[0]);
});

test('the executable needs nothing beside it, and shows its documents', async () => {
  const name = `modelarts-exporter-${version}.linux-${process.arch === 'arm64' ? 'arm64' : 'amd64'}`;
  await run('tar', ['--extract', '--file', path(`made/${name}.tar.gz`), '--directory', folder]);
  const executable = path(`${name}/modelarts-exporter`);
  const files = readdirSync(path(name));
  expect(files).toEqual(
    expect.arrayContaining(['LICENSE', 'THIRD-PARTY-LICENSES', 'alerts.yml', 'dashboards']),
  );
  const licenses = readFileSync(path(`${name}/THIRD-PARTY-LICENSES`), 'utf8');
  for (const dependency of Object.keys(packageJson.dependencies))
    expect(licenses).toContain(`==== ${dependency}\n`);

  const alone = path('alone');
  await mkdir(alone);
  await run('mv', [executable, alone]);
  const env = { PATH: '', NODE_PATH: '' };
  const options = { cwd: alone, env };
  const { stdout } = await promisify(execFile)(join(alone, 'modelarts-exporter'), ['--version'], options);
  expect(stdout).toMatch(/^modelarts-exporter, version .*\n(.*\n)* {2}node version: +v24\./);

  const program = (...args: readonly string[]) =>
    promisify(execFile)(join(alone, 'modelarts-exporter'), args, options);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const demo = program('demo', `--web.listen-address=127.0.0.1:${port}`);
  const health = () => program('healthcheck', `--url=${url}`).then(() => 'healthy', String);
  await expect.poll(health, { timeout: 30_000 }).toBe('healthy');
  for (const page of ['/', '/docs', '/docs/doctor']) expect((await fetch(`${url}${page}`)).status).toBe(200);
  demo.child.kill();
  await demo;
  await expect(program('doctor', '--config.file=none.yaml')).rejects.toMatchObject({ code: 2 });
  await expect(program('demo', '--replay=none')).rejects.toMatchObject({ code: 1 });
});

const CONFIG = '/etc/modelarts-exporter/config.yaml';
const STATE = '/var/lib/modelarts-exporter/state';
const UNIT = 'modelarts-exporter.service';

/** The package of a version before this one, whose program does nothing but run. */
async function packOlder(packager: string): Promise<string> {
  const staged = path('older');
  await mkdir(join(staged, 'dashboards'), { recursive: true });
  for (const name of [
    'LICENSE',
    'THIRD-PARTY-LICENSES',
    'config.example.yaml',
    'config.schema.json',
    'alerts.yml',
  ])
    await writeFile(join(staged, name), '');
  await writeFile(join(staged, 'dashboards/one.json'), '{}');
  await writeFile(join(staged, 'modelarts-exporter'), '#!/bin/sh\nexec sleep 1000\n');
  await chmod(join(staged, 'modelarts-exporter'), 0o755);
  const file = path(`older.${packager}`);
  const args = [
    'package',
    '--config=deploy/packages/nfpm.yaml',
    `--packager=${packager}`,
    `--target=${file}`,
  ];
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
  await run(PROGRAMS.nfpm, args, { VERSION: '0.0.9', ARCH: arch, STAGED: staged });
  return file;
}

const RPM = 'rpm --force-debian --nodeps';

testOnMachine.each([
  {
    packager: 'deb',
    pattern: process.arch === 'arm64' ? /_arm64\.deb$/ : /_amd64\.deb$/,
    install: 'dpkg --install',
    upgrade: 'dpkg --install',
    remove: 'dpkg --remove modelarts-exporter',
    flags: '/etc/default/modelarts-exporter',
    kept: CONFIG,
  },
  {
    packager: 'rpm',
    pattern: process.arch === 'arm64' ? /\.aarch64\.rpm$/ : /\.x86_64\.rpm$/,
    install: `${RPM} --install`,
    upgrade: `${RPM} --upgrade`,
    remove: `${RPM} --erase modelarts-exporter`,
    flags: '/etc/sysconfig/modelarts-exporter',
    kept: `${CONFIG}.rpmsave`,
  },
])(
  'as $packager it is installed, started, upgraded and removed on a machine without Node.js',
  async (each) => {
    const cloud = await startDemo({ now: Date.now });
    await using machine = await Machine.start();
    try {
      const newer = readdirSync(path('made')).find((name) => each.pattern.test(name));
      expect(await machine.run('command -v node || echo none')).toBe('none');

      const stateOf = async () =>
        machine.run(`systemctl show --property=ActiveState,UnitFileState --value ${UNIT}`);
      await machine.install(await packOlder(each.packager), each.install);
      expect(await stateOf()).toBe('inactive\ndisabled');
      expect(await machine.run(`stat --format='%A %U %G' ${CONFIG}`)).toBe(
        '-rw-r----- root modelarts-exporter',
      );

      const port = await freePort();
      await machine.write(CONFIG, `state: { file: ${STATE} }\n${cloud.configYaml}`);
      await machine.write(each.flags, `ARGS=--web.listen-address=127.0.0.1:${port}\n`);
      await machine.run(`systemctl enable --now ${UNIT}`);
      expect(await stateOf()).toBe('active\nenabled');

      await machine.install(path(`made/${newer}`), each.upgrade);
      const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      await expect.poll(metrics, { timeout: 30_000 }).toMatch(/^modelarts_target_up\{.*\} 1$/m);
      expect(await metrics()).toContain(`modelarts_exporter_build_info{version="${version}"`);
      expect(await stateOf()).toBe('active\nenabled');
      expect(await machine.run(`stat --format=%U ${STATE}`)).toBe('modelarts-exporter');
      expect(await machine.run(`grep -c projects ${CONFIG}`)).toBe('1');
      expect(await machine.run(`systemd-analyze verify ${UNIT} 2>&1`)).toBe('');
      const exposure = await machine.run(`systemd-analyze security --no-pager ${UNIT}`);
      expect(Number(/Overall exposure level for .*: ([\d.]+)/.exec(exposure)?.[1])).toBeLessThan(2);

      await machine.run(each.remove);
      expect(await stateOf()).toBe('inactive');
      expect(await machine.run('command -v modelarts-exporter || echo gone')).toBe('gone');
      expect(await machine.run(`grep -c projects ${each.kept}`)).toBe('1');
      if (each.packager === 'deb') {
        await machine.run('dpkg --purge modelarts-exporter');
        expect(
          await machine.run(
            `ls -d ${CONFIG} /var/lib/modelarts-exporter 2>&1 | grep -v 'No such' || echo gone`,
          ),
        ).toBe('gone');
      }
    } finally {
      await cloud.close();
    }
  },
  120_000,
);

test('the configuration that comes with a package is valid, and names files that its group may read', () => {
  const text = readFileSync(`${DEPLOY}packages/config.yaml`, 'utf8');
  const parsed = parseConfig(text, { file: 'config.yaml', env: {}, directory: '/etc/modelarts-exporter' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  expect(parsed.config.state.file).toBe(STATE);
  const secrets = ['/etc/modelarts-exporter/access-key', '/etc/modelarts-exporter/secret-key'];
  expect(parsed.namedFiles.map(({ file }) => file).sort()).toEqual([...secrets, STATE]);
  const unit = readFileSync(`${DEPLOY}modelarts-exporter.service`, 'utf8');
  expect(unit).toContain('StateDirectory=modelarts-exporter\n');
});
