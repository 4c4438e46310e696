import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/**
 * One entry of `subjectAltName`, such as `DNS:example.com`. Node.js separates entries by `, ` and quotes a value that
 * has such characters itself, as in JSON.
 */
const ENTRY = /(?:^|, )([^:,"]+):("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[\da-f]{4}))*"|[^,"]*)(?=, |$)/giuy;
const TEXTS = new Set(['DNS', 'email', 'URI']);

/** Tells whether one of the names is among the DNS names, mail addresses, IP addresses or URIs of a certificate. */
export function hasAlternativeName(certificate: X509Certificate, names: readonly string[]): boolean {
  const present = new Set<string>();
  for (const [, type = '', text = ''] of (certificate.subjectAltName ?? '').matchAll(ENTRY)) {
    if (TEXTS.has(type)) present.add(text.startsWith('"') ? String(JSON.parse(text)) : text);
  }
  return names.some(
    (name) => present.has(name) || (isAddress(name) && certificate.checkIP(name) !== undefined),
  );
}

/** Only `checkIP` knows that an IPv6 address can be written in many ways. No certificate has an address with a zone. */
function isAddress(name: string): boolean {
  return isIP(name) !== 0 && !name.includes('%');
}
