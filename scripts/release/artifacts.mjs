import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { run } from './run.mjs';

const { version: VERSION } = JSON.parse(readFileSync('package.json', 'utf8'));
const GO = JSON.parse(readFileSync('scripts/go-programs.json', 'utf8'));
const STAGES = 'node_modules/.cache/modelarts-exporter-release/staged';

/** Packs what `npm run build` has built. */
export function packForNpm(folder) {
  return join(
    folder,
    run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder]).trim(),
  );
}

/** A folder with all that comes with the executable, which is still to be built there. */
export function stage({ arch, license }) {
  const folder = join(STAGES, `modelarts-exporter-${VERSION}.linux-${arch}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of [
    'LICENSE',
    'README.md',
    'config.example.yaml',
    'config.schema.json',
    'prometheus/alerts.yml',
  ])
    copyFileSync(file, join(folder, basename(file)));
  cpSync('grafana/dashboards', join(folder, 'dashboards'), { recursive: true });
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES'), licenses(license));
  return { arch, folder, executable: join(folder, 'modelarts-exporter') };
}

/** The licences of what the executable is made of, each with its text. */
function licenses(ofNode) {
  const packages = run('npm', ['ls', '--omit=dev', '--all', '--parseable']).trim().split('\n').slice(1);
  const texts = packages.flatMap((folder) => {
    const name = folder.slice(folder.indexOf('node_modules/') + 'node_modules/'.length);
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    return files.map((file) => `==== ${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`);
  });
  return [...texts, `==== Node.js\n\n${readFileSync(ofNode, 'utf8').trim()}\n`].join('\n');
}

/** The folder as an archive, as programs of Prometheus come. */
export function archive({ folder }, to) {
  const path = join(to, `${basename(folder)}.tar.gz`);
  const anonymous = ['--owner=0', '--group=0', '--numeric-owner', '--sort=name'];
  run('tar', [
    '--create',
    '--gzip',
    '--file',
    path,
    ...anonymous,
    '--directory',
    dirname(folder),
    basename(folder),
  ]);
  return path;
}

/** Packages for Debian and Red Hat and what descends from them, by the names that are usual there. */
export function packForSystems({ arch, folder }, to) {
  const env = { ...process.env, VERSION, ARCH: arch, STAGED: folder };
  return ['deb', 'rpm'].map((packager) => {
    const args = [
      'package',
      '--config=deploy/packages/nfpm.yaml',
      `--packager=${packager}`,
      `--target=${to}`,
    ];
    const said = run(join(homedir(), GO.nfpm.path), args, { env });
    return /^created package: (.+)$/m.exec(said)[1];
  });
}

export function packChart(to) {
  const args = ['package', 'deploy/helm/modelarts-exporter', `--destination=${STAGES}`];
  run(join(homedir(), GO.helm.path), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  // Helm would give it the name of the package for npm.
  const file = `modelarts-exporter-${VERSION}.tgz`;
  copyFileSync(join(STAGES, file), join(to, `modelarts-exporter-chart-${VERSION}.tgz`));
}
