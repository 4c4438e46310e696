import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import go from '../scripts/go-programs.json' with { type: 'json' };

const HEADLESS_SHELL = '/usr/lib/chromium/chromium-headless-shell';

/** The real servers and tools that tests run, where Debian and scripts/install-test-programs.mjs put them. */
export const PROGRAMS = {
  /** `npm run test:current` has newer servers built. */
  prometheus: process.env['TEST_PROMETHEUS'] ?? '/usr/bin/prometheus',
  /** Only `npm run test:current` has these two built. */
  loki: process.env['TEST_LOKI'] ?? '',
  otelcol: process.env['TEST_OTELCOL'] ?? '',
  promtool: '/usr/bin/promtool',
  alertmanager: process.env['TEST_ALERTMANAGER'] ?? '/usr/bin/prometheus-alertmanager',
  amtool: '/usr/bin/amtool',
  /** Without what shows windows, where that is there: it takes half the processor time. */
  chromium: existsSync(HEADLESS_SHELL) ? HEADLESS_SHELL : '/usr/bin/chromium',
  openssl: '/usr/bin/openssl',
  curl: '/usr/bin/curl',
  rpm: '/usr/bin/rpm',
  systemd: '/usr/lib/systemd/systemd',
  unshare: '/usr/bin/unshare',
  helm: join(homedir(), go.helm.path),
  nfpm: join(homedir(), go.nfpm.path),
} as const;

/** A test that needs programs: skipped where one is missing, but never in CI. */
export function testWith(...names: readonly (keyof typeof PROGRAMS)[]): typeof test {
  const missing = names.filter((name) => !existsSync(PROGRAMS[name]));
  if (missing.length > 0 && process.env['CI'] === 'true') {
    throw new Error(`not installed: ${missing.join(', ')}`);
  }
  return test.skipIf(missing.length > 0) as typeof test;
}
