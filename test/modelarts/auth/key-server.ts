import { createHash, createHmac } from 'node:crypto';
import type { Received } from '../scene.ts';

/** Checks a signature from the request line and headers as they came, the way a gateway would. */
export function isSigned({ method, url, headers, body }: Received, secretKey: string): boolean {
  const [, names = '', signature] =
    /SignedHeaders=([^,]+), Signature=([0-9a-f]+)$/.exec(headers.authorization ?? '') ?? [];
  const [path = '', query = ''] = url.split('?');
  const canonical = [
    method,
    path.endsWith('/') ? path : `${path}/`,
    query.split('&').sort().join('&'),
    ...names.split(';').map((name) => `${name}:${headers[name]}`),
    '',
    names,
    createHash('sha256').update(body).digest('hex'),
  ].join('\n');
  const toSign = `SDK-HMAC-SHA256\n${headers['x-sdk-date']}\n${createHash('sha256').update(canonical).digest('hex')}`;
  return createHmac('sha256', secretKey).update(toSign).digest('hex') === signature;
}
