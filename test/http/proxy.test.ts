import { expect, test } from 'vitest';
import { environmentProxy } from '../../src/http/proxy.ts';

const PROXY = 'http://proxy:3128';

test.each([
  ['https://h/', { HTTPS_PROXY: PROXY }, PROXY],
  ['https://h/', { https_proxy: PROXY, HTTPS_PROXY: 'http://other:1' }, PROXY],
  ['https://h/', { HTTP_PROXY: PROXY }, ''],
  ['http://h/', { HTTP_PROXY: PROXY }, PROXY],
  ['http://h/', { HTTPS_PROXY: PROXY }, ''],
  ['https://h/', { HTTPS_PROXY: 'proxy:3128' }, PROXY],
  ['https://h/', { HTTPS_PROXY: '' }, ''],
  ['https://h/', {}, ''],
])('%s with %j goes through "%s"', (url, env, expected) => {
  expect(environmentProxy(new URL(url), env)).toBe(expected);
});

test.each([
  ['https://a.example.com/', 'example.com', true],
  ['https://example.com/', 'example.com', true],
  ['https://a.example.com/', '.example.com', true],
  ['https://a.example.com/', '*.example.com', true],
  ['https://notexample.com/', 'example.com', false],
  ['https://example.com/', 'other, EXAMPLE.com ', true],
  ['https://example.com/', '*', true],
  ['https://example.com/', 'example.com:443', true],
  ['https://example.com/', 'example.com:8443', false],
  ['https://example.com:8443/', 'example.com:8443', true],
  ['https://10.1.2.3/', '10.0.0.0/8', true],
  ['https://11.1.2.3/', '10.0.0.0/8', false],
  ['https://10.1.2.3/', '10.1.2.3', true],
  ['https://110.1.2.3/', '10.1.2.3', false],
  ['https://[fd00::1]/', 'fd00::/8', true],
  ['https://[fd00::1]/', 'fd00::1', true],
  ['https://[fd00::1]:8443/', '[fd00::1]:8443', true],
  ['https://[fe00::1]/', 'fd00::/8', false],
  ['https://example.com/', '10.0.0.0/8,bad/x,/,:', false],
  ['https://example.com/', '', false],
])('%s with NO_PROXY=%s: direct %s', (url, list, direct) => {
  expect(environmentProxy(new URL(url), { HTTPS_PROXY: PROXY, NO_PROXY: list }) === '').toBe(direct);
});
