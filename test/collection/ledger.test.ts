import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AHEAD_MAX } from '../../src/clock-steps.ts';
import { type Forgetting, Ledger, type LedgerState } from '../../src/collection/ledger.ts';
import type { Sighting } from '../../src/kinds/event.ts';
import { readByTime } from '../../src/kinds/time-paging.ts';
import { type ServerEvent, sightingOf, timedServer } from '../kinds/timed-server.ts';
import { runs } from '../laws.ts';

const OVERLAP = 5;

/** What happens between two polls: events appear, some of them late, and the exporter may restart. */
const rounds = fc.array(
  fc.record({
    elapsed: fc.integer({ min: 0, max: 12 }),
    /** Each is so many milliseconds late. */
    events: fc.array(
      fc.record({ late: fc.integer({ min: 0, max: OVERLAP }), text: fc.constantFrom('a', 'b') }),
      {
        maxLength: 12,
      },
    ),
    restart: fc.boolean(),
    limit: fc.constantFrom(4, 1_000),
    /** The request after so many fails. */
    failsAfter: fc.constantFrom(1, 2, 1_000),
  }),
  { minLength: 1, maxLength: 12 },
);

test('polls count every event once, however late, repeated, split, broken off or restarted', async () => {
  await fc.assert(
    fc.asyncProperty(
      rounds,
      fc.integer({ min: 3, max: 9 }),
      fc.constantFrom('page', 'record'),
      fc.boolean(),
      async (script, cap, offset, inclusive) => {
        const events: ServerEvent[] = [];
        const server = timedServer(events, 1, {
          offset,
          order: 'honoured',
          startInclusive: inclusive,
          endInclusive: inclusive,
          cap,
          ties: 'text',
          total: 'matching',
        });
        let ledger = new Ledger<ServerEvent>('behind_overlap');
        let counted = 0;
        let now = 1_000;
        let newest = now;
        const poll = async (limit: number, failsAfter: number) => {
          const before = server.requests;
          const source = {
            step: 1,
            fetch: (request: Parameters<typeof server.source.fetch>[0]) =>
              server.requests - before < failsAfter
                ? server.source.fetch(request)
                : Promise.reject(new Error('failed')),
          };
          try {
            const result = await readByTime(source, ledger.begin(900, OVERLAP), limit, (page) => {
              const { occurrences } = ledger.admit(page, now);
              for (const { count } of occurrences) counted += count;
              return occurrences.length;
            });
            ledger.end(result, now);
            return result;
          } catch {
            return undefined;
          }
        };
        let truncated = false;
        for (const round of script) {
          now += round.elapsed;
          // Late is what appears behind the newest event seen so far, within the overlap.
          for (const { late, text } of round.events) {
            events.push({ at: Math.max(now - late, newest - OVERLAP, 900), text });
          }
          newest = Math.max(newest, ...events.map(({ at }) => at));
          const before = counted;
          const result = await poll(round.limit, round.failsAfter);
          truncated ||= result?.truncated ?? false;
          if (counted < before || counted > events.length)
            throw new Error(`of ${events.length} events ${counted} counted, and ${before} before`);
          if (round.restart) {
            ledger = new Ledger('behind_overlap', JSON.parse(JSON.stringify(ledger.state())));
          }
        }
        // Polls that stopped at their limit go on until they arrive, and one that changes nothing is like all later ones.
        let [before, state] = ['', JSON.stringify(ledger.state())];
        for (let rest = 0; rest < 60 && state !== before; rest += 1) {
          const result = await poll(1_000, 1_000);
          truncated ||= result?.truncated ?? false;
          [before, state] = [state, JSON.stringify(ledger.state())];
        }
        if (!truncated) expect(counted).toBe(events.length);
      },
    ),
    runs(1_000),
  );
});

function record(key: string, first: number, last: number, count: number): Sighting<string> {
  return { key, event: key, first, last, count };
}

function page(...sightings: Sighting<string>[]) {
  return { sightings, malformed: [], total: undefined };
}

test('a record that grows counts by its growth, at its new last instant', () => {
  const ledger = new Ledger<string>('no_longer_returned');
  expect(ledger.admit(page(record('a', 10, 30, 3)), 100).occurrences).toEqual([
    { event: 'a', at: 10, count: 1 },
    { event: 'a', at: 30, count: 2 },
  ]);
  expect(ledger.admit(page(record('a', 10, 30, 3)), 100).occurrences).toEqual([]);
  expect(ledger.admit(page(record('a', 10, 50, 5)), 100).occurrences).toEqual([
    { event: 'a', at: 50, count: 2 },
  ]);
  expect(ledger.admit(page(record('a', 10, 50, 4)), 100).occurrences).toEqual([]);
  expect(ledger.admit(page(record('a', 10, 60, 6)), 100).occurrences).toEqual([
    { event: 'a', at: 60, count: 1 },
  ]);
});

test('of identical records each has been repeated at its own last instant', () => {
  const ledger = new Ledger<string>('no_longer_returned');
  const newest = { ...record('a', 10, 50, 2), event: 'newest' };
  const both = page(record('a', 10, 30, 3), newest, record('a', 10, 10, 1));
  expect(ledger.admit(both, 100).occurrences).toEqual([
    { event: 'newest', at: 10, count: 3 },
    { event: 'newest', at: 30, count: 2 },
    { event: 'newest', at: 50, count: 1 },
  ]);
  expect(ledger.cursor).toBe(50);
  expect(ledger.admit(both, 100).occurrences).toEqual([]);
});

test('growing records add up to the ground truth in whatever order reads see them', () => {
  const reads = fc.array(
    fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 9 })), { maxLength: 3 }),
  );
  fc.assert(
    fc.property(reads, (script) => {
      const ledger = new Ledger<string>('no_longer_returned');
      const truth = new Map<string, number>();
      let counted = 0;
      for (const read of script) {
        const unique = new Map(read);
        const sightings = [...unique].map(([key, count]) => record(key, 10, 10 + count, count));
        for (const [key, count] of unique) truth.set(key, Math.max(count, truth.get(key) ?? 0));
        for (const { count } of ledger.admit(page(...sightings), 100).occurrences) counted += count;
      }
      expect(counted).toBe([...truth.values()].reduce((sum, count) => sum + count, 0));
      // An answer of a server that is behind takes nothing back.
      expect(ledger.state().known).toEqual([...truth].map(([key, count]) => [key, count, 10 + count]));
      if (truth.size > 0) expect(ledger.cursor).toBe(10 + Math.max(...truth.values()));
    }),
  );
});

test('an unfiltered read forgets what the API no longer returns, after a time of grace', () => {
  const day = 24 * 3_600_000;
  const ledger = new Ledger<string>('no_longer_returned');
  const knownAfter = (result: { exhaustive?: boolean }, now: number) => {
    ledger.begin(0, 0);
    ledger.end(result, now);
    return ledger.state().known.map(([key]) => key);
  };
  ledger.begin(0, 0);
  ledger.admit(page(record('old', 0, 0, 1), record('new', 2 * day, 2 * day, 1)), 2 * day);
  expect(knownAfter({ exhaustive: true }, day)).toEqual(['old', 'new']);
  expect(knownAfter({}, 2 * day)).toEqual(['old', 'new']);
  expect(knownAfter({ exhaustive: true }, day + 1)).toEqual(['new']);
});

const HOUR = 3_600_000;

/** What happens to the records of a pool between two reads, and what the next read shows of them. */
const lives = fc.array(
  fc.record({
    elapsed: fc.integer({ min: 1, max: 30 }).map((hours) => hours * HOUR),
    grown: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 100 })), {
      maxLength: 3,
    }),
    hidden: fc.subarray(['a', 'b', 'c']),
    restart: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

test.each([true, false])(
  'records that the API leaves out for a while count once (each growth by one: %s)',
  (byOne) => {
    fc.assert(
      fc.property(lives, (script) => {
        const truth = new Map<string, { first: number; last: number; count: number }>();
        let ledger = new Ledger<string>('no_longer_returned');
        let counted = 0;
        let now = 0;
        const read = (hidden: readonly string[]) => {
          const shown = [...truth].filter(([key]) => !hidden.includes(key));
          const sightings = shown.map(([key, { first, last, count }]) => record(key, first, last, count));
          ledger.begin(0, OVERLAP);
          for (const { count } of ledger.admit(page(...sightings), now).occurrences) counted += count;
          ledger.end({ exhaustive: true }, now);
        };
        const happened = () => [...truth.values()].reduce((sum, { count }) => sum + count, 0);
        for (const { elapsed, grown, hidden, restart } of script) {
          now += elapsed;
          for (const [key, growth] of new Map(grown)) {
            const known = truth.get(key);
            // How much one grew that was forgotten meanwhile nobody knows.
            const count = known === undefined || !byOne ? growth : known.last === now ? 0 : 1;
            truth.set(key, { first: known?.first ?? now, last: now, count: (known?.count ?? 0) + count });
          }
          // What is new or has grown is shown at least once.
          read(hidden.filter((key) => truth.get(key)?.last !== now));
          if (restart) ledger = new Ledger('no_longer_returned', JSON.parse(JSON.stringify(ledger.state())));
          expect(counted).toBeLessThanOrEqual(happened());
        }
        read([]);
        if (byOne) expect(counted).toBe(happened());
        else expect(counted).toBeLessThanOrEqual(happened());
      }),
    );
  },
);

test('an empty answer does not make the history new', () => {
  const ledger = new Ledger<string>('no_longer_returned');
  const read = (now: number, ...shown: Sighting<string>[]) => {
    ledger.begin(0, OVERLAP);
    const { occurrences } = ledger.admit(page(...shown), now);
    ledger.end({ exhaustive: true }, now);
    return occurrences.map(({ at, count }) => [at, count]);
  };
  expect(read(20, record('a', 10, 20, 100))).toEqual([
    [10, 1],
    [20, 99],
  ]);
  expect(read(25 * HOUR)).toEqual([]);
  expect(read(26 * HOUR, record('a', 10, 20, 100))).toEqual([]);
  expect(read(27 * HOUR, record('a', 10, 27 * HOUR, 101))).toEqual([[27 * HOUR, 1]]);
  expect(read(28 * HOUR, record('a', 10, 28 * HOUR, 104))).toEqual([[28 * HOUR, 3]]);
});

test('what the API still shows is not forgotten with what it does not', () => {
  const ledger = new Ledger<string>('no_longer_returned');
  const read = (now: number, ...shown: Sighting<string>[]) => {
    ledger.begin(0, OVERLAP);
    const { occurrences } = ledger.admit(page(...shown), now);
    ledger.end({ exhaustive: true }, now);
    return occurrences.map(({ count }) => count);
  };
  const old = record('old', 0, 10, 5);
  read(20, old, record('newer', 20, 20, 1));
  read(25 * HOUR, old);
  read(26 * HOUR, old);
  expect(read(27 * HOUR, record('old', 0, 27 * HOUR, 9))).toEqual([4]);
});

test('of more records than are remembered the oldest is forgotten, and counts once more when it has grown', () => {
  const ledger = new Ledger<string>('no_longer_returned');
  const others = Array.from({ length: 20_000 }, (_, n) => record(`other ${n}`, 100 + n, 100 + n, 1));
  ledger.admit(page(...others.slice(0, 9_000), record('a', 10, 20, 100), ...others.slice(9_000)), 30_000);
  ledger.end({}, 30_000);
  expect(ledger.state().known.length).toBe(20_000);
  expect(ledger.admit(page(record('a', 10, 40_000, 105)), 40_000).occurrences).toEqual([
    { event: 'a', at: 40_000, count: 1 },
  ]);
});

test('memory is bounded by the overlap', () => {
  const ledger = new Ledger<ServerEvent>('behind_overlap');
  for (let at = 0; at < 10_000; at += 1) {
    ledger.begin(0, OVERLAP);
    ledger.admit({ sightings: [sightingOf({ at, text: 'a' })], malformed: [], total: 1 }, at);
  }
  expect(ledger.state().known.length).toBeLessThanOrEqual(OVERLAP + 2);
});

test('of events that never change, all of the overlap are remembered, however many', () => {
  const ledger = new Ledger<ServerEvent>('behind_overlap');
  const read = (...texts: string[]) => {
    ledger.begin(0, OVERLAP);
    const sightings = texts.map((text) => sightingOf({ at: 100, text }));
    const { occurrences } = ledger.admit({ sightings, malformed: [], total: undefined }, 100);
    ledger.end({}, 100);
    return occurrences.length;
  };
  const texts = Array.from({ length: 20_001 }, (_, n) => String(n));
  expect(read(...texts)).toBe(20_001);
  expect(read(...texts, 'late')).toBe(1);
});

test('how many events since an instant are known is told', () => {
  const ledger = new Ledger<string>('no_longer_returned');
  ledger.admit(page(record('a', 10, 30, 3), record('b', 29, 29, 1), record('c', 40, 40, 1)), 100);
  expect(ledger.countSince(30)).toBe(4);
});

describe.each<Forgetting>(['behind_overlap', 'no_longer_returned'])(
  'reads of a ledger that forgets what is %s',
  (forgetting) => {
    function reader() {
      let state: LedgerState | undefined;
      /** Reads, after a restart. @returns where the read began. One without a result is given up. */
      return (now: number, result?: Parameters<Ledger<ServerEvent>['end']>[0]) => {
        const ledger = new Ledger<ServerEvent>(forgetting, state);
        const since = ledger.begin(7, OVERLAP);
        const sightings = [sightingOf({ at: now, text: 'a' })];
        ledger.admit({ sightings, malformed: [], total: undefined }, now);
        if (result === undefined) ledger.abandon();
        else ledger.end(result, now);
        state = JSON.parse(JSON.stringify(ledger.state()));
        return since;
      };
    }

    test('begin an overlap before the newest event, and before there is any where they are told to', () => {
      const read = reader();
      expect([read(100, {}), read(200, {}), read(300, {})]).toEqual([7, 95, 195]);
    });

    test('take in what is older than where the first of them began', () => {
      const ledger = new Ledger<ServerEvent>(forgetting);
      ledger.begin(7, OVERLAP);
      const older = { sightings: [sightingOf({ at: 3, text: 'a' })], malformed: [], total: undefined };
      expect(ledger.admit(older, 100).occurrences).toHaveLength(1);
    });

    test.each([
      ['stops at its limit', { resume: 150 }, 150],
      ['is cut off and goes on', { tookPolls: true }, undefined],
      ['is given up', undefined, undefined],
    ])('begin anew from where one began that %s', (_, result, resume) => {
      const read = reader();
      expect([read(100, {}), read(200, result)]).toEqual([7, 95]);
      if (resume !== undefined) expect([read(300, { resume: 250 }), read(400, {})]).toEqual([150, 250]);
      // Events may have come late meanwhile.
      expect([read(500, {}), read(600, {})]).toEqual([95, 495]);
    });

    test('that are given up again and again begin where the first of them did', () => {
      const read = reader();
      expect([read(100, {}), read(200), read(300), read(400, {}), read(500, {})]).toEqual([
        7, 95, 95, 95, 395,
      ]);
    });

    test('begin where they are told to after a first one that took several', () => {
      const read = reader();
      expect([read(100, { resume: 50 }), read(200, {}), read(300, {}), read(400, {})]).toEqual([
        7, 50, 7, 295,
      ]);
    });
  },
);

test('the cursor is never later than the clock', () => {
  const ledger = new Ledger<ServerEvent>('behind_overlap');
  ledger.admit({ sightings: [sightingOf({ at: 500, text: 'ahead' })], malformed: [], total: 1 }, 400);
  expect(ledger.cursor).toBe(400);
});

test('an unreadable item counts once, however often it is read', () => {
  const ledger = new Ledger<ServerEvent>('behind_overlap');
  const bad = (malformed: string[]) =>
    ledger.admit({ sightings: [], malformed, total: undefined }, 0).malformed;
  expect(bad(['x', 'x', 'y'])).toBe(3);
  expect(bad(['x', 'y'])).toBe(0);
  expect(bad(['x', 'x', 'x'])).toBe(1);
});

test('when texts change, the overlap is skipped once', () => {
  const ledger = new Ledger<ServerEvent>('behind_overlap');
  const read = (...events: ServerEvent[]) => {
    ledger.begin(0, OVERLAP);
    return ledger.admit({ sightings: events.map(sightingOf), malformed: [], total: undefined }, 1_000)
      .occurrences.length;
  };
  expect(read({ at: 100, text: 'failed' })).toBe(1);
  ledger.skipOverlap();
  expect(read({ at: 100, text: '失败' })).toBe(0);
  expect(ledger.begin(0, OVERLAP)).toBe(101);
  expect(read({ at: 101, text: '失败' }, { at: 100, text: '失败' })).toBe(1);
});

test('when texts change before anything is read, nothing is skipped', () => {
  const ledger = new Ledger<ServerEvent>('behind_overlap');
  ledger.skipOverlap();
  expect(ledger.begin(7, OVERLAP)).toBe(7);
});

test('a cursor that is dated in the future is let go: what happens from then on counts', () => {
  const NOW = 1_700_000_000_000;
  const HOUR = 3_600_000;
  const at = (instant: number) => ({
    sightings: [{ key: `k${instant}`, event: 'e', first: instant, last: instant, count: 1 }],
    malformed: [],
    total: 1,
  });
  const ahead = new Ledger<string>('behind_overlap');
  ahead.begin(NOW, 300_000);
  ahead.admit(at(NOW + 8 * HOUR), NOW + 8 * HOUR);
  ahead.end({}, NOW + 8 * HOUR);
  ahead.begin(NOW, 300_000);

  const ledger = new Ledger<string>('behind_overlap', ahead.state());
  expect(ledger.letGoOfFuture(NOW)).toBe(true);
  expect(ledger.letGoOfFuture(NOW)).toBe(false);
  expect(ledger.begin(0, 300_000)).toBe(NOW);
  expect(ledger.admit(at(NOW + 1_000), NOW + 2_000).occurrences).toHaveLength(1);

  const right = new Ledger<string>('behind_overlap');
  right.begin(NOW, 300_000);
  right.admit(at(NOW + 60_000), NOW + 60_000);
  right.end({}, NOW + 60_000);
  expect(right.letGoOfFuture(NOW)).toBe(false);
  expect(right.begin(0, 300_000)).toBe(NOW - 240_000);
});

test.each<[what: string, dated: Partial<LedgerState>, after: Partial<LedgerState>]>([
  ['the cursor', { cursor: 9_000_000 }, { cursor: 1_000_000 }],
  ['the horizon', { horizon: 9_000_000 }, { horizon: 1_000_000 }],
  ['where a long read goes on', { longRead: { resume: 9_000_000, cursorBefore: 5 } }, {}],
])('what is dated in the future is let go: %s', (_, dated, after) => {
  const past: LedgerState = { cursor: 900_000, horizon: null, longRead: null, known: [['a', 1, 900_000]] };
  const ledger = new Ledger<string>('behind_overlap', { ...past, ...dated });
  expect(ledger.letGoOfFuture(1_000_000)).toBe(true);
  expect(ledger.state()).toEqual({ ...past, ...after });
});

test('what the API may date a little ahead is believed', () => {
  const at = (cursor: number | null) =>
    new Ledger<string>('behind_overlap', { cursor, horizon: null, longRead: null, known: [] });
  expect(at(AHEAD_MAX + 7).letGoOfFuture(7)).toBe(false);
  expect(at(AHEAD_MAX + 8).letGoOfFuture(7)).toBe(true);
  expect(at(null).letGoOfFuture(7)).toBe(false);
});
