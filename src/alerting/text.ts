const LABEL_VALUE_BYTES_MAX = 1024;
const ELLIPSIS = '…';

/** Makes text fit for a label: well-formed, and at most 1024 bytes of UTF-8 with the ellipsis that a cut leaves. */
export function labelValue(text: string): string {
  const whole = text.toWellFormed();
  if (Buffer.byteLength(whole) <= LABEL_VALUE_BYTES_MAX) return whole;
  const bytes = Buffer.from(whole);
  let end = LABEL_VALUE_BYTES_MAX - Buffer.byteLength(ELLIPSIS);
  // A continuation byte (10xxxxxx) at the cut means that the cut is inside a code point.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end) + ELLIPSIS;
}
