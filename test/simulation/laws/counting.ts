import type { KindName } from '../../../src/kind-table.ts';
import { countEvents, countUpdates } from '../../simulator-kit/ground-truth.ts';
import type { Scraper } from '../scraper.ts';
import { troubleOf } from '../troubles.ts';
import { aftermathOf, type Played } from './played.ts';

/** At any moment no counter goes back, none is born above 0, none shows more than happened, and none vanishes. */
export function neverTooMuch(played: Played): void {
  const { scrapers, broken, world } = played;
  const truth = truthOf(played);
  for (const [index, own] of scrapers.entries()) {
    if (!isExact(played, index)) continue;
    for (const scraper of own) {
      const place = `exporter ${index + 1}, ${scraper.name} scraper`;
      for (const setback of scraper.setbacks.splice(0))
        broken.push(`${place}: a counter went back: ${setback}`);
      for (const series of scraper.unborn.splice(0)) broken.push(`${place}: first seen above 0: ${series}`);
      for (const { target, series } of scraper.vanished.splice(0))
        if (!world.deleted.has(target)) broken.push(`${place}: not shown any more: ${series}`);
      for (const [key, value] of scraper.increases) {
        const most = truth.get(key) ?? 0;
        if (value > most && !world.deleted.has(key.split(' ')[0] ?? ''))
          broken.push(`${place}: ${key} increased by ${value}, but only ${most} happened`);
      }
    }
  }
}

/** In the end every increase is the truth. */
export function nothingMissing(played: Played): void {
  const { scrapers, shape, broken, machines } = played;
  if (shape.isSharded && !scrapers.every((_, index) => isExact(played, index))) return;
  const views = shape.isSharded
    ? (scrapers[0] ?? []).map((_, place) => {
        const view = scrapers.flatMap((own) => own[place] ?? []);
        return ['all', view, new Set(machines.flatMap(({ missed }) => [...missed]))] as const;
      })
    : machines.flatMap(({ missed }, index) =>
        isExact(played, index)
          ? (scrapers[index] ?? []).map((scraper) => [index + 1, [scraper], missed] as const)
          : [],
      );
  for (const [place, view, missed] of views) {
    const increases = merged(view);
    for (const [key, count] of truthOf(played)) {
      const seen = increases.get(key) ?? 0;
      if (seen === count || !isKnown(played, key, missed)) continue;
      const name = `exporter ${place}, ${view[0]?.name} scraper`;
      broken.push(`${name}: ${key} increased by ${seen}, but ${count} happened`);
    }
  }
}

/**
 * Whether it can be seen: what is deleted or renamed between two scrapes, or missed by a read, can't.
 * @param missed targets of which the exporter says so
 */
function isKnown({ world }: Played, key: string, missed: ReadonlySet<string>): boolean {
  const [target = '', kind] = key.split(' ');
  if (target !== 'all')
    return !world.deleted.has(target) && !world.renamed.has(target) && !missed.has(target);
  return !world.deletedEvents.has(kind as KindName) && ![...missed].some((each) => kindOf(each) === kind);
}

/** Of a target of the world. */
function kindOf(target: string): string {
  return target.slice(0, target.lastIndexOf('-'));
}

/**
 * An exporter that can't save shows what it counts all the same, and says so in a metric: if it ends then, its counters
 * begin again where they were saved last. And one that has lost its state takes all repeats of an event for new that
 * were told together with a new one.
 */
function isExact({ faults, shape }: Played, host: number): boolean {
  const own = faults.filter((fault) => fault.host === host);
  const ends = own.filter(({ name }) => troubleOf(name).endsProcess);
  return !own.some(({ name, at, lasts }) => {
    const { hindersSaving, losesState } = troubleOf(name);
    return (
      losesState ||
      (hindersSaving &&
        ends.some((end) => end.at + end.lasts >= at && end.at <= at + lasts + aftermathOf(shape)))
    );
  });
}

/** How many events and updates happened to each target, by `TARGET events` and `TARGET updates`. */
function truthOf({ world, start }: Played): ReadonlyMap<string, number> {
  const truth = new Map<string, number>();
  const add = (key: string, count: number) => truth.set(key, (truth.get(key) ?? 0) + count);
  for (const { kind, target, count } of countEvents(world.cloud, start)) {
    add(`${target} events`, count);
    add(`all ${kind}`, count);
  }
  for (const [kind, count] of world.deletedEvents) add(`all ${kind}`, count);
  for (const [target, { success, fail }] of countUpdates(world.cloud, start))
    add(`${target} updates`, success + fail);
  return truth;
}

function merged(scrapers: readonly Scraper[]): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  for (const { increases, before } of scrapers)
    for (const [key, value] of [...increases, ...before]) all.set(key, (all.get(key) ?? 0) + value);
  return all;
}
