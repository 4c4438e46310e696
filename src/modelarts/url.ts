import type { Query } from './api.ts';

/** Percent-encodes all but the unreserved characters of RFC 3986, as the signature wants it; a space is %20. */
export function percentEncode(text: string): string {
  // Through UTF-8, so that half a surrogate pair becomes U+FFFD and not an exception.
  return encodeRest(encodeURIComponent(Buffer.from(text).toString()));
}

/** What encodeURIComponent leaves although RFC 3986 reserves it. */
function encodeRest(encoded: string): string {
  return encoded.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function queryString(query: Query): string {
  return Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${percentEncode(key)}=${percentEncode(String(value))}`)
    .join('&');
}

/**
 * The URL to send, byte for byte what a signature of it covers.
 * @param path begins with a slash, its segments encoded; a path of the endpoint itself stays in front of it
 */
export function endpointUrl(endpoint: string, path: string, query: Query = {}): URL {
  const search = queryString(query);
  return new URL(`${endpoint.replace(/\/+$/, '')}${encodeRest(path)}${search === '' ? '' : `?${search}`}`);
}
