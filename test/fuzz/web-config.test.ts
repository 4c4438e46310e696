import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { readBounded } from '../../src/config/read-file.ts';
import { loadWebConfig, WebConfigError } from '../../src/web/access/config.ts';
import { runs } from '../laws.ts';
import { testWith } from '../programs.ts';
import { makeCertificates } from '../web/access/certificates.ts';

const SECRET = 'QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ';
const VALID = `tls_server_config:
  cert_file: server.crt
  key_file: server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
  min_version: TLS12
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
http_server_config:
  http2: false
  headers:
    X-Frame-Options: deny
basic_auth_users:
  alice: $2y$10$${SECRET}/VcEd00UAV/LDeSi
`;
const PIECES = [
  'tls_server_config:',
  'basic_auth_users:\n',
  '  cert_file: x',
  'min_version: TLS12',
  '- a',
  '? [',
  '*b',
  '|',
  '@',
  '&c d',
  '"',
  '\t',
  '{',
  '}',
  ': ',
  'null',
];

const edit = fc.tuple(
  fc.nat(VALID.length),
  fc.nat(12),
  fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 8 })),
);

testWith('openssl')(
  'a mutated web configuration is taken or refused, with a place inside the file',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'web-config-'));
    const file = join(folder, 'web.yml');
    try {
      makeCertificates(folder, ['server']);
      await writeFile(file, VALID);
      expect((await loadWebConfig(file)).users.size).toBe(1);
      const certificates = new Map<string, Promise<Buffer>>();
      await fc.assert(
        fc.asyncProperty(fc.array(edit, { maxLength: 4 }), async (edits) => {
          let text = VALID;
          for (const [at, length, piece] of edits) text = text.slice(0, at) + piece + text.slice(at + length);
          const read = (path: string) => {
            if (path === file) return Promise.resolve(Buffer.from(text));
            const contents = certificates.get(path) ?? readBounded(path);
            certificates.set(path, contents);
            return contents;
          };
          try {
            await loadWebConfig(file, read);
          } catch (error) {
            if (!(error instanceof WebConfigError)) throw error;
            expect(error.problems.length).toBeGreaterThan(0);
            for (const problem of error.problems) {
              expect(problem.startsWith(`${file}:`)).toBe(true);
              const [, line, column] = /^:(\d+):(\d+): ./.exec(problem.slice(file.length)) ?? [];
              expect(Number(line)).toBeGreaterThanOrEqual(1);
              expect(Number(line)).toBeLessThanOrEqual(text.split(/\r\n|\r|\n/).length);
              expect(Number(column)).toBeGreaterThanOrEqual(1);
              // Keys are shown, and a key may be what was a hash; messages of the parser name no key.
              if (problem.includes(': not valid YAML: ')) expect(problem).not.toContain(SECRET);
              expect(problem).not.toContain('\n');
            }
          }
        }),
        runs(1_000),
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
