import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AuthConfig } from '../../../src/config/config.ts';
import { createBreakers } from '../../../src/modelarts/breaker.ts';
import {
  type Answering,
  client,
  EVENTS,
  failure,
  json,
  listen,
  manualTimers,
  recordingObserver,
  serve,
  settle,
} from '../scene.ts';

const NOW = Date.parse('2024-01-02T03:04:05Z');
const DATE = 'Tue, 02 Jan 2024 03:04:05 GMT';

function userAuth(password: { value: string } | { file: string } = { value: 'right' }): AuthConfig {
  return { kind: 'password', username: { value: 'user' }, password, domain: { value: 'account' } };
}

/** An IAM and a ModelArts in one: tokens are `token-1`, `token-2`, ... and only the valid ones work. */
async function cloud(options: { expiresAt?: string; delay?: number } = {}) {
  const state = { issued: 0, valid: new Set<string>(), iam: true, accepts: true };
  const server = await serve(({ url, headers, body }, response) => {
    if (url.startsWith('/v3/auth/tokens')) {
      if (!state.iam) return json(response, 503, {});
      if (JSON.parse(body).auth.identity.password.user.password !== 'right') {
        return json(
          response,
          401,
          { error: { code: 401, message: 'The username or password is wrong.' } },
          { date: DATE },
        );
      }
      state.issued += 1;
      const token = `token-${state.issued}`;
      if (state.accepts) state.valid.add(token);
      const expires_at = options.expiresAt ?? '2024-01-03T03:04:05.855000Z';
      const issue = () =>
        json(
          response,
          201,
          { token: { expires_at, project: { id: 'fedcba', name: 'cn-north-4' } } },
          { 'x-subject-token': token, date: DATE },
        );
      setTimeout(issue, options.delay ?? 0);
      return;
    }
    const token = String(headers['x-auth-token']);
    json(response, state.valid.has(token) ? 200 : 401, {
      error_code: 'APIGW.0307',
      error_msg: `token ${token} must be updated`,
    });
  });
  const sent = (path: string) => server.received.filter(({ url }) => url.includes(path)).length;
  return { server, state, tokens: () => sent('/v3/auth/tokens'), events: () => sent('/events') };
}

const clock = () => NOW;

test('a token of 100 KB, as users with many permissions have it', async () => {
  const token = 'x'.repeat(102_400);
  const answer: Answering = ({ url, headers }, response) => {
    if (url.startsWith('/v3/auth/tokens')) json(response, 201, { token: {} }, { 'x-subject-token': token });
    else json(response, headers['x-auth-token'] === token ? 200 : 401, { fine: true });
  };
  const server = await listen(http.createServer({ maxHeaderSize: 200_000 }), answer);
  const api = client({ endpoint: server.origin, auth: userAuth() });
  expect(await api.request(EVENTS)).toEqual({ fine: true });
});

test('one token for all who wait, asked for as documented, and the project id from its answer', async () => {
  const { server, tokens } = await cloud({ delay: 30 });
  const observer = recordingObserver();
  const api = client({ endpoint: server.origin, projectId: null, auth: userAuth() }, { clock, observer });
  await Promise.all(Array.from({ length: 20 }, () => api.request(EVENTS)));
  expect(tokens()).toBe(1);
  expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { name: 'user', password: 'right', domain: { name: 'account' } } },
      },
      scope: { project: { name: 'cn-north-4' } },
    },
  });
  expect(server.received[1]).toMatchObject({
    url: '/v1/fedcba/events',
    headers: { 'x-auth-token': 'token-1' },
  });
  expect(await api.projectId()).toBe('fedcba');
  expect(observer.codes.slice(0, 2)).toEqual(['iam_token 201', 'pool_events 200']);
});

test('a configured project id is the scope', async () => {
  const { server } = await cloud();
  await client({ endpoint: server.origin, projectId: 'abc', auth: userAuth() }, { clock }).request(EVENTS);
  expect(JSON.parse(server.received[0]?.body ?? '').auth.scope).toEqual({ project: { id: 'abc' } });
});

test('renewed well before it expires, by the clock of IAM, while the old one serves', async () => {
  const { server, tokens, state } = await cloud();
  const timers = manualTimers();
  // Our own clock is a year off.
  const api = client({ endpoint: server.origin, auth: userAuth() }, { clock: () => NOW + 3.2e10, timers });
  await api.request(EVENTS);
  timers.advance(23 * 3_600_000);
  await api.request(EVENTS);
  expect(tokens()).toBe(1);
  timers.advance(1_801_000);
  state.iam = false;
  await api.request(EVENTS);
  await settle();
  await api.request(EVENTS);
  expect(tokens()).toBe(2);
  state.iam = true;
  timers.advance(10_000);
  await api.request(EVENTS);
  await settle();
  expect(state.issued).toBe(2);
});

test('a 401 renews it once, however many get it', async () => {
  const { server, state, tokens, events } = await cloud();
  const timers = manualTimers();
  const api = client({ endpoint: server.origin, auth: userAuth() }, { clock, timers });
  await api.request(EVENTS);
  state.valid.clear();
  await Promise.all(Array.from({ length: 10 }, () => api.request(EVENTS)));
  expect(tokens()).toBe(2);
  expect(events()).toBe(21);
});

test('tokens that do not help are asked for once per backoff', async () => {
  const { server, state, tokens, events } = await cloud();
  state.accepts = false;
  const timers = manualTimers();
  const api = client({ endpoint: server.origin, auth: userAuth() }, { clock, timers });
  for (const [index, backoff] of [10_000, 20_000, 40_000].entries()) {
    const errors = await Promise.all(Array.from({ length: 20 }, () => failure(api.request(EVENTS))));
    expect(errors.every(({ reason, message }) => reason === 'auth' && !message.includes('token-'))).toBe(
      true,
    );
    expect([tokens(), events()]).toEqual([index + 2, 2 * (index + 1)]);
    timers.advance(backoff);
  }
});

test('a token that is refused counts as such while IAM gives no other', async () => {
  const { server, state, events } = await cloud();
  const timers = manualTimers();
  const api = client({ endpoint: server.origin, auth: userAuth() }, { clock, timers });
  await api.request(EVENTS);
  state.valid.clear();
  state.iam = false;
  for (let i = 0; i < 5; i += 1) expect((await failure(api.request(EVENTS))).reason).toBe('auth');
  expect(events()).toBe(2);
});

test('a wrong password is tried once per backoff by all projects together, a new one at once', async () => {
  const { server, tokens } = await cloud();
  const directory = mkdtempSync(join(tmpdir(), 'modelarts-auth-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'password');
  writeFileSync(file, 'wrong-CANARY\n');
  const timers = manualTimers();
  const breakers = createBreakers(timers);
  const apis = ['a', 'b', 'c'].map((name) =>
    client(
      { name, endpoint: server.origin, auth: userAuth({ file }), api: { retries: 3 } },
      { clock, timers, breakers },
    ),
  );
  const ask = () =>
    Promise.all(apis.flatMap((api) => [failure(api.request(EVENTS)), failure(api.request(EVENTS))]));
  const errors = await ask();
  expect(new Set(errors.map(({ reason }) => reason))).toEqual(new Set(['auth']));
  // Any of the six may have been the one that asked.
  const answered = errors.find(({ status }) => status === 401);
  expect(answered?.message).toBe('iam_token: HTTP 401 401: The username or password is wrong.');
  expect(JSON.stringify(errors.map(({ message, stack }) => [message, stack]))).not.toContain('CANARY');
  await ask();
  expect(tokens()).toBe(1);
  timers.advance(10_000);
  await ask();
  await ask();
  expect(tokens()).toBe(2);
  writeFileSync(file, 'right');
  await Promise.all(apis.map((api) => api.request(EVENTS)));
});

test('IAM that is down for a moment is asked again, and one that stays down not by each request', async () => {
  const { server, state, tokens } = await cloud();
  state.iam = false;
  const timers = manualTimers();
  const api = client({ endpoint: server.origin, auth: userAuth() }, { clock, timers });
  for (let i = 0; i < 10; i += 1) expect((await failure(api.request(EVENTS))).reason).toBe('server');
  expect(tokens()).toBe(1);
  state.iam = true;
  timers.advance(10_000);
  await api.request(EVENTS);
});

test('an answer without a token is malformed', async () => {
  const server = await serve((_, response) => json(response, 201, { token: {} }));
  expect(await failure(client({ endpoint: server.origin, auth: userAuth() }).request(EVENTS))).toMatchObject({
    reason: 'malformed',
    message: 'iam_token: no X-Subject-Token in the answer',
  });
});
