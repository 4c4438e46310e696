// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what looks like a reference here is none
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { loadWebConfig, WebConfigError } from '../../../src/web/access/config.ts';
import { testWith } from '../../programs.ts';
import { makeCertificates } from './certificates.ts';

const test = testWith('openssl');
const directory = mkdtempSync(join(tmpdir(), 'web-config-'));
beforeAll(() => makeCertificates(directory, ['server', 'other']));
afterAll(() => rmSync(directory, { recursive: true }));

const HASH = `$2y$10$${'a'.repeat(53)}`;
const TLS = 'tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n';

const NOTHING = { tls: undefined, headers: {}, users: new Map(), rateLimit: undefined };

function load(text: string) {
  const file = join(directory, 'web.yaml');
  writeFileSync(file, text);
  return loadWebConfig(file);
}

async function problems(text: string): Promise<string[]> {
  const error = await load(text).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WebConfigError);
  return error instanceof WebConfigError
    ? error.problems.map((problem) => problem.replaceAll(`${directory}/`, ''))
    : [];
}

test('everything that is offered', async () => {
  const config = await load(`${TLS}  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ${join(directory, 'ca.crt')}
  client_allowed_sans: [prometheus.example, 192.0.2.1]
  min_version: TLS13
  max_version: TLS13
  cipher_suites: [TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
  prefer_server_cipher_suites: false
  curve_preferences: [X25519, CurveP256]
http_server_config:
  http2: false
  headers:
    Strict-Transport-Security: max-age=1
rate_limit: { interval: 1s, burst: 20 }
basic_auth_users:
  alice: ${HASH}
`);
  expect(config.tls?.clientAuth).toBe('RequireAndVerifyClientCert');
  expect(config.tls?.allowedNames).toEqual(['prometheus.example', '192.0.2.1']);
  expect(config.rateLimit).toEqual({ interval: 1_000, burst: 20 });
  expect(config.tls?.context).toMatchObject({
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    ciphers:
      'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:ECDHE-RSA-AES128-GCM-SHA256',
    honorCipherOrder: false,
    ecdhCurve: 'X25519:P-256',
    cert: expect.stringContaining('BEGIN CERTIFICATE'),
  });
  expect(config.headers).toEqual({ 'Strict-Transport-Security': 'max-age=1' });
  expect([...config.users]).toEqual([['alice', HASH]]);
});

test('an empty file is plain HTTP for everybody', async () => {
  expect(await load('')).toEqual(NOTHING);
  expect(await load('# nothing\n')).toMatchObject({ tls: undefined });
});

test.each([
  ['a: [', ['web.yaml:1:5: not valid YAML: ']],
  ['[1]', ['web.yaml:1:1: the top level must be a mapping of keys to values']],
  ['nonsense', ['web.yaml:1:1: the top level must be a mapping of keys to values']],
  ['rate_limit: *x\n', ['web.yaml:1:13: rate_limit: no anchor of this name']],
  [
    'tls_server_config: {}',
    [
      'web.yaml:1:20: tls_server_config.cert_file: is required',
      'web.yaml:1:20: tls_server_config.key_file: is required',
    ],
  ],
  [
    `${TLS}  nonsense: 1\n  more: 1\n`,
    [
      'web.yaml:4:3: tls_server_config.nonsense: unknown key',
      'web.yaml:5:3: tls_server_config.more: unknown key',
    ],
  ],
  [
    `${TLS}  client_auth_type: RequestClientCert\n  client_ca_file: ca.crt\n  cert: a\n  key: secret-in-clear\n  client_ca: b\n`,
    [
      'web.yaml:6:9: tls_server_config.cert: is given besides cert_file',
      'web.yaml:7:8: tls_server_config.key: is given besides key_file',
      'web.yaml:8:14: tls_server_config.client_ca: is given besides client_ca_file',
    ],
  ],
  [
    'tls_server_config: { cert: a, key: secret-in-clear }\n',
    ['web.yaml:1:20: tls_server_config: unusable certificate or key'],
  ],
  [
    `${TLS}  client_allowed_sans: [a]\n`,
    ['web.yaml:4:24: tls_server_config.client_allowed_sans: needs client_auth_type'],
  ],
  [
    `${TLS}  client_auth_type: RequireAnyClientCert\n  client_allowed_sans: [a]\n`,
    ['web.yaml:5:24: tls_server_config.client_allowed_sans: needs client_auth_type'],
  ],
  [
    `${TLS}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n  client_allowed_sans: []\n`,
    ['web.yaml:6:24: tls_server_config.client_allowed_sans: must not be an empty list'],
  ],
  ['rate_limit: { interval: 1s }\n', ['web.yaml:1:13: rate_limit.burst: must be at least 1']],
  ['rate_limit: { interval: 1s, burst: 0 }\n', ['web.yaml:1:36: rate_limit.burst: must be at least 1']],
  ['rate_limit: { interval: often }\n', ['web.yaml:1:25: rate_limit.interval: expected a duration']],
  ['rate_limit: { burst: 1.5 }\n', ['web.yaml:1:22: rate_limit.burst: expected a whole number']],
  [
    `${TLS}  min_version: TLS10\n`,
    ['web.yaml:4:16: tls_server_config.min_version: expected one of TLS12, TLS13'],
  ],
  [
    `${TLS}  min_version: TLS13\n  max_version: TLS12\n`,
    ['web.yaml:5:16: tls_server_config.max_version: is lower'],
  ],
  [
    `${TLS}  client_auth_type: Maybe\n`,
    ['web.yaml:4:21: tls_server_config.client_auth_type: expected one of'],
  ],
  [
    `${TLS}  client_auth_type: VerifyClientCertIfGiven\n`,
    ['web.yaml:4:21: tls_server_config.client_auth_type: needs client_ca_file'],
  ],
  [
    `${TLS}  client_ca_file: ca.crt\n`,
    ['web.yaml:4:19: tls_server_config.client_ca_file: needs a client_auth_type'],
  ],
  [
    `${TLS}  cipher_suites: [NULL_NULL]\n`,
    ['web.yaml:4:19: tls_server_config.cipher_suites[0]: expected one of TLS_'],
  ],
  [
    'http_server_config: { http2: true }\n',
    ['web.yaml:1:30: http_server_config.http2: HTTP/2 is not offered'],
  ],
  [
    'http_server_config:\n  headers:\n    Server: x\n',
    ['web.yaml:3:5: http_server_config.headers.Server: unknown key'],
  ],
  [
    'http_server_config:\n  headers:\n    X-Frame-Options: "a\\nb"\n',
    ['web.yaml:3:22: http_server_config.headers.X-Frame-Options: has characters'],
  ],
  ['basic_auth_users:\n  a: secret-in-clear\n', ['web.yaml:2:6: basic_auth_users.a: is no bcrypt hash']],
  ['basic_auth_users:\n  a: |secret-in-clear\n', ['web.yaml:2:7: not valid YAML: ']],
  // Left out it would let everybody in.
  [
    `basic_auth_users:\n  __proto__: ${HASH}\n`,
    ['web.yaml:2:14: basic_auth_users.__proto__: is no name of a user'],
  ],
  ['basic_auth_users:\n  a:\n', ['web.yaml:2:3: basic_auth_users.a: is no bcrypt hash']],
  [
    `basic_auth_users: { a: "${HASH}", a: "${HASH}" }\n`,
    ['web.yaml:1:88: basic_auth_users.a: this key is already given above'],
  ],
  [
    'tls_server_config: { cert_file: none.crt, key_file: server.key }\n',
    ['web.yaml:1:33: tls_server_config.cert_file: cannot be read: no such file or directory'],
  ],
  [
    'tls_server_config: { cert_file: server.crt, key_file: other.key }\n',
    ['web.yaml:1:20: tls_server_config: unusable certificate or key'],
  ],
  [
    'tls_server_config: { cert_file: web.yaml, key_file: server.key }\n',
    ['web.yaml:1:20: tls_server_config: unusable certificate or key'],
  ],
])('%j is told with its place', async (text, expected) => {
  const found = await problems(text);
  expect(found.map((problem, index) => problem.slice(0, expected[index]?.length))).toEqual(expected);
  expect(found.join('')).not.toMatch(/secret-in-clear|\n/);
});

test('a key with nothing behind it counts as left out', async () => {
  const config = await load('tls_server_config:\nbasic_auth_users:\nhttp_server_config:\n  headers:\n');
  expect(config).toEqual(NOTHING);
});

test.each(['', '{}', '{ burst: 5 }', '{ interval: 0, burst: 5 }', '{ interval: 0s }'])(
  'without an interval there is no limit: %j',
  async (text) => {
    expect((await load(`rate_limit: ${text}\n`)).rateLimit).toBeUndefined();
  },
);

test('certificates in the file itself', async () => {
  const inline = (key: string, name: string) =>
    `  ${key}: |\n${readFileSync(join(directory, name), 'utf8').replaceAll(/^(?=.)/gm, '    ')}`;
  const text = `tls_server_config:
${inline('cert', 'server.crt')}${inline('key', 'server.key')}${inline('client_ca', 'ca.crt')}
  client_auth_type: VerifyClientCertIfGiven
`;
  const inFiles = await load(`${TLS}  client_ca_file: ca.crt\n  client_auth_type: VerifyClientCertIfGiven\n`);
  expect(inFiles.tls?.context.ca).toContain('BEGIN CERTIFICATE');
  expect(await load(text)).toEqual(inFiles);
});

test('a $ is nothing special', async () => {
  const text = "http_server_config: { headers: { X-Frame-Options: '$$ ${HOME}' } }\n";
  expect((await load(text)).headers).toEqual({ 'X-Frame-Options': '$$ ${HOME}' });
});

test('aliases that multiply are refused', async () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
  for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf'].map((pair) => [pair[0], pair[1]])) {
    bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`);
  }
  expect(await problems(bomb.join('\n'))).toEqual([
    'web.yaml:1:1: the file holds more than 200000 values, aliases resolved',
  ]);
});

test('a file without an end is read no further than allowed', async () => {
  await expect(loadWebConfig('/dev/zero')).rejects.toThrow('/dev/zero:1:1: the file is larger than 1 MiB');
});

test('a file that is not there', async () => {
  await expect(loadWebConfig('/nonexistent/web.yaml')).rejects.toThrow(
    '/nonexistent/web.yaml:1:1: cannot be read: no such file or directory',
  );
});
