export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The value that so great a part of all is not above, from 0 to 1. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

/** How `y` grows with `x`: 1 is linearly, 2 with the square. The slope of the line through the logarithms. */
export function growth(points: readonly (readonly [x: number, y: number])[]): number {
  return slopeOf(points.map(([x, y]) => [Math.log(x), Math.log(y)]));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How `y` changes from the first to the last `x` along the straight line that fits best. */
export function change(points: readonly (readonly [x: number, y: number])[]): {
  readonly first: number;
  readonly last: number;
  /** The change as a part of the mean. */
  readonly relative: number;
} {
  const xs = points.map(([x]) => x);
  const [meanX, meanY] = [mean(xs), mean(points.map(([, y]) => y))];
  const slope = slopeOf(points);
  const [first, last] = [Math.min(...xs), Math.max(...xs)].map((x) => meanY + slope * (x - meanX)) as [
    number,
    number,
  ];
  return { first, last, relative: (last - first) / meanY };
}

/** The lowest point of each stretch of `width`. */
export function lows(
  points: readonly (readonly [x: number, y: number])[],
  width: number,
): (readonly [x: number, y: number])[] {
  const lowest = new Map<number, readonly [x: number, y: number]>();
  for (const point of points) {
    const stretch = Math.floor(point[0] / width);
    const before = lowest.get(stretch);
    if (before === undefined || point[1] < before[1]) lowest.set(stretch, point);
  }
  return [...lowest.values()];
}

function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
