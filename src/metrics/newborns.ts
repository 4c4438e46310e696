/**
 * Counter series that not every scraper has seen at 0 yet. PromQL's `increase` and `rate` see only what a
 * series gains between two samples: one that is first scraped with 5 has gained nothing. So a counter series
 * is shown as 0 until each scraper saw it there once, and only then with its value:
 *
 *     value       5    5    7    7
 *     shown       0    0    7    7      (two scrapers in turn)
 *
 * Series are named by their sample line without the value, such as `x_total{id="a"}`.
 */
export class Newborns {
  /** The number of the last scrape before the series was first shown. */
  readonly #shownAfter = new Map<string, number>();

  get size(): number {
    return this.#shownAfter.size;
  }

  has(series: string): boolean {
    return this.#shownAfter.has(series);
  }

  /** From now on the series is shown, as 0. @param lastScrape its number */
  add(series: string, lastScrape: number): void {
    if (!this.#shownAfter.has(series)) this.#shownAfter.set(series, lastScrape);
  }

  /** The series is shown with its value. */
  delete(series: string): void {
    this.#shownAfter.delete(series);
  }

  /** From now on the given series are newborns, and no others. @param lastScrape its number */
  retain(wanted: readonly string[], lastScrape: number): void {
    if (wanted.length === 0 && this.size === 0) return;
    const keep = new Set(wanted);
    for (const series of this.#shownAfter.keys()) if (!keep.has(series)) this.delete(series);
    for (const series of keep) this.add(series, lastScrape);
  }

  /** Those that are part of the given scrape. */
  shownBefore(scrape: number): string[] {
    return [...this.#shownAfter].filter(([, after]) => after < scrape).map(([series]) => series);
  }
}

/** The lines of a text with their series and values. */
function* sampleLines(text: string): Generator<{ readonly series: string; readonly value: string }> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const space = text.lastIndexOf(' ', end);
    yield { series: text.slice(start, space), value: text.slice(space + 1, end) };
    start = end + 1;
  }
}

/** The text with newborns as 0. */
export function zeroed(text: string, newborns: Newborns): string {
  const lines: string[] = [];
  for (const { series, value } of sampleLines(text))
    lines.push(`${series} ${newborns.has(series) ? 0 : value}\n`);
  return lines.join('');
}

/**
 * The series of a family's new text that are to be shown as 0 first.
 * @param before the text that is shown by now
 * @param births its newborns, and those of them that every scraper has seen; undefined: it is shown for the first time
 */
export function unseenSeries(
  before: string,
  text: string,
  births: { readonly newborns: Newborns; readonly seen: ReadonlySet<string> } | undefined,
): string[] {
  if (before === text && births?.newborns.size === 0) return [];
  const known = [...sampleLines(before)].map(({ series }) => series);
  const wanted = [...sampleLines(text)].map(({ series }) => series);
  const names = new Set(known);
  // Under another name of the target each goes on in its place with what was shown under the one before.
  const isRenamed = known.length > 0 && !wanted.some((series) => names.has(series));
  return wanted.filter((series, index) => {
    const shownAs = isRenamed ? known[index] : names.has(series) ? series : undefined;
    if (shownAs === undefined) return true;
    const isSeen = !isRenamed && births?.seen.has(shownAs);
    return births?.newborns.has(shownAs) === true && !isSeen;
  });
}
