// Tests run real servers and tools. What is missing is installed where that can be done; the rest is said loudly.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const DEBIAN = {
  prometheus: ['/usr/bin/prometheus', '/usr/bin/promtool'],
  'prometheus-alertmanager': ['/usr/bin/prometheus-alertmanager', '/usr/bin/amtool'],
  chromium: ['/usr/bin/chromium'],
  openssl: ['/usr/bin/openssl'],
  curl: ['/usr/bin/curl'],
  rpm: ['/usr/bin/rpm'],
  systemd: ['/usr/lib/systemd/systemd', '/usr/bin/systemd-analyze'],
};

/** Chromium without windows, for which tests of pages take half the processor time; Chromium itself does too. */
const SPARING = { package: 'chromium-headless-shell', path: '/usr/lib/chromium/chromium-headless-shell' };

/** What Go's own client builds, each in a folder of its version, so that a new version is built anew. */
const GO = JSON.parse(readFileSync(new URL('go-programs.json', import.meta.url), 'utf8'));
const goPath = (name) => join(homedir(), GO[name].path);

const missingPackages = () =>
  Object.entries(DEBIAN)
    .filter(([, paths]) => !paths.every(existsSync))
    .map(([name]) => name);
const missingPrograms = () => Object.keys(GO).filter((name) => !existsSync(goPath(name)));

function installPackages(packages) {
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options);
}

if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
  if (missingPackages().length > 0) {
    console.log(`installing for the tests: ${missingPackages().join(', ')}`);
    installPackages(missingPackages());
  }
  // By itself: not every Debian has it.
  if (!existsSync(SPARING.path)) installPackages([SPARING.package]);
}

for (const name of missingPrograms()) {
  console.log(`building for the tests, which takes minutes the first time: ${name}`);
  const env = { ...process.env, GOBIN: dirname(goPath(name)), CGO_ENABLED: '0' };
  spawnSync('go', ['install', GO[name].module], { stdio: 'ignore', env });
}

const advice = [
  [missingPackages(), 'On Debian, as root: apt-get install'],
  [missingPrograms(), 'With Go in the PATH, node scripts/install-test-programs.mjs builds'],
].filter(([absent]) => absent.length > 0);
if (advice.length > 0) {
  console.error(`
  ****************************************************************************
  NOT INSTALLED, so the tests that need it are SKIPPED:
${advice.map(([absent, how]) => `  ${absent.join(', ')}. ${how} ${absent.join(' ')}`).join('\n')}
  ****************************************************************************
`);
  if (process.env.CI === 'true') process.exitCode = 1;
}
