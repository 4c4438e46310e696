import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A request as it came in, for verifying its SDK-HMAC-SHA256 signature. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface SignatureHeader {
  readonly accessKey: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** Reads `Authorization: SDK-HMAC-SHA256 Access=..., SignedHeaders=a;b, Signature=hex`. */
export function parseAuthorization(header: string): SignatureHeader | undefined {
  const parts = /^SDK-HMAC-SHA256 Access=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
    header,
  );
  const [, accessKey, names, signature] = parts ?? [];
  if (accessKey === undefined || names === undefined || signature === undefined) return undefined;
  return { accessKey, signedHeaders: names.split(';'), signature };
}

/** The text whose hash is signed. The gateway shows it when a signature is wrong. */
export function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const [path = '', query = ''] = request.url.split(/\?(.*)/s, 2);
  const uri = path
    .split('/')
    .map((segment) => encode(decode(segment)))
    .join('/');
  const headers = signedHeaders.map((name) => `${name}:${(request.headers[name] ?? '').trim()}\n`);
  return [
    request.method,
    uri.endsWith('/') ? uri : `${uri}/`,
    canonicalQuery(query),
    headers.join(''),
    signedHeaders.join(';'),
    request.headers['x-sdk-content-sha256'] ?? sha256(request.body),
  ].join('\n');
}

/** The signature that a canonical request must bear. `date` is the value of `X-Sdk-Date`. */
export function signatureOf(canonical: string, date: string, secretKey: string): string {
  const stringToSign = ['SDK-HMAC-SHA256', date, sha256(canonical)].join('\n');
  return createHmac('sha256', secretKey).update(stringToSign).digest('hex');
}

/** Compares two hex digests of the same length in constant time. */
export function sameSignature(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a, 'hex'), Buffer.from(b, 'hex'));
}

function canonicalQuery(query: string): string {
  const pairs = query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', value = ''] = part.split(/=(.*)/s, 2);
      return [decode(name), decode(value)] as const;
    });
  pairs.sort(([nameA, a], [nameB, b]) => order(nameA, nameB) || order(a, b));
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
