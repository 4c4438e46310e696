import type { Fault } from './faults.ts';
import { play, type StoryResult } from './story.ts';

/** As many stories as it is worth. */
const TRIES_MAX = 60;

/** Leaves out as many of the faults of a story as can be, so that a law is still broken: halves first, then single ones. */
export async function shorten(seed: number, duration: number, result: StoryResult): Promise<StoryResult> {
  let shortest = result;
  let tries = 0;
  const holdsWithout = async (left: readonly Fault[]) => {
    tries += 1;
    const faults = shortest.faults.filter((each) => !left.includes(each));
    const without = await play({ seed, duration, faults });
    if (without.broken.length === 0) return true;
    shortest = without;
    return false;
  };
  for (
    let size = Math.ceil(result.faults.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let from = 0; from < shortest.faults.length && tries < TRIES_MAX; ) {
      // Where they could be left out, others are in their place.
      if (await holdsWithout(shortest.faults.slice(from, from + size))) from += size;
    }
  }
  return shortest;
}
