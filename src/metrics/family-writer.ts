import type { Family } from './family.ts';
import { type Format, metadata } from './lines.ts';

/** One target's rendered lines, a string per family in the order of the families; empty: no samples. */
export type Row = readonly string[];

/** Length of a chunk in UTF-16 units: large enough to be cheap, small enough to be sent without a stall. */
const CHUNK = 65_536;

/** Strings rows together, family by family; each family that has samples appears once, with its metadata. */
export function* writeFamilies(
  families: readonly Family[],
  rows: readonly Row[],
  format: Format,
): Generator<string, void> {
  // Read row by row, which is how they lie in memory; family by family it takes half as long again.
  const texts = families.map((): string[] => []);
  for (const row of rows) {
    for (let index = 0; index < row.length; index += 1) {
      const text = row[index] ?? '';
      if (text !== '') texts[index]?.push(text);
    }
  }
  let chunk = '';
  for (const [index, family] of families.entries()) {
    const own = texts[index] ?? [];
    if (own.length > 0) chunk += metadata(family, format);
    for (const text of own) {
      chunk += text;
      if (chunk.length < CHUNK) continue;
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}
