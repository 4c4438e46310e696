import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ledger } from '../../src/collection/ledger.ts';
import { type PageRequest, readByTime } from '../../src/kinds/time-paging.ts';
import { runs } from '../laws.ts';
import { type Dialect, type ServerEvent, timedServer } from './timed-server.ts';

const PLAIN: Dialect = {
  offset: 'record',
  order: 'honoured',
  startInclusive: true,
  endInclusive: true,
  cap: 10,
  ties: 'arrival',
  total: 'matching',
};

const dialects = fc.record<Dialect>({
  offset: fc.constantFrom('page', 'record'),
  order: fc.constantFrom('honoured', 'asc', 'desc'),
  startInclusive: fc.boolean(),
  endInclusive: fc.boolean(),
  cap: fc.integer({ min: 2, max: 12 }),
  ties: fc.constantFrom('arrival', 'text'),
  total: fc.constantFrom('matching', 'all', 'missing'),
});

/** Few instants, in steps, and few texts, so that ties and identical events are the rule. */
const steppedEvents = fc.array(
  fc.record<ServerEvent>({
    at: fc.integer({ min: 1, max: 12 }),
    text: fc.oneof(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.string({ minLength: 4 })),
  }),
  { maxLength: 60 },
);

async function readAll(events: ServerEvent[], step: number, dialect: Dialect, limit = 1_000) {
  const server = timedServer(events, step, dialect);
  const ledger = new Ledger<ServerEvent>('behind_overlap');
  let counted = 0;
  const result = await readByTime(server.source, 0, limit, (page) => {
    const { occurrences } = ledger.admit(page, 1e9);
    for (const { count } of occurrences) counted += count;
    return occurrences.length;
  });
  return { counted, result, requests: server.requests };
}

test('every event is read once, in whatever dialect and however many share an instant', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(1, 1_000), steppedEvents, dialects, async (step, stepped, dialect) => {
      const events = stepped.map(({ at, text }) => ({ at: at * step, text }));
      const { counted, result } = await readAll(events, step, dialect);
      const told = `of ${events.length} events ${counted} counted`;
      if (counted > events.length) throw new Error(told);
      // Identical events across two pages look like a shift by one record, unless the total tells.
      const areDistinct = () => new Set(events.map(({ at, text }) => `${at} ${text}`)).size === events.length;
      if (dialect.total !== 'matching' && !areDistinct()) return;
      if (!result.truncated && counted < events.length) throw new Error(told);
      // A group that fills more pages than a page has events can't be told apart by `offset`.
      const largest = Math.max(0, ...groupSizes(events, step));
      if (largest <= dialect.cap ** 2 && result.truncated) throw new Error(`truncated: ${told}`);
    }),
    runs(10_000),
  );
});

test('a read within one page costs one request', async () => {
  const events = [1, 2, 3].map((at) => ({ at, text: 'a' }));
  expect((await readAll(events, 1, PLAIN)).requests).toBe(1);
  expect((await readAll([], 1, PLAIN)).requests).toBe(1);
});

test('a server that knows neither offset nor total is not asked again and again', async () => {
  const events = ['a', 'b', 'c'].map((text) => ({ at: 5, text }));
  const { source } = timedServer(events, 1, { ...PLAIN, total: 'missing' });
  let requests = 0;
  const deaf = {
    ...source,
    fetch: (request: Parameters<typeof source.fetch>[0]) => {
      requests += 1;
      return source.fetch({ ...request, offset: 0 });
    },
  };
  expect(await readByTime(deaf, 0, 1_000, () => 1)).toMatchObject({ truncated: true });
  expect(requests).toBeLessThan(10);
});

test('what comes amid a crowded instant lets no event count twice', async () => {
  const events = [...'efghijklm'].map((text) => ({ at: 5, text }));
  const dialect = { ...PLAIN, cap: 4, ties: 'text', total: 'missing' } as const;
  const { source } = timedServer(events, 1, dialect);
  const ledger = new Ledger<ServerEvent>('behind_overlap');
  let counted = 0;
  const fetch = async (request: PageRequest) => {
    // The page that would show that the server counts records.
    const isSecond = request.offset === 1 && request.end !== undefined;
    if (isSecond) events.push(...[...'abcd'].map((text) => ({ at: 5, text })));
    return source.fetch(request);
  };
  await readByTime({ ...source, fetch }, 0, 1_000, (page) => {
    const { occurrences } = ledger.admit(page, 1e9);
    for (const { count } of occurrences) counted += count;
    return occurrences.length;
  });
  expect(counted).toBeGreaterThan(0);
  expect(counted).toBeLessThanOrEqual(events.length);
});

test('an event that comes before any request of a walk moves the others, and none of them counts twice', async () => {
  const rounds = fc.record({
    events: fc.integer({ min: 4, max: 40 }),
    before: fc.integer({ min: 2, max: 15 }),
    text: fc.constantFrom('', '~'),
    dialect: dialects.filter(({ total }) => total !== 'missing'),
  });
  await fc.assert(
    fc.asyncProperty(rounds, async ({ events: count, before, text, dialect }) => {
      const events = Array.from({ length: count }, (_, index) => ({ at: 5, text: `${text}${index + 100}` }));
      const { source } = timedServer(events, 1, dialect);
      const ledger = new Ledger<ServerEvent>('behind_overlap');
      const counted = new Map<string, number>();
      let requests = 0;
      const fetch = (request: PageRequest) => {
        requests += 1;
        if (requests === before) events.push({ at: 5, text: 'late' });
        return source.fetch(request);
      };
      await readByTime({ ...source, fetch }, 0, 1_000, (page) => {
        const { occurrences } = ledger.admit(page, 1e9);
        for (const { event, count: more } of occurrences)
          counted.set(event.text, (counted.get(event.text) ?? 0) + more);
        return occurrences.length;
      });
      const twice = [...counted].filter(([, times]) => times > 1);
      if (twice.length > 0) expect(twice).toEqual([]);
    }),
    runs(1_000),
  );
});

test('a read that reaches its limit says where the next one begins', async () => {
  const events = Array.from({ length: 100 }, (_, at) => ({ at: at + 1, text: 'a' }));
  const { counted, result } = await readAll(events, 1, PLAIN, 30);
  expect(counted).toBeGreaterThan(20);
  expect(counted).toBeLessThan(100);
  const server = timedServer(events, 1, PLAIN);
  const texts = new Set<number>();
  await readByTime(server.source, result.resume ?? 0, 1_000, (page) => {
    for (const { event } of page.sightings) texts.add(event.at);
    return 1;
  });
  expect(Math.max(...texts)).toBe(100);
  expect(Math.min(...texts)).toBeLessThanOrEqual(counted + 1);
});

test('no limit stops a read halfway down, as what is below would never be read', async () => {
  const events = Array.from({ length: 100 }, (_, at) => ({ at: at + 1, text: 'a' }));
  const { counted, result } = await readAll(events, 1, { ...PLAIN, order: 'desc' }, 30);
  expect([counted, result]).toEqual([100, { truncated: false }]);
});

test('a failure on the way down admits nothing, so that no gap is passed', async () => {
  const events = Array.from({ length: 50 }, (_, at) => ({ at, text: 'a' }));
  const server = timedServer(events, 1, { ...PLAIN, order: 'desc' });
  let admitted = 0;
  const failing = {
    ...server.source,
    fetch: (request: Parameters<typeof server.source.fetch>[0]) =>
      server.requests < 2 ? server.source.fetch(request) : Promise.reject(new Error('down')),
  };
  await expect(
    readByTime(failing, 0, 1_000, () => {
      admitted += 1;
      return 1;
    }),
  ).rejects.toThrow('down');
  expect(admitted).toBe(0);
});

test('a failure after a page of the newest instant alone admits nothing either', async () => {
  const old = Array.from({ length: 20 }, (_, at) => ({ at, text: 'a' }));
  const newest = Array.from({ length: 15 }, (_, n) => ({ at: 30, text: `${n}` }));
  for (const requests of [1, 2, 3]) {
    const server = timedServer([...old, ...newest], 1, { ...PLAIN, order: 'desc' });
    let admitted = 0;
    const failing = {
      ...server.source,
      fetch: (request: Parameters<typeof server.source.fetch>[0]) =>
        server.requests < requests ? server.source.fetch(request) : Promise.reject(new Error('down')),
    };
    const read = readByTime(failing, 0, 1_000, () => {
      admitted += 1;
      return 1;
    });
    await expect(read).rejects.toThrow('down');
    expect(admitted).toBe(0);
  }
});

/** Events within one step of each instant: what a range read has to tell apart. */
function groupSizes(events: readonly ServerEvent[], step: number): number[] {
  const instants = [...new Set(events.map(({ at }) => at))];
  return instants.map((at) => events.filter((event) => Math.abs(event.at - at) <= step).length);
}
