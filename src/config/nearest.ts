/** Beyond so many slips it is another word. */
const SLIPS_MAX = 2;

/** So many letters are the beginning of a word. */
const BEGINNING_MIN = 3;

/** Which of the known words somebody may have meant; undefined where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 100) return undefined;
  const plain = (text: string) => text.toLowerCase().replace(/[-_ ]/g, '');
  const wanted = plain(word);
  let best: { readonly word: string; readonly slips: number } | undefined;
  for (const each of known) {
    const slips = slipsBetween(wanted, plain(each));
    if (slips < (best?.slips ?? Math.min(SLIPS_MAX, Math.floor(wanted.length / 3)) + 1))
      best = { word: each, slips };
  }
  const begun = known.filter((each) => wanted.length >= BEGINNING_MIN && plain(each).startsWith(wanted));
  return best?.word ?? (begun.length === 1 ? begun[0] : undefined);
}

/** Letters to insert, to leave out, to exchange, or to swap with the next: the distance of Damerau and Levenshtein. */
function slipsBetween(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? (before[j - 2] ?? a.length) + 1
          : a.length + b.length;
      next[j] = Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + same, swapped);
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
