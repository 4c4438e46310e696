import { printable } from '../log.ts';

const MESSAGE_MAX = 300;
/** The rest is not looked at: this is enough that a secret cut off here cannot be among what is kept. */
const READ_MAX = 65_536;

const REDACTED = '<redacted>';

/** The error text of a server as logs and pages may show it: one short printable line without credentials. */
export function redact(text: string, secrets: readonly string[]): string {
  const line = printable(withoutCredentials(text.slice(0, READ_MAX), secrets));
  if (line.length <= MESSAGE_MAX) return line;
  return `${line.slice(0, MESSAGE_MAX).replace(/[\ud800-\udbff]$/, '')}...`;
}

/**
 * Servers repeat parts of the request in their errors: the canonical request of a signature that failed,
 * credentials after the name of their header or field, or one of the secrets alone.
 */
function withoutCredentials(text: string, secrets: readonly string[]): string {
  let clean = text;
  // The longest comes first, since one may be part of another.
  for (const secret of secrets.toSorted((a, b) => b.length - a.length)) {
    if (secret === '') continue;
    clean = clean.replaceAll(secret, REDACTED).replaceAll(encodeURIComponent(secret), REDACTED);
  }
  return clean
    .replace(/canonical_?request\s*[:=].*/gis, `canonicalRequest:${REDACTED}`)
    .replace(
      /\b(x-(?:auth|security|subject)-token|authorization|signature|password|secret_?key|security_?token|access|ak|sk)(["']?\s*[:=]\s*["']?)[^\s"',|;&]+/gi,
      `$1$2${REDACTED}`,
    )
    .replace(/[\w+/=-]{100,}/g, REDACTED);
}
