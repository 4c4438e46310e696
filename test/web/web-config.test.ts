import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { loadWebConfig, WebConfigError } from '../../src/web/web-config.ts';
import { testWith } from '../programs.ts';
import { makeCertificates } from './certificates.ts';

const test = testWith('openssl');
const directory = mkdtempSync(join(tmpdir(), 'web-config-'));
beforeAll(() => makeCertificates(directory, ['server', 'other']));
afterAll(() => rmSync(directory, { recursive: true }));

const HASH = `$2y$10$${'a'.repeat(53)}`;
const TLS = 'tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n';

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
  min_version: TLS13
  max_version: TLS13
  cipher_suites: [TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
  prefer_server_cipher_suites: false
  curve_preferences: [X25519, CurveP256]
http_server_config:
  http2: false
  headers:
    Strict-Transport-Security: max-age=1
basic_auth_users:
  alice: ${HASH}
`);
  expect(config.tls?.clientAuth).toBe('RequireAndVerifyClientCert');
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
  expect(await load('')).toEqual({ tls: undefined, headers: {}, users: new Map() });
  expect(await load('# nothing\n')).toMatchObject({ tls: undefined });
});

test.each([
  ['a: [', ['web.yaml:1:5: ']],
  ['[1]', ['web.yaml:1:1: ']],
  [
    'tls_server_config: {}',
    [
      'web.yaml:1:1: tls_server_config.cert_file: expected a file name',
      'web.yaml:1:1: tls_server_config.key_file: expected a file name',
    ],
  ],
  [
    `${TLS}  cert: x\n  nonsense: 1\n`,
    [
      'web.yaml:4:3: tls_server_config.cert: inline certificates',
      'web.yaml:5:3: tls_server_config.nonsense: unknown key',
    ],
  ],
  [
    `${TLS}  client_allowed_sans: [a]\n`,
    ['web.yaml:4:3: tls_server_config.client_allowed_sans: not supported'],
  ],
  ['rate_limit: {}\n', ['web.yaml:1:1: rate_limit: not supported']],
  [`${TLS}  min_version: TLS10\n`, ['web.yaml:4:3: tls_server_config.min_version: expected TLS12 or TLS13']],
  [
    `${TLS}  min_version: TLS13\n  max_version: TLS12\n`,
    ['web.yaml:5:3: tls_server_config.max_version: is lower'],
  ],
  [
    `${TLS}  client_auth_type: Maybe\n`,
    ['web.yaml:4:3: tls_server_config.client_auth_type: expected one of'],
  ],
  [
    `${TLS}  client_auth_type: VerifyClientCertIfGiven\n`,
    ['web.yaml:4:3: tls_server_config.client_auth_type: needs client_ca_file'],
  ],
  [
    `${TLS}  client_ca_file: ca.crt\n`,
    ['web.yaml:4:3: tls_server_config.client_ca_file: needs client_auth_type'],
  ],
  [
    `${TLS}  cipher_suites: [NULL_NULL]\n`,
    ['web.yaml:4:3: tls_server_config.cipher_suites.0: unknown cipher suite'],
  ],
  [
    'http_server_config: { http2: true }\n',
    ['web.yaml:1:23: http_server_config.http2: HTTP/2 is not offered'],
  ],
  [
    'http_server_config:\n  headers:\n    Server: x\n',
    ['web.yaml:3:5: http_server_config.headers.Server: unknown key'],
  ],
  [
    'http_server_config:\n  headers:\n    X-Frame-Options: "a\\nb"\n',
    ['web.yaml:3:5: http_server_config.headers.X-Frame-Options: has characters'],
  ],
  ['basic_auth_users:\n  a: secret-in-clear\n', ['web.yaml:2:3: basic_auth_users.a: is no bcrypt hash']],
  ['basic_auth_users: { a: 1, a: 2 }\n', ['web.yaml:1:27: Map keys must be unique']],
  [
    'tls_server_config: { cert_file: none.crt, key_file: server.key }\n',
    ['web.yaml: none.crt: cannot be read (ENOENT)'],
  ],
  [
    'tls_server_config: { cert_file: server.crt, key_file: other.key }\n',
    ['web.yaml: tls_server_config: unusable certificate or key'],
  ],
  [
    'tls_server_config: { cert_file: web.yaml, key_file: server.key }\n',
    ['web.yaml: tls_server_config: unusable certificate or key'],
  ],
])('%j is told with its place', async (text, expected) => {
  const found = await problems(text);
  expect(found.map((problem, index) => problem.slice(0, expected[index]?.length))).toEqual(expected);
  expect(found.join('')).not.toMatch(/secret-in-clear|\n/);
});

test('aliases that multiply are refused', async () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
  for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf'].map((pair) => [pair[0], pair[1]])) {
    bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`);
  }
  expect(await problems(bomb.join('\n'))).toEqual(['web.yaml:1:1: too many aliases']);
});

test('a file that is not there', async () => {
  await expect(loadWebConfig('/nonexistent/web.yaml')).rejects.toThrow(
    '/nonexistent/web.yaml: cannot be read (ENOENT)',
  );
});
