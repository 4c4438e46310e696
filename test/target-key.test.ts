import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KIND_NAMES } from '../src/kind-table.ts';
import { keyOf, type TargetKey, targetPath } from '../src/target-key.ts';
import { anyCharacter } from './any-character.ts';

const key: fc.Arbitrary<TargetKey> = fc.record({
  project: fc.string({ unit: anyCharacter }),
  kind: fc.constantFrom(...KIND_NAMES),
  id: fc.string({ unit: anyCharacter }),
});

test('keys are equal exactly where their parts are', () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      const isSame = a.project === b.project && a.kind === b.kind && a.id === b.id;
      expect(keyOf(a) === keyOf(b)).toBe(isSame);
      expect(keyOf({ ...a })).toBe(keyOf(a));
    }),
  );
});

test('nothing in a name can pass for a separator', () => {
  const keys = [
    { project: 'a","service","b', kind: 'service', id: 'c' },
    { project: 'a', kind: 'service', id: 'b","service","c' },
    { project: 'a', kind: 'service', id: 'b' },
  ] as const;
  expect(new Set(keys.map(keyOf)).size).toBe(3);
});

test('a path survives whatever stands in an id', () => {
  fc.assert(
    fc.property(key, ({ project, kind, id }) => {
      const [empty, targets, ...parts] = targetPath({ project, kind, id }).split('/');
      expect([empty, targets]).toEqual(['', 'targets']);
      expect(parts.map(decodeURIComponent)).toEqual([project, kind, id].map((part) => part.toWellFormed()));
    }),
  );
});
