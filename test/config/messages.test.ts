import { expect, test } from 'vitest';
import { adviceOn } from '../../src/config/advice.ts';
import { excerptOf } from '../../src/config/excerpt.ts';
import { nearest } from '../../src/config/nearest.ts';
import { parseConfig } from '../../src/config/parse.ts';
import type { Problem } from '../../src/config/problem.ts';
import { configOf } from '../configuration.ts';

test.each([
  ['regoin', ['region', 'name'], 'region'],
  ['projectid', ['project_id', 'name'], 'project_id'],
  ['min-interval', ['min_interval'], 'min_interval'],
  ['warn', ['warning', 'critical'], 'warning'],
  ['tok', ['token', 'token_file'], undefined],
  ['x', ['id'], undefined],
  ['', ['id'], undefined],
  ['tokn', ['token', 'token_file'], 'token'],
])('%s may mean one of %s: %s', (word, known, meant) => {
  expect(nearest(word, known)).toBe(meant);
});

function problemsOf(text: string): readonly Problem[] {
  const result = parseConfig(text, { file: 'config.yaml', env: {}, directory: '/' });
  return result.ok ? [] : result.problems;
}

test.each([
  ['colection: {}\nprojects: [{name: p, region: cn-north-4, auth: {token: t}}]\n', 'colection', 'collection'],
  ['projects:\n  - { name: p, regoin: cn-north-4, auth: { token: t } }\n', 'projects[0].regoin', 'region'],
  ['projects: [{name: p, region: cn-north-4, auth: {tokn: t}}]\n', 'projects[0].auth.tokn', 'token'],
  [
    'projects: [{name: p, region: cn-north-4, auth: {token: t}, discovery: {service: {}}}]\n',
    'projects[0].discovery.service',
    'services',
  ],
])('an unknown key that is near a known one says so: %#', (text, path, meant) => {
  expect(problemsOf(text).find((problem) => problem.path === path)?.message).toBe(
    `unknown key, did you mean ${meant}?`,
  );
});

test('a word near an allowed one says so, and a key of another place is not proposed', () => {
  const text =
    'collection: { schedule: backgruond }\nprojects: [{name: p, region: r, tokenn: x, auth: {token: t}}]\n';
  expect(problemsOf(text).map(({ message }) => message)).toEqual([
    'expected one of scrape, background, did you mean background?',
    'unknown key',
  ]);
});

const excerpt = (text: string, line: number, column: number, path: string, message = 'is wrong') =>
  excerptOf(text, { file: 'f', line, column, path, message });

test('a problem shows its line as it is written, with a mark below its place', () => {
  expect(excerpt('api:\n  timeout: 10x\n', 2, 12, 'api.timeout')).toBe(
    `      timeout: 10x\n${' '.repeat(15)}^`,
  );
  expect(excerpt('api:\n  timeout: 10x\n', 2, 3, 'api.timout', 'unknown key, did you mean timeout?')).toBe(
    '      timeout: …\n      ^',
  );
  // Within braces, too, where every key is known and holds no secret; else the mark is below what is hidden.
  expect(excerpt('services: { refresh: 1 }', 1, 22, 'projects[0].discovery.services.refresh')).toBe(
    `    services: { refresh: 1 }\n${' '.repeat(25)}^`,
  );
  expect(excerpt('auth: { token: [1] }', 1, 16, 'projects[0].auth.token')).toBe(
    `    auth: …\n${' '.repeat(10)}^`,
  );
});

test('a reference to the environment that needs quotes says so', () => {
  const text = `projects: [{ name: p, auth: { token: ${'$'}{TOKEN} } }]\n`;
  expect(problemsOf(text).map(({ message }) => message)).toEqual([
    expect.stringMatching(/^not valid YAML: .*: a reference to the environment within braces needs quotes$/),
  ]);
});

test('what is doubtful has its place', () => {
  const text = 'projects:\n  - name: p\n    region: cn-nort-4\n    auth: { token: t }\n';
  const result = parseConfig(text, { file: 'config.yaml', env: {}, directory: '/' });
  expect(result.ok && result.doubts.map(({ line, column, path }) => [line, column, path])).toEqual([
    [3, 13, 'projects[0].region'],
    [2, 11, 'projects[0].name'],
  ]);
});

test.each([
  ['token: hunter2', 1, 8, 'projects[0].auth.token'],
  ['tokn: hunter2', 1, 1, 'projects[0].auth.tokn', 'unknown key'],
  ['colour: hunter2', 1, 1, 'projects[0].colour', 'unknown key'],
  ['- hunter2', 1, 3, 'projects[0].auth.token'],
  ['auth: { token: hunter2 }', 1, 7, 'projects[0].auth'],
  ['region: x # token hunter2', 1, 9, 'projects[0].region'],
  ['proxy_url: socks://user:hunter2@proxy', 1, 12, 'api.proxy_url'],
  ['hunter2', 1, 1, ''],
  ['url: ftp://bob:hunter2@alerts', 1, 6, 'alerting.alertmanagers[0].url'],
  ['services: { colour: hunter2, refresh: 1 }', 1, 39, 'projects[0].discovery.services.refresh'],
  ['services: {"colour":"hunter2", refresh: 1 }', 1, 41, 'projects[0].discovery.services.refresh'],
  ['  hunter2", refresh: 1 }', 1, 22, 'projects[0].discovery.services.refresh'],
  ['name: hunter2', 1, 1, 'projects[0].region'],
] as const)('no excerpt shows what may be a secret: %s', (...of) => {
  expect(excerpt(...(of as unknown as Parameters<typeof excerpt>)) ?? '').not.toContain('hunter2');
});

test.each([
  [{ region: 'cn-nroth-4' }, /^region cn-nroth-4 is not known: did you mean cn-north-4\?$/],
  [{ project_id: 'my-project' }, /^project_id my-project does not look like an id/],
  [{ services: [] }, /^nothing of a project is watched: list services, inference_services, training_jobs/],
])('%o is warned of', (change, message) => {
  const project = {
    name: 'p',
    region: 'cn-north-4',
    project_id: '0123456789abcdef0123456789abcdef',
    auth: { token: 't' },
    services: [{ id: 's' }],
  };
  expect(adviceOn(configOf({ projects: [project] }))).toEqual([]);
  expect(adviceOn(configOf({ projects: [{ ...project, region: 'cn-north-99' }] }))).toEqual([]);
  expect(adviceOn(configOf({ projects: [{ ...project, ...change }] }))).toEqual([
    expect.objectContaining({ project: 'p', message: expect.stringMatching(message) }),
  ]);
});
