const LONGEST = 300;
/** More is not looked at: enough that no secret cut here can end up within what is shown. */
const LONGEST_READ = 65_536;

const REDACTED = '<redacted>';

// Control characters (C0, DEL, C1) and those that reorder or break lines.
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Makes the text safe for a terminal and a log line: nothing that moves, hides or breaks. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Takes out what an error text of the API may repeat of the request: the canonical request of a signature
 * that failed, credentials named by their header or field, and the given secrets wherever they stand.
 */
function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  // The longest first: one may be part of another.
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

/** An error text of the API as logs and pages may show it. */
export function shown(text: string, secrets: readonly string[]): string {
  const line = printable(redact(text.slice(0, LONGEST_READ), secrets));
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST).replace(/[\ud800-\udbff]$/, '')}...`;
}
