import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** One entry of what Node.js makes of the alternative names; what could be misread is quoted as in JSON. */
const ENTRY = /(?:^|, )([^:,"]+):("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[\da-f]{4}))*"|[^,"]*)(?=, |$)/giuy;
const TEXTS = new Set(['DNS', 'email', 'URI']);

/** Whether one of the names is among the DNS names, mail addresses, IP addresses or URIs of a certificate. */
export function hasAlternativeName(certificate: X509Certificate, names: readonly string[]): boolean {
  const borne = new Set<string>();
  for (const [, type = '', text = ''] of (certificate.subjectAltName ?? '').matchAll(ENTRY)) {
    if (TEXTS.has(type)) borne.add(text.startsWith('"') ? String(JSON.parse(text)) : text);
  }
  return names.some(
    (name) => borne.has(name) || (isAddress(name) && certificate.checkIP(name) !== undefined),
  );
}

/** An IPv6 address can be written in many ways; with a zone it belongs to one machine alone, and to no certificate. */
function isAddress(name: string): boolean {
  return isIP(name) !== 0 && !name.includes('%');
}
