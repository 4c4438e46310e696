import fc from 'fast-check';

/** Surrogates are no characters. */
const SURROGATES = { first: 0xd8_00, count: 0x8_00 };

/**
 * Any character, for `fc.string({ unit })`. It draws what fast-check's unit `binary` draws, which first makes a table
 * of the million of them, for most of a second in every process.
 */
export const anyCharacter = fc.nat(0x10_ff_ff - SURROGATES.count).map(characterAt, (text) => {
  const point = typeof text === 'string' ? (text.codePointAt(0) ?? 0) : 0;
  const index = point < SURROGATES.first ? point : point - SURROGATES.count;
  if (characterAt(index) !== text) throw new Error('not one character');
  return index;
});

function characterAt(index: number): string {
  return String.fromCodePoint(index < SURROGATES.first ? index : index + SURROGATES.count);
}
