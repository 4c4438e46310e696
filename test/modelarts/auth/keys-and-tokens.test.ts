import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AuthConfig } from '../../../src/config/config.ts';
import { createBreakers } from '../../../src/modelarts/breaker.ts';
import { systemTimers } from '../../../src/timers.ts';
import { client, EVENTS, failure, json, manualTimers, PROJECT_ID, serve, settle, until } from '../scene.ts';
import { isSigned } from './key-server.ts';

function temporaryFile(name: string, content: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'modelarts-auth-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
}

const KEY: AuthConfig = {
  kind: 'access_key',
  accessKey: { value: 'AK' },
  secretKey: { value: 'SK' },
};

test('requests are signed as they are sent', async () => {
  const server = await serve((_, response) => json(response, 200, {}));
  const clock = () => Date.parse('2024-01-02T03:04:05Z');
  const api = client({ endpoint: server.origin, auth: KEY }, { clock });
  await api.request({
    ...EVENTS,
    path: `services/${encodeURIComponent('ünï ~!')}/events`,
    query: { name: "a b*'()!~+&=/%25资", limit: 5, z: '', empty: undefined },
  });
  await api.request({ ...EVENTS, body: { name: '训练' } });
  expect(server.received.map((request) => isSigned(request, 'SK'))).toEqual([true, true]);
  expect(isSigned(server.received[0] ?? fail(), 'other')).toBe(false);
  expect(server.received[0]?.headers).toMatchObject({
    'x-sdk-date': '20240102T030405Z',
    'x-project-id': PROJECT_ID,
    authorization: expect.stringContaining('Access=AK, SignedHeaders=host;x-project-id;x-sdk-date, '),
  });
});

test('a security token is sent and signed', async () => {
  const server = await serve((_, response) => json(response, 200, {}));
  const auth = { ...KEY, securityToken: { value: 'TOKEN' } };
  await client({ endpoint: server.origin, auth }).request(EVENTS);
  expect(server.received[0]?.headers['x-security-token']).toBe('TOKEN');
  expect(server.received[0]?.headers.authorization).toContain('x-sdk-date;x-security-token,');
  expect(isSigned(server.received[0] ?? fail(), 'SK')).toBe(true);
});

test('the environment has the keys, or the error tells which is missing', async () => {
  const server = await serve((_, response) => json(response, 200, {}));
  const auth = { kind: 'environment' } as const;
  const env = { HUAWEICLOUD_SDK_AK: 'AK', HUAWEICLOUD_SDK_SK: 'SK', HUAWEICLOUD_SDK_SECURITY_TOKEN: 'T' };
  await client({ endpoint: server.origin, auth }, { env }).request(EVENTS);
  expect(isSigned(server.received[0] ?? fail(), 'SK')).toBe(true);
  expect(server.received[0]?.headers['x-security-token']).toBe('T');
  expect(await failure(client({ endpoint: server.origin, auth }).request(EVENTS))).toMatchObject({
    reason: 'auth',
    message: 'environment: HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK not set',
  });
});

test('a token file is read again when it changes; its newline is no part of the token', async () => {
  const file = temporaryFile('token', 'first\n');
  const server = await serve((_, response) => json(response, 200, {}));
  const api = client({ endpoint: server.origin, auth: { kind: 'token', token: { file } } });
  await api.request(EVENTS);
  writeFileSync(file, 'second\r\n');
  await api.request(EVENTS);
  expect(server.received.map(({ headers }) => headers['x-auth-token'])).toEqual(['first', 'second']);
});

test.each([
  ['empty', '\n', 'is empty'],
  ['too large', 'x'.repeat(70_000), 'is larger than 65536 bytes'],
  ['two lines', 'CANARY\r\nx-injected: 1\n', 'holds characters that an HTTP header cannot'],
])('a token file that is %s is named, its content is not', async (_, content, problem) => {
  const file = temporaryFile('token', content);
  const error = await failure(
    client({ endpoint: 'http://127.0.0.1:9', auth: { kind: 'token', token: { file } } }).request(EVENTS),
  );
  expect(error.reason).toBe('auth');
  expect(error.message).toContain(problem);
  expect(error.message).not.toContain('CANARY');
});

test('a token file that is not there', async () => {
  const file = '/nonexistent/token';
  const api = client({ endpoint: 'http://127.0.0.1:9', auth: { kind: 'token', token: { file } } });
  expect((await failure(api.request(EVENTS))).message).toBe('token: cannot read /nonexistent/token: ENOENT');
});

test('a wrong token is tried once per backoff for all targets, a new one at once', async () => {
  const file = temporaryFile('token', 'wrong');
  const server = await serve(({ headers }, response) =>
    headers['x-auth-token'] === 'right' ? json(response, 200, {}) : json(response, 401, { error_msg: 'no' }),
  );
  const timers = manualTimers();
  const api = client({ endpoint: server.origin, auth: { kind: 'token', token: { file } } }, { timers });
  const errors = await Promise.all(Array.from({ length: 100 }, () => failure(api.request(EVENTS))));
  expect(new Set(errors.map(({ reason }) => reason))).toEqual(new Set(['auth']));
  expect(server.received).toHaveLength(1);
  timers.advance(10_000);
  await Promise.all(Array.from({ length: 100 }, () => failure(api.request(EVENTS))));
  expect(server.received).toHaveLength(2);
  writeFileSync(file, 'right');
  await Promise.all(Array.from({ length: 100 }, () => api.request(EVENTS)));
  expect(server.received).toHaveLength(102);
});

test('a token that is rejected under way stops what waits in the queue', async () => {
  let valid = true;
  const server = await serve((_, response) => json(response, valid ? 200 : 401, {}));
  const timers = manualTimers();
  const api = client({ endpoint: server.origin, api: { rateLimit: 4 } }, { timers });
  await api.request(EVENTS);
  valid = false;
  const all = Array.from({ length: 200 }, () => failure(api.request(EVENTS)));
  await Promise.race(all);
  timers.advance(1_000);
  await Promise.all(all);
  expect(server.received).toHaveLength(4);
});

test('projects with the same credential share its fate', async () => {
  const server = await serve((_, response) => json(response, 401, {}));
  const breakers = createBreakers(manualTimers());
  const settings = { endpoint: server.origin, auth: KEY };
  await failure(client({ ...settings, name: 'a' }, { breakers }).request(EVENTS));
  await failure(client({ ...settings, name: 'b' }, { breakers }).request(EVENTS));
  expect(server.received).toHaveLength(1);
});

test('an endpoint that does not answer holds up neither itself nor a project with the same credential', async () => {
  const silent = await serve(() => {});
  const fine = await serve((_, response) => json(response, 200, {}));
  const breakers = createBreakers(systemTimers);
  const down = client(
    { name: 'down', endpoint: silent.origin, auth: KEY, api: { timeout: 300 } },
    { breakers },
  );
  const up = client({ name: 'up', endpoint: fine.origin, auth: KEY }, { breakers });
  const failing = Array.from({ length: 50 }, () => failure(down.request(EVENTS)));
  await until(() => silent.received.length === 1);
  await Promise.all(Array.from({ length: 50 }, () => up.request(EVENTS)));
  expect(silent.received.length).toBeLessThan(50);
  await Promise.all(failing);
});

test('the clock is named when a signature is refused because of it', async () => {
  const server = await serve((_, response) =>
    json(
      response,
      401,
      { error_code: 'APIGW.0301', error_msg: 'verify aksk signature fail' },
      { date: 'Tue, 02 Jan 2024 04:04:05 GMT' },
    ),
  );
  const clock = () => Date.parse('2024-01-02T03:04:05Z');
  const error = await failure(client({ endpoint: server.origin, auth: KEY }, { clock }).request(EVENTS));
  expect(error.message).toContain("the clock of this host is 3600 s behind the API's");
});

test('no canary of a key shows in the error of a gateway that repeats the request', async () => {
  const server = await serve(({ method, url, headers }, response) => {
    const text = `verify aksk signature fail, canonicalRequest:${method}|${url}||host:${headers.host}|x-security-token:${headers['x-security-token']}`;
    json(response, 401, { error_code: 'APIGW.0301', error_msg: `${headers.authorization}: ${text}` });
  });
  const auth: AuthConfig = {
    kind: 'access_key',
    accessKey: { value: 'AK-CANARY' },
    secretKey: { value: 'SK-CANARY' },
    securityToken: { value: 'TOKEN-CANARY' },
  };
  const error = await failure(client({ endpoint: server.origin, auth }).request(EVENTS));
  expect(error.message).toContain('verify aksk signature fail');
  expect(error.message).not.toMatch(/CANARY|127\.0\.0\.1|[0-9a-f]{32}/);
});

test('requests wait for the one that tries a new credential', async () => {
  let release = () => {};
  const server = await serve((_, response) => {
    release = () => json(response, 200, {});
    if (server.received.length > 1) release();
  });
  const api = client({ endpoint: server.origin });
  const all = Array.from({ length: 10 }, () => api.request(EVENTS));
  await until(() => server.received.length === 1);
  await settle();
  expect(server.received).toHaveLength(1);
  release();
  await Promise.all(all);
});

function fail(): never {
  throw new Error('nothing received');
}
