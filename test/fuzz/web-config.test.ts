import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadWebConfig, WebConfigError } from '../../src/web/web-config.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 1_000);

const VALID = `http_server_config:
  http2: false
  headers:
    X-Frame-Options: deny
basic_auth_users:
  alice: $2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi
`;
const PIECES = [
  'tls_server_config:',
  '  cert_file: x',
  'min_version: TLS12',
  '- a',
  '? [',
  '*b',
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

test(`${RUNS} mutations of a web configuration are taken or refused, with a place inside the file`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'web-config-'));
  const file = join(folder, 'web.yml');
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { maxLength: 4 }), async (edits) => {
        let text = VALID;
        for (const [at, length, piece] of edits) text = text.slice(0, at) + piece + text.slice(at + length);
        await writeFile(file, text);
        try {
          await loadWebConfig(file);
        } catch (error) {
          if (!(error instanceof WebConfigError)) throw error;
          expect(error.problems.length).toBeGreaterThan(0);
          for (const problem of error.problems) {
            const line = Number(/:(\d+):\d+: /.exec(problem)?.[1] ?? 1);
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(text.split('\n').length);
          }
        }
      }),
      { numRuns: RUNS },
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}, 600_000);
