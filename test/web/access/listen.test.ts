import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent as HttpAgent, get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { hashSync } from 'bcryptjs';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { systemTimers, type Timers } from '../../../src/timers.ts';
import { type Listening, type ListenOptions, listen } from '../../../src/web/access/listen.ts';
import { formatListenAddress, parseListenAddress } from '../../../src/web/access/listen-address.ts';
import { WAIT } from '../../patience.ts';
import { testWith } from '../../programs.ts';
import { site } from '../fake-backend.ts';
import { makeCertificates } from './certificates.ts';

const test = testWith('openssl');
const directory = mkdtempSync(join(tmpdir(), 'listen-'));
const file = (name: string) => join(directory, name);
beforeAll(() =>
  makeCertificates(directory, ['server', 'renewed', 'client', 'prometheus'], {
    prometheus: 'DNS:prometheus',
  }),
);
afterAll(() => rmSync(directory, { recursive: true }));

const open: Listening[] = [];
const errors: unknown[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((listening) => listening.close()));
  expect(errors.splice(0)).toEqual([]);
});

type StartOptions = Partial<Omit<ListenOptions, 'addresses'>> & { readonly addresses?: readonly string[] };

async function start({ addresses = ['127.0.0.1:0'], ...options }: StartOptions = {}): Promise<Listening> {
  const listening = await listen((_req, res) => res.end('hello'), {
    addresses: addresses.map(parseListenAddress),
    onError: (error) => errors.push(error),
    timers: systemTimers,
    ...options,
  });
  open.push(listening);
  return listening;
}

/** Replaces the file as a whole, so that nobody reads half of it. */
function replace(name: string, text: string): string {
  writeFileSync(file(`${name}.new`), text);
  renameSync(file(`${name}.new`), file(name));
  return file(name);
}

/** However loaded the machine is. */
const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check, WAIT);

/** Waits a hundredth of the time. */
const HASTY: Timers = {
  now: systemTimers.now,
  sleep: (duration, signal) => systemTimers.sleep(duration / 100, signal),
};

/** Waits for ever, and keeps for how long it was to be. */
function stoppedTimers(): Timers & { readonly asked: readonly number[] } {
  const asked: number[] = [];
  const sleep = (duration: number, signal?: AbortSignal) => {
    asked.push(duration);
    return new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  };
  return { now: systemTimers.now, sleep, asked };
}

async function read(
  url: string | undefined,
  options: RequestOptions = {},
): Promise<{ res: IncomingMessage; body: string }> {
  if (url === undefined) throw new Error('not listening');
  const req = url.startsWith('https')
    ? httpsGet(url, { agent: false, ...options })
    : httpGet(url, { agent: false, ...options });
  const [res] = await once(req, 'response');
  let body = '';
  for await (const part of res) body += part;
  return { res, body };
}

test.each([
  [':10979', { port: 10979 }],
  ['0.0.0.0:80', { host: '0.0.0.0', port: 80 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['[::1]:9', { host: '::1', port: 9 }],
  ['[fe80::1%eth0]:9', { host: 'fe80::1%eth0', port: 9 }],
])('%s is an address', (text, address) => {
  expect(parseListenAddress(text)).toEqual(address);
  expect(formatListenAddress(address)).toBe(text);
});

test.each(['', '10979', 'host', 'host:', ':70000', '::1:9', 'http://x:1', '[::1]', 'a b:1'])(
  '%j is none',
  (text) => {
    expect(() => parseListenAddress(text)).toThrow(/listen address/);
  },
);

test('several addresses, IPv4 and IPv6', async () => {
  const { urls } = await start({ addresses: ['127.0.0.1:0', '[::1]:0', 'localhost:0'] });
  expect(urls).toEqual([
    expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    expect.stringMatching(/^http:\/\/\[::1\]:\d+$/),
    expect.any(String),
  ]);
  for (const url of urls) expect((await read(url)).body).toBe('hello');
});

test('without a host it is reached by IPv4 and IPv6', async () => {
  const { urls } = await start({ addresses: [':0'] });
  const port = new URL(urls[0] ?? '').port;
  expect((await read(`http://127.0.0.1:${port}`)).body).toBe('hello');
  expect((await read(`http://[::1]:${port}`)).body).toBe('hello');
});

test('a port that is taken is one clear line, and nothing else stays open', async () => {
  const { urls } = await start();
  const taken = new URL(urls[0] ?? '').host;
  const other = await start();
  const free = new URL(other.urls[0] ?? '').host;
  await other.close();
  await expect(start({ addresses: [free, taken] })).rejects.toMatchObject({
    name: 'ListenError',
    message: `cannot listen on ${taken}: the port is taken`,
  });
  await expect(read(`http://${free}`)).rejects.toThrow('ECONNREFUSED');
});

test('an address of another machine is one clear line', async () => {
  await expect(start({ addresses: ['192.0.2.1:0'] })).rejects.toMatchObject({
    name: 'ListenError',
    message: 'cannot listen on 192.0.2.1:0: no such address on this machine',
  });
});

test('closing lets an answer under way end, and idle connections do not hold it up', async () => {
  let answer = () => {};
  const listening = await listen(
    (req, res) => {
      if (req.url === '/slow') answer = () => res.end('done');
      else res.end();
    },
    {
      addresses: [{ host: '127.0.0.1', port: 0 }],
      onError: (error) => errors.push(error),
      timers: stoppedTimers(),
    },
  );
  const agent = new HttpAgent({ keepAlive: true });
  await read(listening.urls[0], { agent });
  const slow = read(`${listening.urls[0]}/slow`, { agent: new HttpAgent({ keepAlive: true }) });
  const before = answer;
  await eventually(() => expect(answer).not.toBe(before));
  const closed = listening.close();
  answer();
  expect((await slow).body).toBe('done');
  await closed;
  agent.destroy();
});

test('closing cuts off what does not end, after three seconds', async () => {
  const cutOff = vi.fn<Timers['sleep']>(async () => {});
  const listening = await start({ timers: { now: systemTimers.now, sleep: cutOff } });
  const url = new URL(listening.urls[0] ?? '');
  const socket = connect(Number(url.port), url.hostname);
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
  await once(socket, 'ready');
  await listening.close();
  expect(cutOff.mock.calls.map(([duration]) => duration)).toEqual([3_000]);
  socket.destroy();
});

const TLS = 'tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n';

test('TLS, from 1.2 on', async () => {
  const { urls } = await start({ webConfigFile: replace('tls.yaml', TLS) });
  expect(urls[0]).toMatch(/^https:/);
  const ca = readFileSync(file('ca.crt'));
  expect((await read(urls[0], { ca })).body).toBe('hello');
  expect((await read(urls[0], { ca, maxVersion: 'TLSv1.2' })).body).toBe('hello');
  await expect(read(urls[0], { ca, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow();
  await expect(read(urls[0])).rejects.toThrow(/self-signed|verify/);
  await expect(read(urls[0]?.replace('https', 'http'))).rejects.toThrow();
});

test('cipher suites and versions are what the file says', async () => {
  const text = `${TLS}  max_version: TLS12\n  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]\n`;
  const { urls } = await start({ webConfigFile: replace('suites.yaml', text) });
  const url = new URL(urls[0] ?? '');
  const socket = tlsConnect({ host: url.hostname, port: Number(url.port), ca: readFileSync(file('ca.crt')) });
  await once(socket, 'secureConnect');
  expect(socket.getProtocol()).toBe('TLSv1.2');
  expect(socket.getCipher().standardName).toBe('TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384');
  socket.destroy();
});

test.each([
  // client_auth_type, CA given, and whether these clients are served: without certificate, a foreign one, a good one
  ['NoClientCert', false, [true, true, true]],
  ['RequestClientCert', false, [true, true, true]],
  ['RequestClientCert', true, [true, true, true]],
  ['RequireAnyClientCert', false, [false, true, true]],
  ['RequireAnyClientCert', true, [false, true, true]],
  ['VerifyClientCertIfGiven', true, [true, false, true]],
  ['RequireAndVerifyClientCert', true, [false, false, true]],
] as const)('client certificates: %s, CA given: %s', async (type, withCa, served) => {
  const text = `${TLS}  client_auth_type: ${type}\n${withCa ? '  client_ca_file: ca.crt\n' : ''}`;
  const { urls } = await start({ webConfigFile: replace(`${type}.yaml`, text) });
  const foreign = mkdtempSync(join(directory, 'foreign-'));
  makeCertificates(foreign, ['client']);
  const ca = readFileSync(file('ca.crt'));
  const pair = (at: string) => ({
    cert: readFileSync(join(at, 'client.crt')),
    key: readFileSync(join(at, 'client.key')),
  });
  const clients = [{ ca }, { ca, ...pair(foreign) }, { ca, ...pair(directory) }];
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const results = await Promise.allSettled(
      clients.map((options) => read(urls[0], { ...options, maxVersion })),
    );
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual(served);
  }
});

const clientAuth = (...names: readonly string[]) => `${TLS}  client_auth_type: VerifyClientCertIfGiven
  client_ca_file: ca.crt
  client_allowed_sans: [${names.join(', ')}]
`;

/** Whether clients are served: without certificate, with that of `client`, with that of `prometheus`. */
async function served(url: string | undefined, options: RequestOptions = {}): Promise<boolean[]> {
  const pair = (name: string) => ({
    cert: readFileSync(file(`${name}.crt`)),
    key: readFileSync(file(`${name}.key`)),
  });
  const ca = readFileSync(file('ca.crt'));
  const clients = [{}, pair('client'), pair('prometheus')];
  const results = await Promise.allSettled(clients.map((client) => read(url, { ca, ...client, ...options })));
  return results.map(({ status }) => status === 'fulfilled');
}

test('a client needs a certificate with an allowed name, of which the newest list counts', async () => {
  const webConfigFile = replace('names.yaml', clientAuth('other', 'prometheus'));
  const { urls } = await start({ webConfigFile, timers: HASTY });
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    expect(await served(urls[0], { maxVersion })).toEqual([false, false, true]);
  }
  replace('names.yaml', clientAuth('127.0.0.1'));
  await eventually(async () => expect(await served(urls[0])).toEqual([false, true, false]));
  replace('names.yaml', clientAuth().replace(/.*sans.*/, ''));
  await eventually(() => expect(errors).toHaveLength(1));
  expect(errors.splice(0).map(String).join()).toContain('with a restart only');
  expect(await served(urls[0])).toEqual([false, true, false]);
});

test('a resumed session shows its name, too', async () => {
  const { urls } = await start({ webConfigFile: replace('resumed.yaml', clientAuth('prometheus')) });
  const { hostname, port } = new URL(urls[0] ?? '');
  const ask = async (session?: Buffer) => {
    const socket = tlsConnect({
      host: hostname,
      port: Number(port),
      ca: readFileSync(file('ca.crt')),
      cert: readFileSync(file('prometheus.crt')),
      key: readFileSync(file('prometheus.key')),
      maxVersion: 'TLSv1.2',
      ...(session === undefined ? {} : { session }),
    });
    await once(socket, 'secureConnect');
    const seen = { session: socket.getSession(), isReused: socket.isSessionReused() };
    socket.end('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    return { ...seen, answer: await textOf(socket) };
  };
  const { session } = await ask();
  expect(await ask(session)).toMatchObject({ isReused: true, answer: expect.stringContaining('hello') });
});

test('requests over the rate limit are 429, of users and strangers alike, until the limit is another', async () => {
  const limit = (burst: number) => `${USERS}rate_limit: { interval: 1h, burst: ${burst} }\n`;
  const webConfigFile = replace('limit.yaml', limit(2));
  const { urls } = await start({ webConfigFile, timers: HASTY });
  const auth = 'alice:p';
  expect((await read(urls[0])).res.statusCode).toBe(401);
  expect((await read(urls[0], { auth })).body).toBe('hello');
  const refused = await read(urls[0], { auth });
  expect([refused.res.statusCode, refused.body]).toEqual([429, 'too many requests\n']);
  replace('limit.yaml', `http_server_config: { headers: { X-Frame-Options: deny } }\n${limit(2)}`);
  await eventually(async () => {
    const { res } = await read(urls[0], { auth });
    expect([res.statusCode, res.headers['x-frame-options']]).toEqual([429, 'deny']);
  });
  replace('limit.yaml', limit(1));
  await eventually(async () => expect((await read(urls[0], { auth })).body).toBe('hello'));
  expect((await read(urls[0], { auth })).res.statusCode).toBe(429);
});

test('the web configuration is read again every second', async () => {
  const timers = stoppedTimers();
  await start({ webConfigFile: replace('again.yaml', ''), timers });
  expect(timers.asked).toEqual([1_000]);
});

test('a changed file is taken over at the second look that finds it changed', async () => {
  const looks: (() => void)[] = [];
  const sleep = (_: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      looks.push(resolve);
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  const webConfigFile = replace('soon.yaml', '');
  const { urls } = await start({ webConfigFile, timers: { now: systemTimers.now, sleep } });
  replace('soon.yaml', 'http_server_config: { headers: { X-Frame-Options: deny } }\n');
  const answers: unknown[] = [];
  for (const look of [1, 2]) {
    looks.shift()?.();
    await eventually(() => expect([look, looks]).toEqual([look, [expect.any(Function)]]));
    answers.push((await read(urls[0])).res.headers['x-frame-options']);
  }
  expect(answers).toEqual([undefined, 'deny']);
});

async function servedName(url: string | undefined): Promise<string> {
  const { hostname, port } = new URL(url ?? '');
  const socket: TLSSocket = tlsConnect({
    host: hostname,
    port: Number(port),
    ca: readFileSync(file('ca.crt')),
  });
  await once(socket, 'secureConnect');
  const name = String(socket.getPeerCertificate().subject.CN);
  socket.destroy();
  return name;
}

test('a renewed certificate is taken over, a broken one is told of once and changes nothing', async () => {
  for (const end of ['crt', 'key']) copyFileSync(file(`server.${end}`), file(`live.${end}`));
  const webConfigFile = replace('live.yaml', TLS.replaceAll('server.', 'live.'));
  const { urls } = await start({ webConfigFile, timers: HASTY });
  expect(await servedName(urls[0])).toBe('server');
  replace('live.crt', 'broken');
  await eventually(() => expect(errors).toHaveLength(1));
  expect(await servedName(urls[0])).toBe('server');
  for (const end of ['key', 'crt']) copyFileSync(file(`renewed.${end}`), file(`live.${end}`));
  await eventually(async () => expect(await servedName(urls[0])).toBe('renewed'));
  expect(errors.splice(0).map(String).join()).toContain('unusable certificate or key');
});

test('users, and headers on every answer; a changed file is taken over', async () => {
  const users = (password: string) => `basic_auth_users:\n  alice: ${hashSync(password, 4)}\n`;
  const headers = 'http_server_config:\n  headers:\n    X-Frame-Options: SAMEORIGIN\n';
  const webConfigFile = replace('users.yaml', headers + users('old'));
  let changes = 0;
  const onChange = () => {
    changes += 1;
  };
  const { urls } = await start({ webConfigFile, timers: HASTY, onChange });
  const refused = await read(urls[0]);
  expect(refused.res.statusCode).toBe(401);
  expect(refused.res.headers).toMatchObject({ 'www-authenticate': 'Basic', 'x-frame-options': 'SAMEORIGIN' });
  expect((await read(urls[0], { auth: 'alice:old' })).body).toBe('hello');
  expect((await read(urls[0], { auth: 'alice:new' })).res.statusCode).toBe(401);
  replace('users.yaml', headers + users('new'));
  await eventually(async () => expect((await read(urls[0], { auth: 'alice:new' })).body).toBe('hello'));
  expect((await read(urls[0], { auth: 'alice:old' })).res.statusCode).toBe(401);
  expect(changes).toBe(1);
});

test('a file that is changed and changed back is taken over both times', async () => {
  const [old, renewed] = ['old', 'new'].map((name) => `basic_auth_users:\n  ${name}: ${hashSync('p', 4)}\n`);
  const webConfigFile = replace('back.yaml', old ?? '');
  const { urls } = await start({ webConfigFile, timers: HASTY });
  for (const [text, auth] of [
    [renewed, 'new:p'],
    [old, 'old:p'],
  ] as const) {
    replace('back.yaml', text ?? '');
    await eventually(async () => expect((await read(urls[0], { auth })).body).toBe('hello'));
  }
});

test('configured headers outweigh those of the application', async () => {
  const text = 'http_server_config:\n  headers:\n    X-Frame-Options: SAMEORIGIN\n';
  const { url, listening } = await site({ webConfigFile: replace('headers.yaml', text) });
  open.push(listening);
  const { headers } = (await read(`${url}/-/healthy`)).res;
  expect(headers).toMatchObject({ 'x-frame-options': 'SAMEORIGIN', 'x-content-type-options': 'nosniff' });
});

const USERS = `basic_auth_users:\n  alice: ${hashSync('p', 4)}\n`;

test.each([
  ['TLS', '', TLS, 200],
  ['the first user', '', USERS, 200],
  ['the loss of all users', USERS, '', 401],
])('what needs a restart is said, once, and not taken over: %s', async (_, before, after, status) => {
  const webConfigFile = replace('restart.yaml', before);
  const onChange = () => errors.push('taken over');
  const { urls } = await start({ webConfigFile, timers: HASTY, onChange });
  replace('restart.yaml', after);
  await eventually(() => expect(errors).toHaveLength(1));
  expect((await read(urls[0])).res.statusCode).toBe(status);
  replace('restart.yaml', 'nonsense: 1\n');
  await eventually(() => expect(errors).toHaveLength(2));
  const [first, second] = errors.splice(0).map(String);
  expect(first).toContain('with a restart only');
  expect(second).toContain('unknown key');
  expect((await read(urls[0])).res.statusCode).toBe(status);
});

test('a bad web configuration stops the start', async () => {
  await expect(start({ webConfigFile: replace('bad.yaml', 'x: 1\n') })).rejects.toMatchObject({
    name: 'WebConfigError',
    problems: [`${file('bad.yaml')}:1:1: x: unknown key`],
  });
});
