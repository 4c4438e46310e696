import { expect, test } from 'vitest';
import type { AuthConfig } from '../../src/config/config.ts';
import { isSigned } from './auth/key-server.ts';
import { client, EVENTS, failure, json, manualTimers, serve } from './scene.ts';

const KEY: AuthConfig = { kind: 'access_key', accessKey: { value: 'AK' }, secretKey: { value: 'SK' } };

function project(id: string, name = 'cn-north-4') {
  return { id, name, is_domain: false, enabled: true };
}

async function iam(projects: unknown, status = 200) {
  const state = { status, projects };
  const server = await serve(({ url }, response) => {
    if (url.startsWith('/v3/projects')) json(response, state.status, { projects: state.projects });
    else json(response, 200, {});
  });
  return { server, state };
}

test('a configured one is not looked up', async () => {
  expect(await client({ endpoint: 'http://127.0.0.1:9', projectId: 'abc' }).projectId()).toBe('abc');
});

test('looked up once by the name of the region, signed without a project', async () => {
  const { server } = await iam([project('abc')]);
  const api = client({ endpoint: server.origin, projectId: null, auth: KEY });
  await Promise.all([api.request(EVENTS), api.request(EVENTS), api.projectId()]);
  const [lookup, ...events] = server.received;
  expect(lookup).toMatchObject({ method: 'GET', url: '/v3/projects?name=cn-north-4' });
  expect(lookup?.headers['x-project-id']).toBeUndefined();
  expect(lookup && isSigned(lookup, 'SK')).toBe(true);
  expect(events.map(({ url }) => url)).toEqual(['/v1/abc/events', '/v1/abc/events']);
});

test('the project of exactly that name wins over its subprojects', async () => {
  const { server } = await iam([project('sub', 'cn-north-4_team'), project('abc')]);
  expect(await client({ endpoint: server.origin, projectId: null }).projectId()).toBe('abc');
});

test.each([
  [[], 'iam_projects: IAM knows no project named cn-north-4; set project_id'],
  [undefined, 'iam_projects: IAM knows no project named cn-north-4; set project_id'],
  [
    [project('a'), project('b')],
    'iam_projects: several projects match cn-north-4: cn-north-4 (a), cn-north-4 (b); set project_id',
  ],
  [
    [project('a', 'x\n'), project('b', 'y')],
    'iam_projects: several projects match cn-north-4: x\\u000a (a), y (b); set project_id',
  ],
  [[project('../../v1/other')], 'iam_projects: the project has an id that is none'],
])('none, several or a strange one: %j', async (projects, message) => {
  const { server } = await iam(projects);
  const error = await failure(client({ endpoint: server.origin, projectId: null }).request(EVENTS));
  expect(error.message).toBe(message);
});

test('a failure is not asked about again by each request', async () => {
  const { server, state } = await iam([project('abc')], 500);
  const timers = manualTimers();
  const api = client({ endpoint: server.origin, projectId: null }, { timers });
  for (let i = 0; i < 5; i += 1) expect((await failure(api.request(EVENTS))).reason).toBe('server');
  expect(server.received).toHaveLength(1);
  state.status = 200;
  timers.advance(10_000);
  expect(await api.projectId()).toBe('abc');
});
