import type { KindName } from '../kind-table.ts';
import type { Family, Labels, TotalFamily } from './family.ts';
import { formatLabels, sampleLine } from './lines.ts';

/** A series of a project's totals: plain JSON. */
export interface TotalSeries {
  /** The family's name. */
  readonly family: string;
  readonly labels: Labels;
  /** The value; of a histogram the observations of each bucket and of the one without a bound, then their sum. */
  values: number[];
}

/** What is to be added to a series: an amount, or a value that a histogram observes. */
export interface Addition {
  readonly family: TotalFamily;
  readonly labels: Labels;
  readonly value: number;
}

export function emptySeries({ name, buckets }: TotalFamily, labels: Labels): TotalSeries {
  return { family: name, labels, values: buckets === undefined ? [0] : Array(buckets.length + 2).fill(0) };
}

/** Adds an amount, or lets a histogram observe it. */
export function grow(series: TotalSeries, { buckets }: TotalFamily, value: number): void {
  if (buckets === undefined) {
    series.values = [(series.values[0] ?? 0) + value];
    return;
  }
  const bucket = buckets.findIndex((bound) => value <= bound);
  const index = bucket === -1 ? buckets.length : bucket;
  series.values = series.values.map((before, place) => {
    if (place === buckets.length + 1) return before + value;
    return place === index ? before + 1 : before;
  });
}

/** The lines of a project's totals, a family's as one string. */
export function linesOf(
  of: { readonly project: string; readonly kind: KindName },
  families: readonly TotalFamily[],
  series: readonly TotalSeries[],
): Map<Family, string> {
  const lines = new Map<Family, string>();
  for (const family of families) {
    const own = series.filter((each) => each.family === family.name);
    lines.set(family, own.map((each) => textOf(of, family, each)).join(''));
  }
  return lines;
}

function textOf(
  { project, kind }: Parameters<typeof linesOf>[0],
  { name, buckets, isOfAllKinds }: TotalFamily,
  { labels, values }: TotalSeries,
): string {
  const own = formatLabels({ project, kind: isOfAllKinds && kind, ...labels });
  if (buckets === undefined) return sampleLine(name, own, rounded(values[0] ?? 0));
  const lines: string[] = [];
  let count = 0;
  for (const [index, bound] of [...buckets, Number.POSITIVE_INFINITY].entries()) {
    count += values[index] ?? 0;
    const le = bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound);
    lines.push(sampleLine(`${name}_bucket`, `${own},le="${le}"`, count));
  }
  lines.push(sampleLine(`${name}_sum`, own, rounded(values.at(-1) ?? 0)));
  lines.push(sampleLine(`${name}_count`, own, count));
  return lines.join('');
}

/** Sums of milliseconds in seconds, without what adding binary fractions leaves. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
