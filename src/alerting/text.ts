const LONGEST_LABEL_VALUE = 1024;
const ELLIPSIS = '…';

/** Replaces lone surrogates, which no UTF-8 can hold, with U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

/** Makes text fit for a label: well-formed, and at most 1024 bytes of UTF-8 with the ellipsis that a cut leaves. */
export function labelValue(text: string): string {
  const whole = wellFormed(text);
  if (Buffer.byteLength(whole) <= LONGEST_LABEL_VALUE) {
    return whole;
  }
  const room = LONGEST_LABEL_VALUE - Buffer.byteLength(ELLIPSIS);
  const bytes = Buffer.from(whole);
  let end = room;
  // A continuation byte (10xxxxxx) at the cut means that the cut is inside a code point.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) {
    end -= 1;
  }
  return bytes.toString('utf8', 0, end) + ELLIPSIS;
}
