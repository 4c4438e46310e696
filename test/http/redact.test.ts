import { expect, test } from 'vitest';
import { redact } from '../../src/http/redact.ts';

test.each([
  ['Get secretKey failed,ak:CANARY,err:ak not exist', 'Get secretKey failed,ak:<redacted>,err:ak not exist'],
  ['bad x-auth-token: CANARY.', 'bad x-auth-token: <redacted>'],
  ['header {"X-Security-Token":"CANARY"}', 'header {"X-Security-Token":"<redacted>"}'],
  [
    'SDK-HMAC-SHA256 Access=CANARY, SignedHeaders=a, Signature=CANARY',
    'SDK-HMAC-SHA256 Access=<redacted>, SignedHeaders=a, Signature=<redacted>',
  ],
  [`decrypt token fail ${'CANARY'.repeat(30)}`, 'decrypt token fail <redacted>'],
  ['the key my-own-secret and my-own-secret-2', 'the key <redacted> and <redacted>'],
  ['the key of%20mine%2F%2B', 'the key <redacted>'],
])('credentials are taken out: %s', (text, expected) => {
  expect(redact(text, ['my-own-secret', 'my-own-secret-2', 'of mine/+'])).toBe(expected);
});

test('a text is cut to a bounded length and cannot break or colour a line', () => {
  const line = redact(`a\nb\u001b[31m\u202e\u0085${'x'.repeat(99)} ${'😀 '.repeat(5_000)}`, []);
  expect(line).toContain('a\\u000ab\\u001b[31m\\u202e\\u0085x');
  expect(line.length).toBeLessThan(310);
  expect(line).not.toMatch(/[\p{Cc}\p{Cs}]/u);
});
