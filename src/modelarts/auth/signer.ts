import { createHash, createHmac } from 'node:crypto';
import { percentEncode } from '../url.ts';

const ALGORITHM = 'SDK-HMAC-SHA256';

/** A request as it is signed: with exactly the headers that the signature covers. */
export interface SignableRequest {
  readonly method: string;
  /** As it is sent: what the server sees is what is signed. */
  readonly url: URL;
  /** Lower-case names; `x-sdk-date` must be among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty where there is none. */
  readonly body: string;
}

/** The date of a signature, such as `20240102T030405Z`. */
export function sdkDate(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/** The value of the Authorization header (SDK-HMAC-SHA256). */
export function authorization(request: SignableRequest, accessKey: string, secretKey: string): string {
  const canonical = sha256(canonicalRequest(request));
  const toSign = [ALGORITHM, request.headers['x-sdk-date'] ?? '', canonical].join('\n');
  const signature = createHmac('sha256', secretKey).update(toSign).digest('hex');
  return `${ALGORITHM} Access=${accessKey}, SignedHeaders=${signedHeaders(request)}, Signature=${signature}`;
}

/** What both sides hash. */
export function canonicalRequest({ method, url, headers, body }: SignableRequest): string {
  const lines = Object.entries(headers)
    .sort(([a], [b]) => compare(a, b))
    .map(([name, value]) => `${name}:${value.trim()}\n`);
  return [
    method,
    canonicalPath(url),
    canonicalQuery(url),
    lines.join(''),
    signedHeaders({ headers }),
    sha256(body),
  ].join('\n');
}

function signedHeaders({ headers }: Pick<SignableRequest, 'headers'>): string {
  return Object.keys(headers).sort(compare).join(';');
}

/** Ends with a slash for the signature alone. */
function canonicalPath(url: URL): string {
  const path = url.pathname
    .split('/')
    .map((segment) => percentEncode(decode(segment)))
    .join('/');
  return path.endsWith('/') ? path : `${path}/`;
}

function canonicalQuery(url: URL): string {
  return url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.includes('=') ? pair.indexOf('=') : pair.length;
      return { key: decode(pair.slice(0, at)), value: decode(pair.slice(at + 1)) };
    })
    .sort((a, b) => compare(a.key, b.key) || compare(a.value, b.value))
    .map(({ key, value }) => `${percentEncode(key)}=${percentEncode(value)}`)
    .join('&');
}

/** By bytes of UTF-8, which for astral characters is not the order of JavaScript's strings. */
function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
