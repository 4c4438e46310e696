import type { Page, Sighting } from './event.ts';

/** Readable or not, what the server returned. */
export function size(page: Page<unknown>): number {
  return page.sightings.length + page.malformed.length;
}

/** Nothing more matches the request. */
export function isWhole(page: Page<unknown>): boolean {
  return size(page) === 0 || (page.total !== undefined && size(page) >= page.total);
}

export function earliest(sightings: readonly Sighting<unknown>[]): number | undefined {
  return extreme(sightings, Math.min);
}

export function latest(sightings: readonly Sighting<unknown>[]): number | undefined {
  return extreme(sightings, Math.max);
}

function extreme(
  sightings: readonly Sighting<unknown>[],
  pick: (a: number, b: number) => number,
): number | undefined {
  return sightings.reduce<number | undefined>(
    (found, { last }) => (found === undefined ? last : pick(found, last)),
    undefined,
  );
}

export function isOneInstant({ sightings }: Page<unknown>): boolean {
  return earliest(sightings) === latest(sightings);
}

/** Newest first, and not all at one instant. */
export function descends({ sightings }: Page<unknown>): boolean {
  const first = sightings[0];
  const last = sightings.at(-1);
  if (first === undefined || last === undefined || first.last <= last.last) return false;
  return sightings.every(
    (sighting, index) => index === 0 || sighting.last <= (sightings[index - 1]?.last ?? 0),
  );
}

/** How many items two views of one range show together, identical ones counted as in the fuller view. */
export function unionSize<E>(a: Page<E>, b: Page<E>): number {
  const union = countKeys(a);
  for (const [key, count] of countKeys(b)) union.set(key, Math.max(count, union.get(key) ?? 0));
  return [...union.values()].reduce((sum, count) => sum + count, 0);
}

export function countKeys(page: Page<unknown>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of [...page.sightings.map((sighting) => sighting.key), ...page.malformed]) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

export function concatenate<E>(pages: readonly Page<E>[]): Page<E> {
  return {
    sightings: pages.flatMap((page) => page.sightings),
    malformed: pages.flatMap((page) => page.malformed),
    total: pages[0]?.total,
  };
}
