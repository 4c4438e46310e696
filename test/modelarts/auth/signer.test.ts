import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  authorization,
  canonicalRequest,
  type SignableRequest,
  sdkDate,
} from '../../../src/modelarts/auth/signer.ts';
import { endpointUrl } from '../../../src/modelarts/url.ts';
import { anyCharacter } from '../../any-character.ts';
import { runs } from '../../laws.ts';

interface Vector {
  readonly name: string;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly method?: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly canonical?: string;
  readonly signature: string;
}

const OWN =
  '/v1/0123456789abcdef0123456789abcdef/events?limit=500&name=pool-6f5da086876d4cd084d36f8bd3346036&resource=pools';
const OWN_HEADERS = {
  host: 'modelarts.cn-north-4.myhuaweicloud.com',
  'x-sdk-date': '20240102T030405Z',
  'x-project-id': '0123456789abcdef0123456789abcdef',
};
const PYTHON_HEADERS = { host: 'service.endpoint.myhuaweicloud.com', 'x-sdk-date': '20200608T023900Z' };
const GO_HEADERS = { 'x-sdk-date': '20060102T150405Z' };

const VECTORS: readonly Vector[] = [
  {
    name: 'vendor document',
    accessKey: 'QTWAOYTTINDUT2QVKYUC',
    secretKey: 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc',
    url: 'https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0',
    headers: {
      'content-type': 'application/json',
      host: 'service.region.example.com',
      'x-sdk-date': '20191115T033655Z',
    },
    canonical: 'b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a',
    signature: '7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe',
  },
  {
    name: 'Python GET',
    url: 'https://service.endpoint.myhuaweicloud.com/resources?size=1',
    headers: PYTHON_HEADERS,
    canonical: 'de94dd1e1ccdb730b403ce35d7e14f7c7b04337f6def1c3a3a2ba936852b133f',
    signature: 'cfb4171acec81de07d50e53d57eb77edd537414d66ddb1d7d780f128e12cd842',
  },
  {
    name: 'Python POST',
    method: 'POST',
    url: 'https://service.endpoint.myhuaweicloud.com/resources?size=1',
    headers: PYTHON_HEADERS,
    body: '{"name":"test","id":1}',
    signature: '436b1ac0a1ae03705934bb70ef2f2e09f7bfed2117d731a38235053199323a1f',
  },
  {
    name: 'Go GET',
    url: 'https://example.com/path?limit=1',
    headers: GO_HEADERS,
    canonical: '85c3b7730f308aee452b16138a42a914397e43a8f0d732dfa521c0ef2afa98a4',
    signature: '5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624',
  },
  {
    name: 'Go POST',
    method: 'POST',
    url: 'https://example.com/path?key=value',
    headers: GO_HEADERS,
    body: '{"Name":"test","Id":1}\n',
    signature: 'cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59',
  },
  {
    name: 'pool events',
    url: `https://modelarts.cn-north-4.myhuaweicloud.com${OWN}`,
    headers: OWN_HEADERS,
    canonical: 'cf39cfafb255774fd5acda1db8d59d93b1787db308c9e6b59397478129746f5b',
    signature: '88f9616c1f3dec50a6d2fc828cca7d2d83b4f32c5574b2d3fea170f04b1d8eb2',
  },
  {
    name: 'pool events with a security token',
    url: `https://modelarts.cn-north-4.myhuaweicloud.com${OWN}`,
    headers: { ...OWN_HEADERS, 'x-security-token': 'SecTok' },
    signature: '30809035501f6c00a4dea0c41734b3daa36a260b98177b95cb935b6c8a4b599d',
  },
];

test.each(VECTORS)('the $name vector', (vector) => {
  const { accessKey = 'AccessKey', secretKey = 'SecretKey', method = 'GET', headers, body = '' } = vector;
  const request: SignableRequest = { method, url: new URL(vector.url), headers, body };
  if (vector.canonical !== undefined) expect(sha256(canonicalRequest(request))).toBe(vector.canonical);
  expect(authorization(request, accessKey, secretKey)).toBe(
    `SDK-HMAC-SHA256 Access=${accessKey}, SignedHeaders=${Object.keys(headers).sort().join(';')}, Signature=${vector.signature}`,
  );
});

test('the canonical query is sorted, repeats keys and escapes all but the unreserved', () => {
  const url = endpointUrl('https://example.com', '/', {
    limit: 1,
    enable: true,
    test: '一 (&=?!#%.*)',
    path: '/tmp/123',
  });
  url.search += '&multi=3&multi=1&multi=2';
  expect(canonicalRequest({ method: 'GET', url, headers: {}, body: '' }).split('\n')[2]).toBe(
    'enable=true&limit=1&multi=1&multi=2&multi=3&path=%2Ftmp%2F123&test=%E4%B8%80%20%28%26%3D%3F%21%23%25.%2A%29',
  );
});

test('an empty body is hashed as the empty string', () => {
  const text = canonicalRequest({ method: 'GET', url: new URL('https://h/'), headers: {}, body: '' });
  expect(text.split('\n').at(-1)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('the date of a signature is UTC to the second', () => {
  expect(sdkDate(Date.parse('2024-01-02T04:04:05.999+01:00'))).toBe('20240102T030405Z');
});

// A second signer that shares nothing with the first: it works from the parts, byte by byte.
function independent(
  method: string,
  segments: readonly string[],
  pairs: readonly (readonly [string, string])[],
  headers: readonly (readonly [string, string])[],
  body: string,
  secretKey: string,
): string {
  const encode = (text: string) =>
    [...Buffer.from(text)]
      .map((byte) => {
        const char = String.fromCharCode(byte);
        return /[A-Za-z0-9\-_.~]/.test(char) ? char : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`;
      })
      .join('');
  const hexOrder = (a: string, b: string) => {
    const [left, right] = [Buffer.from(a).toString('hex'), Buffer.from(b).toString('hex')];
    return left < right ? -1 : Number(left > right);
  };
  let canonical = `${method}\n`;
  for (const segment of segments) canonical += `/${encode(segment)}`;
  canonical += '/\n';
  canonical += [...pairs]
    .sort((a, b) => hexOrder(a[0], b[0]) || hexOrder(a[1], b[1]))
    .map((pair) => pair.map(encode).join('='))
    .join('&');
  canonical += '\n';
  const names = headers.map(([name]) => name).sort(hexOrder);
  for (const name of names) canonical += `${name}:${headers.find(([other]) => other === name)?.[1].trim()}\n`;
  canonical += `\n${names.join(';')}\n${sha256(body)}`;
  const date = headers.find(([name]) => name === 'x-sdk-date')?.[1];
  return createHmac('sha256', secretKey)
    .update(`SDK-HMAC-SHA256\n${date}\n${sha256(canonical)}`)
    .digest('hex');
}

test('any request is signed as a second implementation signs it', () => {
  const text = fc.string({ unit: anyCharacter, maxLength: 12 });
  // The URL parser takes dot segments out of a path before anybody signs it.
  const segment = fc
    .string({ unit: anyCharacter, minLength: 1, maxLength: 12 })
    .filter((s) => !/^\.{1,2}$/.test(s));
  const token = fc.stringMatching(/^[\x21-\x7e]{1,30}$/);
  fc.assert(
    fc.property(
      fc.constantFrom('GET', 'POST', 'PUT'),
      fc.array(segment, { minLength: 1, maxLength: 5 }),
      fc.array(fc.tuple(fc.string({ unit: anyCharacter, minLength: 1, maxLength: 4 }), text), {
        maxLength: 6,
      }),
      token,
      text,
      token,
      (method, segments, pairs, securityToken, body, secretKey) => {
        const query = new URLSearchParams(pairs.map(([key, value]): [string, string] => [key, value]));
        const path = segments.map(encodeURIComponent).join('/');
        const search = query.toString().replaceAll('+', '%20');
        const url = new URL(`https://example.com/${path}${search === '' ? '' : `?${search}`}`);
        const headers = {
          host: 'example.com',
          'x-sdk-date': '20240102T030405Z',
          'x-security-token': securityToken,
        };
        const expected = independent(method, segments, pairs, Object.entries(headers), body, secretKey);
        expect(authorization({ method, url, headers, body }, 'AK', secretKey)).toContain(
          `Signature=${expected}`,
        );
      },
    ),
    runs(500),
  );
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
