import { expect, test } from 'vitest';
import { client, EVENTS, failure, json, manualTimers, recordingObserver, serve, settle } from '../scene.ts';
import { isSigned } from './key-server.ts';

const NOW = Date.parse('2024-01-02T03:04:05Z');
const DATE = 'Tue, 02 Jan 2024 03:04:05 GMT';

/** A metadata service; `v2` is the status of its token request. */
async function metadata(options: { v2?: number; lifetime?: number } = {}) {
  const state = { keys: 0, tokens: 0, refuse: 0, text: 'token expired' };
  const server = await serve(({ method, url, headers }, response) => {
    if (method === 'PUT' && url === '/meta-data/latest/api/token') {
      if (options.v2 !== undefined) return json(response, options.v2, {});
      state.tokens += 1;
      expect(headers['x-metadata-token-ttl-seconds']).toBe('21600');
      response.end(`metadata-token-${state.tokens}`);
      return;
    }
    if (url !== '/openstack/latest/securitykey') return json(response, 404, {});
    const expected = options.v2 === undefined ? `metadata-token-${state.tokens}` : undefined;
    if (headers['x-metadata-token'] !== expected || state.refuse > 0) {
      state.refuse -= 1;
      response.writeHead(401, { date: DATE });
      response.end(state.text);
      return;
    }
    state.keys += 1;
    const expires_at = new Date(NOW + (options.lifetime ?? 86_400_000)).toISOString().replace('Z', '000Z');
    const { keys } = state;
    json(
      response,
      200,
      { credential: { access: `AK${keys}`, secret: `SK${keys}`, securitytoken: `T${keys}`, expires_at } },
      { date: DATE },
    );
  });
  return { server, state, auth: { kind: 'ecs_metadata', endpoint: server.origin } as const };
}

const clock = () => NOW;

test.each([undefined, 404, 405, 503])('temporary keys, with and without metadata tokens: %s', async (v2) => {
  const { auth, state } = await metadata(v2 === undefined ? {} : { v2 });
  const api = await serve((_, response) => json(response, 200, {}));
  const observer = recordingObserver();
  const asked = client({ endpoint: api.origin, auth }, { clock, observer });
  await Promise.all(Array.from({ length: 10 }, () => asked.request(EVENTS)));
  expect(state.keys).toBe(1);
  expect(api.received.every((request) => isSigned(request, 'SK1'))).toBe(true);
  expect(api.received[0]?.headers).toMatchObject({
    'x-security-token': 'T1',
    authorization: expect.stringContaining(
      'Access=AK1, SignedHeaders=host;x-project-id;x-sdk-date;x-security-token,',
    ),
  });
  expect(observer.codes.slice(0, 2)).toEqual([`ecs_metadata ${v2 ?? 200}`, 'ecs_metadata 200']);
});

test('renewed when less than 40 minutes remain, and short-lived ones without a storm', async () => {
  for (const [lifetime, renewed] of [
    [86_400_000, 86_400_000 - 2_400_000],
    [1_200_000, 600_000],
  ] as const) {
    const { auth, state } = await metadata({ lifetime });
    const server = await serve((_, response) => json(response, 200, {}));
    const timers = manualTimers();
    const api = client({ endpoint: server.origin, auth }, { clock, timers });
    await api.request(EVENTS);
    timers.advance(renewed - 1);
    await api.request(EVENTS);
    await settle();
    expect(state.keys).toBe(1);
    timers.advance(1);
    await api.request(EVENTS);
    await settle();
    await api.request(EVENTS);
    await settle();
    expect(state.keys).toBe(2);
  }
});

test('a metadata token that is refused is replaced once', async () => {
  const { auth, state } = await metadata();
  state.refuse = 1;
  const server = await serve((_, response) => json(response, 200, {}));
  await client({ endpoint: server.origin, auth }, { clock }).request(EVENTS);
  expect([state.tokens, state.keys]).toEqual([2, 1]);
});

test('without an agency the error says so, and nothing is tried again at once', async () => {
  const { auth, server, state } = await metadata();
  state.refuse = 9;
  state.text = 'Please configure Cloud Service Agency first.';
  const api = client({ endpoint: 'http://127.0.0.1:9', auth }, { clock, timers: manualTimers() });
  for (let i = 0; i < 3; i += 1) {
    expect(await failure(api.request(EVENTS))).toMatchObject({
      reason: 'auth',
      message: 'ecs_metadata: HTTP 401: Please configure Cloud Service Agency first.',
    });
  }
  expect(server.received).toHaveLength(2);
});

test('keys that ModelArts refuses are renewed once', async () => {
  const { auth, state } = await metadata();
  const server = await serve((request, response) => json(response, isSigned(request, 'SK2') ? 200 : 401, {}));
  await client({ endpoint: server.origin, auth }, { clock }).request(EVENTS);
  expect(state.keys).toBe(2);
});

test('the metadata service is reached past every proxy', async () => {
  const { auth, state } = await metadata();
  const env = { HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '' };
  const api = client({ endpoint: 'http://127.0.0.1:9', auth }, { clock, env });
  expect((await failure(api.request(EVENTS))).message).toContain('pool_events');
  expect(state.keys).toBe(1);
});

test.each([{}, { credential: null }, { credential: { access: 'a', secret: 1, securitytoken: 't' } }])(
  'an answer of another shape is malformed: %j',
  async (answer) => {
    const server = await serve((_, response) => json(response, 200, answer));
    const auth = { kind: 'ecs_metadata', endpoint: server.origin } as const;
    expect((await failure(client({ endpoint: server.origin, auth }).request(EVENTS))).reason).toBe(
      'malformed',
    );
  },
);
