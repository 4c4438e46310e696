import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { ROOT } from './manifests.ts';

interface Packed {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

async function pack(): Promise<Packed> {
  // Without scripts, which would build again while other tests run what is built.
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: ROOT });
  const [packed] = JSON.parse(stdout) as [Packed];
  return packed;
}

/** All that the package may hold. */
const EXPECTED = [
  /^(README|CHANGELOG)\.md$/,
  /^(LICENSE|package\.json|config\.example\.yaml|config\.schema\.json)$/,
  /^dist\/[\w/-]+\.js$/,
  /^dist\/build\.json$/,
  /^docs\/[\w-]+\.md$/,
  /^docs\/images\/[\w-]+\.webp$/,
  /^grafana\/dashboards\/modelarts-[\w-]+\.json$/,
  /^grafana\/provisioning\/\w+\/\w+\.yml$/,
  /^prometheus\/[\w-]+\.yml$/,
  /^prometheus\/templates\/[\w-]+\.tmpl$/,
];

test('the package holds the program, dashboards, rules and documents, and nothing else', async () => {
  const { size, unpackedSize, files } = await pack();
  const paths = files.map(({ path }) => path);
  expect(paths.filter((path) => !EXPECTED.some((pattern) => pattern.test(path)))).toEqual([]);
  for (const pattern of EXPECTED)
    expect(
      paths.filter((path) => pattern.test(path)),
      String(pattern),
    ).not.toEqual([]);
  expect(paths).toEqual(expect.arrayContaining(Object.values(packageJson.bin)));
  expect(size).toBeLessThan(1_000_000);
  expect(unpackedSize).toBeLessThan(3_000_000);
});

test('the version of the package is the one that everything names', () => {
  const [, newest] = /^## \[(\d[\d.]*)\]/m.exec(readFileSync(`${ROOT}CHANGELOG.md`, 'utf8')) ?? [];
  if (newest !== undefined) expect(newest).toBe(packageJson.version);
  expect(readFileSync(`${ROOT}CHANGELOG.md`, 'utf8')).toContain('## [Unreleased]');
  for (const folder of ['docs', 'deploy']) {
    for (const name of readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(md|ya?ml)$|Dockerfile$/.test(name)) continue;
      const text = readFileSync(`${ROOT}${folder}/${name}`, 'utf8');
      for (const [, version] of text.matchAll(/(?:modelarts-exporter[:_-]|newTag: )(\d+\.\d+\.\d+)/g)) {
        expect([name, version]).toEqual([name, packageJson.version]);
      }
    }
  }
});

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

// From a registry that lacks some of them, npm writes a lock file that `npm ci` of npm 11 refuses.
test('the lock file knows the packages of every platform', () => {
  const lock = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8')) as {
    packages: Readonly<Record<string, Locked>>;
  };
  const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in lock.packages || `${path}/node_modules/${name}` in lock.packages),
    ),
  );
  expect(missing).toEqual([]);
});
