import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { hasAlternativeName } from '../../../src/web/access/alternative-names.ts';
import { testWith } from '../../programs.ts';
import { makeCertificates } from './certificates.ts';

const test = testWith('openssl');
const directory = mkdtempSync(join(tmpdir(), 'names-'));
const NAMES = {
  plain: 'DNS:a.example,DNS:*.b.example,email:me@c.example,URI:spiffe://d/e,IP:192.0.2.1,IP:2001:db8::1',
  sly: '@all\n[all]\nDNS.1=a, DNS:admin, b\nDNS.2=x\\"\\\\y\nDNS.3=ü\u0001\nURI.1=http://u/, email:root',
  strange:
    '@all\n[all]\notherName.1=1.2.3.4;UTF8:x, DNS:admin\ndirName.1=who\nRID.1=1.2.3\nDNS.1=last\n[who]\nCN=z, DNS:admin',
};
beforeAll(() => makeCertificates(directory, Object.keys(NAMES), NAMES));
afterAll(() => rmSync(directory, { recursive: true }));

const bears = (certificate: keyof typeof NAMES, ...names: readonly string[]) =>
  hasAlternativeName(new X509Certificate(readFileSync(join(directory, `${certificate}.crt`))), names);

test.each([
  ...['a.example', '*.b.example', 'me@c.example', 'spiffe://d/e'],
  ...['192.0.2.1', '2001:db8::1', '2001:DB8:0:0::1'],
])('%s is borne', (name) => {
  expect(bears('plain', name)).toBe(true);
  expect(bears('plain', 'nobody', name)).toBe(true);
});

test.each([
  ...['A.example', 'x.b.example', 'plain', 'a.example, DNS:*.b.example', 'c.example', 'DNS:a.example', ''],
  ...['192.0.2.2', '2001:db8::2', '2001:db8::1%eth0', '2001:db8::1/128'],
])('%j is not', (name) => {
  expect(bears('plain', name)).toBe(false);
});

test('no name can pass for several', () => {
  expect(bears('sly', 'a, DNS:admin, b')).toBe(true);
  expect(bears('sly', 'x"\\y')).toBe(true);
  expect(bears('sly', 'http://u/, email:root')).toBe(true);
  expect(bears('sly', 'admin', 'root', 'a')).toBe(false);
});

test('names of other kinds do not count, and hide none', () => {
  expect(bears('strange', 'admin', 'z', 'x')).toBe(false);
  expect(bears('strange', 'last')).toBe(true);
});
