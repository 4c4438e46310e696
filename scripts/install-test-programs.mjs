// Tests run real servers. What is missing is installed where that can be done; the rest is said loudly.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PROGRAMS = {
  prometheus: ['/usr/bin/prometheus', '/usr/bin/promtool'],
  'prometheus-alertmanager': ['/usr/bin/prometheus-alertmanager', '/usr/bin/amtool'],
  chromium: ['/usr/bin/chromium'],
  openssl: ['/usr/bin/openssl'],
  curl: ['/usr/bin/curl'],
};

const missing = () =>
  Object.entries(PROGRAMS)
    .filter(([, paths]) => !paths.every(existsSync))
    .map(([name]) => name);

function install(packages) {
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options);
}

if (missing().length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
  console.log(`installing for the tests: ${missing().join(', ')}`);
  install(missing());
}

const absent = missing();
if (absent.length > 0) {
  console.error(`
  ****************************************************************************
  NOT INSTALLED, so the tests that need it are SKIPPED: ${absent.join(', ')}
  On Debian, as root: apt-get install ${absent.join(' ')}
  ****************************************************************************
`);
  if (process.env.CI === 'true') process.exitCode = 1;
}
