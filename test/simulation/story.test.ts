import { expect, test } from 'vitest';
import { play } from './story.ts';

const HOUR = 3_600_000;

test.each([2, 4])(
  'hours of trouble end at the truth, and nobody is told what is not (seed %i)',
  async (seed) => {
    const { broken, faults, requests } = await play({ seed, duration: 6 * HOUR });
    expect(broken).toEqual([]);
    expect(faults.length).toBeGreaterThan(0);
    expect(requests).toBeGreaterThan(100);
  },
);

test('the same seed tells the same story', async () => {
  const first = await play({ seed: 3, duration: 2 * HOUR });
  expect(await play({ seed: 3, duration: 2 * HOUR })).toEqual(first);
});
