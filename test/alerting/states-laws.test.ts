import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ProblemEvent } from '../../src/alerting/problems.ts';
import { labelsOf } from '../../src/alerting/record.ts';
import { type Observation, observe } from '../../src/alerting/states.ts';
import { anyCharacter } from '../any-character.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const RULES = { resolveAfter: 10, keepFiringFor: 0 };
const TARGET = { project: 'p', region: 'r', kind: 'pool', pool: 'pool-1' };

const problems: fc.Arbitrary<ProblemEvent[]> = fc.array(
  fc.record({
    problem: fc.record({
      alertname: fc.constantFrom('A', 'B'),
      severity: fc.constant('warning' as const),
      summary: fc.constant('did it'),
      labels: fc.oneof(fc.constant({}), fc.record({ reason: fc.constantFrom('x', 'y') })),
      message: fc.string({ unit: anyCharacter, maxLength: 3 }),
    }),
    at: fc.integer({ min: NOW - 50, max: NOW }),
    count: fc.integer({ min: 1, max: 3 }),
  }),
  { maxLength: 30 },
);
const recoveries = fc.array(
  fc.record({ alertname: fc.constantFrom('A', 'B'), at: fc.integer({ min: NOW - 50, max: NOW }) }),
  { maxLength: 3 },
);

function seen(extra: Partial<Observation>): Observation {
  return { problems: [], recoveries: [], conditions: [], ...extra };
}

function sorted(state: ReturnType<typeof observe>) {
  return state
    .map((record) => [JSON.stringify(labelsOf(record)), record] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

test('the order in which events come does not change the alerts', () => {
  fc.assert(
    fc.property(
      problems,
      fc.array(fc.nat(), { minLength: 30, maxLength: 30 }),
      recoveries,
      (list, keys, over) => {
        const shuffled = list
          .map((report, index) => [keys[index] ?? 0, report] as const)
          .sort(([a], [b]) => a - b)
          .map(([, report]) => report);
        const one = observe([], TARGET, seen({ problems: list, recoveries: over }), NOW, RULES);
        const other = observe(
          [],
          TARGET,
          seen({ problems: shuffled, recoveries: over.toReversed() }),
          NOW,
          RULES,
        );
        expect(sorted(other)).toEqual(sorted(one));
      },
    ),
  );
});

test('reading in time order in two parts gives the same alerts as reading once', () => {
  fc.assert(
    fc.property(problems, fc.integer({ min: NOW - 50, max: NOW }), (list, cut) => {
      // Both reads happen now, so that quiet alone can't part them.
      const rules = { resolveAfter: 100, keepFiringFor: 0 };
      const first = observe([], TARGET, seen({ problems: list.filter(({ at }) => at <= cut) }), NOW, rules);
      const both = observe(first, TARGET, seen({ problems: list.filter(({ at }) => at > cut) }), NOW, rules);
      expect(sorted(both)).toEqual(sorted(observe([], TARGET, seen({ problems: list }), NOW, rules)));
    }),
  );
});

test('each event counts once', () => {
  fc.assert(
    fc.property(fc.array(problems, { maxLength: 4 }), (reads) => {
      const rules = { resolveAfter: 100, keepFiringFor: 0 };
      const state = reads.reduce<ReturnType<typeof observe>>(
        (before, list) => observe(before, TARGET, seen({ problems: list }), NOW, rules),
        [],
      );
      const told = state.reduce((sum, record) => sum + record.events, 0);
      const happened = reads.flat().reduce((sum, { count }) => sum + count, 0);
      expect(told).toBe(happened);
    }),
  );
});

test('a recovery ends exactly what is not newer', () => {
  fc.assert(
    fc.property(problems, recoveries, (list, over) => {
      for (const record of observe([], TARGET, seen({ problems: list, recoveries: over }), NOW, RULES)) {
        const newest = Math.max(-1, ...over.filter((r) => r.alertname === record.alertname).map((r) => r.at));
        expect(record.startsAt).toBeGreaterThan(newest);
      }
    }),
  );
});
