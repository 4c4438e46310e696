import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { PROGRAMS, testWith } from '../programs.ts';
import { promtool } from './promtool.ts';
import { DIRECTORY } from './rules.ts';

const configurations = readdirSync(DIRECTORY).filter((name) => name.startsWith('scrape-'));

testWith('promtool').each(configurations)('Prometheus accepts %s', async (name) => {
  expect(await promtool('check', 'config', `${DIRECTORY}${name}`)).toContain('SUCCESS');
});

/** Receiver that the example routes an alert to. */
async function receiver(...labels: readonly string[]): Promise<string> {
  const config = `--config.file=${DIRECTORY}alertmanager.yml`;
  const { stdout } = await promisify(execFile)(PROGRAMS.amtool, [
    'config',
    'routes',
    'test',
    config,
    ...labels,
  ]);
  return stdout.trim();
}

testWith('amtool')(
  'the Alertmanager example wakes people for what is critical, and tells operators the rest',
  async () => {
    expect(await receiver('alertname=ModelArtsPoolAbnormal', 'severity=critical', 'bridge=replaces')).toBe(
      'on-call',
    );
    expect(await receiver('alertname=ModelArtsPoolAbnormal', 'severity=critical')).toBe('on-call');
    expect(await receiver('alertname=ModelArtsThrottled', 'severity=warning')).toBe('operators');
    expect(await receiver('alertname=ModelArtsBridgeDelivers', 'severity=none')).toBe('nobody');
  },
);
