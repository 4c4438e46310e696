import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInShard } from '../../src/collection/shard.ts';
import { KIND_NAMES } from '../../src/kind-table.ts';

test('every target is in exactly one shard', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.constantFrom(...KIND_NAMES),
      fc.string(),
      fc.integer({ min: 1, max: 20 }),
      (project, kind, id, count) => {
        const owners = Array.from({ length: count }, (_, index) =>
          isInShard({ index, count }, { project, kind, id }),
        );
        expect(owners.filter(Boolean).length).toBe(1);
      },
    ),
  );
});

test('shards are of about the same size', () => {
  const sizes = [0, 0, 0];
  for (let n = 0; n < 3_000; n += 1) {
    for (const index of sizes.keys()) {
      if (isInShard({ index, count: 3 }, { project: 'prod', kind: 'service', id: `service-${n}` }))
        sizes[index] = (sizes[index] ?? 0) + 1;
    }
  }
  for (const size of sizes) expect(Math.abs(size - 1_000)).toBeLessThan(150);
});

test('a target stays in its shard for ever', () => {
  const owner = (id: string) =>
    [0, 1, 2, 3, 4].find((index) => isInShard({ index, count: 5 }, { project: 'prod', kind: 'pool', id }));
  expect(['pool-a', 'pool-b', 'pool-c'].map(owner)).toMatchInlineSnapshot(`
    [
      2,
      1,
      2,
    ]
  `);
});
