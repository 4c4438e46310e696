import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { formatProblem } from '../../src/config/problem.ts';

const folder = join(import.meta.dirname, 'testdata');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const env = { RATE: '2.5', WORD: 'Word Expanded', SKIP: 'true', EMPTY: '', PASSWORD: 'pass-expanded' };

function parse(text: string, file = 'config.yaml') {
  return parseConfig(text, { file, env, directory: '/etc/exporter' });
}

test.each(files.filter((name) => name.endsWith('.bad.yaml')))('%s tells all its problems', async (name) => {
  const result = parse(readFileSync(join(folder, name), 'utf8'), name);
  if (result.ok) throw new Error('no problem found');
  const said = result.problems.map((problem) => `${formatProblem(problem)}\n`).join('');
  await expect(said).toMatchFileSnapshot(join(folder, name.replace('.yaml', '.txt')));
  expect(said).not.toMatch(/hunter2|expanded/i);
});

test('the files that a configuration names are known with what they hold', () => {
  const result = parse(readFileSync(join(folder, 'full.good.yaml'), 'utf8'));
  if (!result.ok) throw new Error('not valid');
  const said = result.namedFiles.map(({ file, holds, problem }) => [problem('').path, holds, file]);
  expect(said).toEqual([
    ['state.file', 'state', '/etc/exporter/state/exporter.json'],
    ['api.tls_config.ca_file', 'certificate', '/etc/exporter/ca.pem'],
    ['projects[0].auth.token_file', 'secret', '/etc/exporter/secrets/token'],
    ['projects[1].auth.secret_key_file', 'secret', '/run/secrets/sk'],
    ['projects[2].auth.domain_file', 'secret', '/etc/exporter/d'],
    ['alerting.alertmanagers[0].tls_config.ca_file', 'certificate', '/etc/exporter/ca.pem'],
    ['alerting.alertmanagers[1].bearer_token_file', 'secret', '/etc/exporter/bearer'],
    ['event_log', 'event log', '/etc/exporter/events.jsonl'],
  ]);
});

test.each(files.filter((name) => name.endsWith('.good.yaml')))('%s gives its configuration', async (name) => {
  const result = parse(readFileSync(join(folder, name), 'utf8'), name);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  const shown = JSON.stringify(result.config.shown(), null, 2);
  await expect(`${shown}\n`).toMatchFileSnapshot(join(folder, name.replace('.yaml', '.json')));
});

test('labels of alerts keep their names, also those that look like a key', () => {
  const result = parse(readFileSync(join(folder, 'full.good.yaml'), 'utf8'));
  if (!result.ok) throw new Error('not valid');
  expect(result.config.alerting.labels).toEqual({ team: 'ml', shift: '7', source_file: 'none', empty: '' });
});
