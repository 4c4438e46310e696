import { expect, test } from 'vitest';
import type { Credentials } from '../../src/simulator/access/credentials.ts';
import { canonicalRequest, signatureOf } from '../../src/simulator/access/signature.ts';
import { sdkDate } from '../../src/simulator/wire-time.ts';
import type { TestSimulatorOptions } from '../simulator-kit/test-simulator.ts';
import { list, NOW, PROJECT, type Running, runSimulator } from './running-simulator.ts';

const PATH = `/v1/${PROJECT}/services`;

/** A simulator whose time the test sets. */
async function run(
  credentials: Credentials,
  options: Partial<TestSimulatorOptions> = {},
): Promise<{ simulator: Running; clock: { now: number } }> {
  const clock = { now: NOW };
  const simulator = await runSimulator({ now: () => clock.now, credentials, ...options });
  return { simulator, clock };
}

interface Signer {
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly date?: number;
  readonly securityToken?: string;
  readonly body?: string;
}

function sign(simulator: Running, method: string, url: string, signer: Signer): Record<string, string> {
  const { accessKey = 'AK', secretKey = 'SK', date = NOW, securityToken, body = '' } = signer;
  const headers: Record<string, string> = {
    host: new URL(simulator.url).host,
    'x-project-id': PROJECT,
    'x-sdk-date': sdkDate(date),
    ...(securityToken === undefined ? {} : { 'x-security-token': securityToken }),
  };
  const names = Object.keys(headers);
  const canonical = canonicalRequest({ method, url, headers, body: Buffer.from(body) }, names);
  const signature = signatureOf(canonical, sdkDate(date), secretKey);
  const authorization = `SDK-HMAC-SHA256 Access=${accessKey}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...headers, authorization };
}

const KEYS: Credentials = { accessKeys: [{ accessKey: 'AK', secretKey: 'SK' }] };
const detail = (text: unknown): string =>
  String(text).replace('Incorrect IAM authentication information: ', '');

test('a token opens its project, until it expires', async () => {
  const { simulator, clock } = await run({
    tokens: [{ token: 't1', projectId: PROJECT, expiresAt: NOW + 1000 }],
  });
  simulator.cloud.addProject({ id: 'other', name: 'other' });
  const get = async (token: string, path = PATH) => simulator.get(path, { 'X-Auth-Token': token });
  expect((await get('t1')).status).toBe(200);
  const wrong = await get('t2');
  expect(wrong.status).toBe(401);
  expect(wrong.json).toEqual({
    error_msg: 'Incorrect IAM authentication information: decrypt token fail',
    error_code: 'APIGW.0301',
    request_id: wrong.headers.get('x-request-id'),
  });
  expect((await get('t1', '/v1/other/services')).json['error_code']).toBe('ModelArts.0210');
  clock.now += 1000;
  expect(detail((await get('t1')).json['error_msg'])).toBe('token expires, expires_at: 2024-05-06T07:08:10Z');
});

test('no authentication at all', async () => {
  const { simulator } = await run({}, { dialect: { gateway: { prefix: 'APIG' } } });
  const { status, json } = await simulator.get(PATH, {});
  expect([status, json['error_code']]).toEqual([401, 'APIG.0301']);
  expect(detail(json['error_msg'])).toBe('x-auth-token not found');
});

// Vectors of the vendor's SDKs.
test.each([
  [
    'GET',
    '/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0',
    {
      'content-type': 'application/json',
      host: 'service.region.example.com',
      'x-sdk-date': '20191115T033655Z',
    },
    '',
    'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc',
    '7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe',
  ],
  [
    'POST',
    '/resources?size=1',
    { host: 'service.endpoint.myhuaweicloud.com', 'x-sdk-date': '20200608T023900Z' },
    '{"name":"test","id":1}',
    'SecretKey',
    '436b1ac0a1ae03705934bb70ef2f2e09f7bfed2117d731a38235053199323a1f',
  ],
  [
    'GET',
    '/path?limit=1',
    { 'x-sdk-date': '20060102T150405Z' },
    '',
    'SecretKey',
    '5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624',
  ],
])('signature of %s %s', (method, url, headers, body, secretKey, expected) => {
  const canonical = canonicalRequest({ method, url, headers, body: Buffer.from(body) }, Object.keys(headers));
  expect(signatureOf(canonical, headers['x-sdk-date'], secretKey)).toBe(expected);
});

test('the canonical query is sorted and encoded anew', () => {
  const url =
    '/p?limit=1&enable=true&test=%E4%B8%80%20(%26%3D%3F!%23%25.*)&path=/tmp/123&multi=1&multi=2&multi=3';
  const lines = canonicalRequest({ method: 'GET', url, headers: {}, body: Buffer.alloc(0) }, []).split('\n');
  expect(lines[2]).toBe(
    'enable=true&limit=1&multi=1&multi=2&multi=3&path=%2Ftmp%2F123&test=%E4%B8%80%20%28%26%3D%3F%21%23%25.%2A%29',
  );
});

test('a signed request passes; a changed one shows its canonical request', async () => {
  const { simulator } = await run(KEYS);
  const url = `${PATH}?limit=5`;
  expect((await simulator.get(url, sign(simulator, 'GET', url, {}))).status).toBe(200);
  const search = `/v2/${PROJECT}/training-job-searches`;
  const signed = sign(simulator, 'POST', search, { body: '{"limit":5}' });
  expect((await simulator.send('POST', search, { limit: 5 }, signed)).status).toBe(200);

  const { status, json } = await simulator.get(PATH, sign(simulator, 'GET', url, {}));
  expect(status).toBe(401);
  const host = new URL(simulator.url).host;
  expect(detail(json['error_msg'])).toBe(
    `verify aksk signature fail, canonicalRequest:GET|${PATH}/||host:${host}|x-project-id:${PROJECT}|x-sdk-date:20240506T070809Z||host;x-project-id;x-sdk-date|e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855`,
  );
});

test.each([
  [15 * 60_000 - 1000, 200],
  [-15 * 60_000 + 1000, 200],
  [15 * 60_000 + 1000, 401],
  [-15 * 60_000 - 1000, 401],
])('a clock that is off by %i ms: %i', async (skew, expected) => {
  const { simulator } = await run(KEYS);
  const reply = await simulator.get(PATH, sign(simulator, 'GET', PATH, { date: NOW + skew }));
  expect(reply.status).toBe(expected);
  expect(reply.headers.get('date')).toBe('Mon, 06 May 2024 07:08:09 GMT');
});

test('temporary keys need their security token, and end', async () => {
  const key = { accessKey: 'AK', secretKey: 'SK', securityToken: 'ST', expiresAt: NOW + 1000 };
  const { simulator, clock } = await run({ accessKeys: [key] });
  const get = async (signer: Signer) =>
    (await simulator.get(PATH, sign(simulator, 'GET', PATH, signer))).status;
  expect(await get({ securityToken: 'ST' })).toBe(200);
  expect(await get({ securityToken: 'other' })).toBe(401);
  expect(await get({})).toBe(401);
  clock.now += 1000;
  expect(await get({ securityToken: 'ST' })).toBe(401);
});

test('five failures in a row lock a key for five minutes', async () => {
  const { simulator, clock } = await run(KEYS);
  const get = (secretKey: string) =>
    simulator.get(PATH, sign(simulator, 'GET', PATH, { secretKey, date: clock.now }));
  for (let i = 0; i < 4; i++) await get('wrong');
  expect((await get('SK')).status).toBe(200);
  for (let i = 0; i < 5; i++) expect((await get('wrong')).text).toContain('verify aksk signature fail');
  const locked = await get('SK');
  expect(detail(locked.json['error_msg'])).toBe('AK access failed to reach the limit,forbidden');
  clock.now += 5 * 60_000 - 1;
  expect((await get('SK')).status).toBe(401);
  clock.now += 1;
  expect((await get('SK')).status).toBe(200);
});

test('an unknown key is named', async () => {
  const { simulator } = await run(KEYS);
  const { json } = await simulator.get(PATH, sign(simulator, 'GET', PATH, { accessKey: 'XX' }));
  expect(detail(json['error_msg'])).toBe('Get secretKey failed,ak:XX,err:ak not exist');
});

const USER: Credentials = { users: [{ name: 'u', password: 'pw', domain: 'acme' }] };
const tokenRequest = (password: string, project: object = { name: 'cn-north-4' }) => {
  const user = { name: 'u', password, domain: { name: 'acme' } };
  return { auth: { identity: { methods: ['password'], password: { user } }, scope: { project } } };
};

test('IAM issues tokens that work until they expire', async () => {
  const { simulator, clock } = await run(USER, { iam: { tokenLifetime: 60_000 } });
  const answer = await simulator.send('POST', '/v3/auth/tokens?nocatalog=true', tokenRequest('pw'), {});
  expect(answer.status).toBe(201);
  expect(answer.json['token']).toMatchObject({
    expires_at: '2024-05-06T07:09:09.123000Z',
    project: { id: PROJECT, name: 'cn-north-4' },
  });
  expect(answer.json['token']).not.toHaveProperty('catalog');
  expect(answer.headers.get('x-iam-trace-id')).toBeTruthy();
  const token = answer.headers.get('x-subject-token') ?? '';
  const again = await simulator.send('POST', '/v3/auth/tokens', tokenRequest('pw', { id: PROJECT }), {});
  expect(again.json['token']).toHaveProperty('catalog');
  expect(again.headers.get('x-subject-token')).not.toBe(token);
  expect((await simulator.get(PATH, { 'X-Auth-Token': token })).status).toBe(200);
  clock.now += 60_000;
  expect((await simulator.get(PATH, { 'X-Auth-Token': token })).status).toBe(401);
});

test('IAM refuses wrong passwords with its nested body, and locks the account after five', async () => {
  const { simulator, clock } = await run(USER);
  const ask = (password: string) => simulator.send('POST', '/v3/auth/tokens', tokenRequest(password), {});
  for (let i = 0; i < 5; i++) {
    const { status, json } = await ask('no');
    expect(status).toBe(401);
    expect(json).toMatchObject({ error: { code: 401, message: 'The username or password is wrong.' } });
  }
  expect((await ask('pw')).json).toMatchObject({ error: { message: 'The account is locked.' } });
  clock.now += 15 * 60_000;
  expect((await ask('pw')).status).toBe(201);
  expect((await simulator.send('POST', '/v3/auth/tokens', {}, {})).status).toBe(400);
});

test('IAM lists projects by name, or all, to those who are known', async () => {
  const { simulator } = await run({ ...KEYS, tokens: [{ token: 't' }] });
  simulator.cloud.addProject({ id: 'p2', name: 'cn-north-4_team' });
  const headers = { 'X-Auth-Token': 't' };
  const one = await simulator.get('/v3/projects?name=cn-north-4', headers);
  expect(list(one, 'projects')).toMatchObject([{ id: PROJECT, name: 'cn-north-4', enabled: true }]);
  expect(list(await simulator.get('/v3/projects?name=none', headers), 'projects')).toEqual([]);
  const signed = sign(simulator, 'GET', '/v3/projects', {});
  expect(list(await simulator.get('/v3/projects', signed), 'projects')).toHaveLength(2);
  expect((await simulator.get('/v3/projects?name=cn-north-4', {})).status).toBe(401);
});

const TTL = { 'X-Metadata-Token-Ttl-Seconds': '60' };

test('ECS metadata, second version: a token first, then keys that work', async () => {
  const { simulator, clock } = await run({}, { ecsMetadata: { keyLifetime: 3_600_000 } });
  const token = await simulator.send('PUT', '/meta-data/latest/api/token', undefined, TTL);
  expect((await simulator.get('/openstack/latest/securitykey', {})).status).toBe(401);
  const headers = { 'X-Metadata-Token': token.text };
  const { json } = await simulator.get('/openstack/latest/securitykey', headers);
  const credential = json['credential'] as Record<
    'access' | 'secret' | 'securitytoken' | 'expires_at',
    string
  >;
  expect(credential.expires_at).toBe('2024-05-06T08:08:09.123000Z');
  const signer = {
    accessKey: credential.access,
    secretKey: credential.secret,
    securityToken: credential.securitytoken,
  };
  expect((await simulator.get(PATH, sign(simulator, 'GET', PATH, signer))).status).toBe(200);
  const renewed = await simulator.send('PUT', '/meta-data/latest/api/token', undefined, TTL);
  clock.now += 60_000;
  expect((await simulator.get('/openstack/latest/securitykey', headers)).status).toBe(401);
  clock.now -= 1;
  const newer = { 'X-Metadata-Token': renewed.text };
  expect((await simulator.get('/openstack/latest/securitykey', newer)).status).toBe(200);
  simulator.ecsMetadata.revokeTokens();
  expect((await simulator.get('/openstack/latest/securitykey', newer)).status).toBe(401);
  expect((await simulator.send('PUT', '/meta-data/latest/api/token', undefined, {})).status).toBe(400);
});

test('ECS metadata, first version, and a machine without an agency', async () => {
  const first = await run({}, { ecsMetadata: { version: 'v1', refusal: 405 } });
  expect((await first.simulator.send('PUT', '/meta-data/latest/api/token', undefined, TTL)).status).toBe(405);
  expect((await first.simulator.get('/openstack/latest/securitykey', {})).status).toBe(200);
  const { simulator } = await run({}, { ecsMetadata: { version: 'v1', agency: false } });
  const { status, text } = await simulator.get('/openstack/latest/securitykey', {});
  expect([status, text]).toEqual([401, 'Please configure Cloud Service Agency first']);
});

test('throttles each project by itself, and says for how long', async () => {
  const { simulator, clock } = await run(
    { tokens: [{ token: 't' }] },
    { throttle: { limit: 2, period: 60_000, retryAfter: 'seconds' } },
  );
  simulator.cloud.addProject({ id: 'p2', name: 'other' });
  const get = (path = PATH) => simulator.get(path, { 'X-Auth-Token': 't' });
  await get();
  expect((await get()).status).toBe(200);
  clock.now += 500;
  const { status, headers, json } = await get();
  expect([status, headers.get('retry-after'), json['error_code']]).toEqual([429, '60', 'APIGW.0308']);
  expect(json['error_msg']).toBe(
    'The throttling threshold has been reached: policy user over ratelimit,limit:2,time:1 minute',
  );
  expect((await get('/v1/p2/services')).status).toBe(200);
  clock.now += 59_500;
  expect((await get()).status).toBe(200);
});

test('unknown projects and paths', async () => {
  const { simulator } = await run({ tokens: [{ token: 't' }] });
  const headers = { 'X-Auth-Token': 't' };
  const project = await simulator.get('/v1/unknown/services', headers);
  expect([project.status, project.json['error_code']]).toEqual([400, 'ModelArts.0210']);
  const path = await simulator.get('/v9/nothing', headers);
  expect([path.status, path.json['error_code']]).toEqual([404, 'APIGW.0101']);
  expect(path.json['request_id']).toBe(path.headers.get('x-request-id'));
});
