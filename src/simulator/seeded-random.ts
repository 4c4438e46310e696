/** A stream of random numbers in [0, 1) that is the same for the same seed. */
export type Random = () => number;

/** FNV-1a: spreads text over 32 bits, for seeds and for an arbitrary but stable order. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Mulberry32. Streams with different names are independent, so that one actor's draws never shift another's. */
export function seededRandom(seed: number, stream = ''): Random {
  let state = hash32(`${seed}/${stream}`);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
