import { expect, test } from 'vitest';
import { pool } from '../../../src/kinds/pool/pool.ts';
import type { PoolState } from '../../../src/kinds/pool/state.ts';
import { POOL_EVENTS_EXAMPLE } from '../../simulator-kit/documented-examples.ts';
import { CONTEXT, NOW, once, type ReadOptions, read, samplesOf } from '../scripted-api.ts';

const SECOND = Math.floor(NOW / 1000) * 1000;

function item(rest: Record<string, unknown> = {}) {
  return {
    kind: 'Event',
    apiVersion: 'v1',
    type: 'Normal',
    firstTimestamp: '2024-05-06T07:00:00Z',
    lastTimestamp: '2024-05-06T07:00:00Z',
    count: 1,
    reason: 'PoolStatusChange',
    message: 'm',
    ...rest,
  };
}

function body(items: readonly unknown[], metadata: Record<string, unknown> = {}, rest = {}) {
  return { kind: 'EventList', apiVersion: 'v1', metadata, items, ...rest };
}

const readPool = (answer: unknown, options: ReadOptions = {}, state: PoolState = pool.initialState()) =>
  read(pool, state, { pool_events: answer }, options);

/** A pool after these events, the first list being its history. */
function after(...refreshes: (readonly [at: number, reason: string, message: string][])[]): PoolState {
  const state = pool.initialState();
  refreshes.forEach((events, n) => {
    const occurrences = events.map(([at, reason, message]) =>
      once({ type: 'normal' as const, reason, message }, at),
    );
    pool.events.fold(state, occurrences, { ...CONTEXT, first: n === 0 });
  });
  return state;
}

const statusOf = (state: PoolState) =>
  Object.entries(samplesOf(pool, state)).flatMap(([name, value]) =>
    name.startsWith('status') && value === 1 ? [/"(.*)"/.exec(name)?.[1]] : [],
  );
const nodesOf = (state: PoolState) =>
  Object.entries(samplesOf(pool, state)).flatMap(([name, value]) =>
    name.startsWith('nodes') ? [value] : [],
  );

const changed = (to: string) => `Pool status changed, from Running to ${to}, details: .`;
const nodes = (to: string, stamp = 0) =>
  `Pool resources status changed, available/abnormal/creating/deleting count from 1/0/0/0 to ${to}, timestamp: ${stamp}.`;

const NO_NODES = { available: 0, abnormal: 0, creating: 0, deleting: 0 };

test('the documented example', async () => {
  const { events, malformed } = await readPool(
    (request: { query?: Record<string, unknown> }) =>
      request.query?.['continue'] === undefined ? JSON.parse(POOL_EVENTS_EXAMPLE) : body([]),
    { first: true },
  );
  expect([events.length, malformed]).toEqual([5, 0]);
  expect(events.map(({ type }) => type)).toEqual(['warning', 'normal', 'warning', 'warning', 'normal']);
});

test('a record is decoded, with what may be absent', async () => {
  const { pages, malformed } = await readPool(
    body([
      item({ count: '3', lastTimestamp: '2024-05-06T15:04:05+08:00' }),
      item({ count: undefined, message: undefined }),
      item({ count: 0, firstTimestamp: undefined }),
      item({ count: null, lastTimestamp: null }),
      item({ type: 'Alarm', reason: undefined }),
      item({ firstTimestamp: '2024-05-06T07:00:05Z' }),
    ]),
  );
  expect(malformed).toBe(0);
  const sightings = pages.flatMap((page) => page.sightings);
  expect(sightings.map(({ count }) => count)).toEqual([3, 1, 1, 1, 1, 1]);
  expect(sightings[0]).toMatchObject({
    first: Date.parse('2024-05-06T07:00:00Z'),
    last: Date.parse('2024-05-06T07:04:05Z'),
  });
  expect(sightings[4]?.event).toMatchObject({ type: 'other', reason: 'other' });
  expect(sightings[5]?.last).toBe(Date.parse('2024-05-06T07:00:05Z'));
});

test.each([
  item({ type: undefined }),
  item({ type: 1 }),
  item({ reason: {} }),
  item({ message: [] }),
  item({ count: -1 }),
  item({ count: 1.5 }),
  item({ count: 'many' }),
  item({ firstTimestamp: undefined, lastTimestamp: undefined }),
  item({ firstTimestamp: '2024-05-06T07:00:00' }),
  item({ lastTimestamp: '2034-05-06T07:00:00Z' }),
  null,
])('%j is malformed', async (bad) => {
  const { events, malformed } = await readPool(body([bad, item()]));
  expect([events.length, malformed]).toEqual([1, 1]);
});

test('every half hour, and at first, a read is unfiltered; between them since is in seconds', async () => {
  const state = pool.initialState();
  const since = async (now: number, first = false) =>
    (await readPool(body([]), { now, first, since: 1_700_000_000_999 }, state)).requests[0]?.query?.['since'];
  expect(await since(NOW, true)).toBeUndefined();
  expect(await since(NOW + 1_799_999)).toBe(1_700_000_000);
  expect(await since(NOW + 1_800_000)).toBeUndefined();
  expect(await since(NOW + 1_800_001)).toBe(1_700_000_000);
});

test('after an unfiltered read that was cut off what is new is read, be the next one due or not', async () => {
  const state = pool.initialState();
  const since = async (now: number) =>
    (await readPool(paging(30, 10, 'record', false), { now, limit: 10, since: 1_700_000_000_000 }, state))
      .requests[0]?.query?.['since'];
  const asked: unknown[] = [];
  for (let read = 1; read <= 4; read += 1) asked.push(await since(NOW + read * 3_600_000));
  expect(asked).toEqual([undefined, 1_700_000_000, undefined, 1_700_000_000]);
});

test('an unfiltered read that failed is tried again at the next read', async () => {
  const state = pool.initialState();
  await expect(readPool(new Error('down'), { first: true }, state)).rejects.toThrow('down');
  const { requests } = await readPool(body([]), {}, state);
  expect(requests[0]?.query?.['since']).toBeUndefined();
});

/** A server of so many records that pages as told. */
function paging(count: number, cap: number, meaning: 'page' | 'record', total: boolean) {
  const items = Array.from({ length: count }, (_, n) => item({ message: `${n}` }));
  return ({ query }: { query: Record<string, number> }) => {
    const limit = Math.min(cap, query['limit'] ?? 500);
    const offset = (query['offset'] ?? 0) * (meaning === 'page' ? limit : 1);
    return body(items.slice(offset, offset + limit), { continue: 'x' }, total ? { total: count } : {});
  };
}

test.each(
  (['page', 'record'] as const).flatMap((meaning) =>
    [0, 1, 2, 3, 7, 9, 10, 11, 30].flatMap((count) =>
      [1, 2, 3, 10].flatMap((cap) => [true, false].map((total) => ({ meaning, count, cap, total }))),
    ),
  ),
)('by offset: $count records, $cap a page, offset counts a $meaning, total told: $total', async (server) => {
  const { count, cap, meaning, total } = server;
  const { events, truncated, requests } = await readPool(paging(count, cap, meaning, total), {
    poolEvents: 'offset',
  });
  expect(new Set(events.map(({ message }) => message)).size).toBe(count);
  expect(truncated).toBe(false);
  expect(requests.length).toBeLessThanOrEqual(Math.ceil(count / cap) + 2);
  expect(requests[0]?.query).toMatchObject({ ascend: true, offset: 0 });
  expect(requests[0]?.query?.['continue']).toBeUndefined();
});

test('by marker: pages are followed to the last one, however the last one says so', async () => {
  for (const last of [undefined, '', null, 7]) {
    const { events, truncated } = await readPool(({ query }: { query: Record<string, string> }) =>
      query['continue'] === undefined
        ? body([item({ message: 'a' })], { continue: 'next' })
        : body([item({ message: 'b' })], { continue: last }),
    );
    expect([events.length, truncated]).toEqual([2, false]);
  }
});

test('by marker: identical records on both sides of a boundary are as many events', async () => {
  const same = item({ message: 'same' });
  const served: Record<string, unknown> = {
    first: body([item({ message: 'a' }), same], { continue: 'm1' }),
    m1: body([same, same], { continue: 'm2' }),
    m2: body([same, item({ message: 'b' })]),
  };
  const { events, pages, truncated } = await readPool(
    ({ query }: { query: Record<string, string> }) => served[query['continue'] ?? 'first'],
  );
  expect(events.map(({ message }) => message)).toEqual(['a', 'same', 'same', 'same', 'same', 'b']);
  // The ledger counts identical records within one page only.
  expect(pages.length).toBe(1);
  expect(truncated).toBe(false);
});

test('by marker: a page that comes again with one record more is no news', async () => {
  const items = Array.from({ length: 20 }, (_, n) => item({ message: `${n}` }));
  let served = 0;
  const { events } = await readPool(() => {
    served += 1;
    return body([item({ message: `new ${served}` }), ...items].slice(0, 20), { continue: `${served}` });
  });
  expect(new Set(events.map(({ message }) => message)).size).toBe(events.length);
});

test('by marker: of a read that fails nothing is taken in, so that the cursor passes no gap', async () => {
  const answer = ({ query }: { query: Record<string, string> }) =>
    query['continue'] === undefined ? body([item()], { continue: 'next' }) : new Error('down');
  const taken: unknown[] = [];
  await expect(readPool(answer, { onPage: (page) => taken.push(page) })).rejects.toThrow('down');
  expect(taken).toEqual([]);
  await readPool(body([item()]), { onPage: (page) => taken.push(page) });
  expect(taken.length).toBe(1);
});

test('by marker: one that is repeated for ever ends the read', async () => {
  const { requests, truncated } = await readPool(body([item()], { continue: 'again' }));
  expect(requests.length).toBe(2);
  expect(truncated).toBe(false);
});

test('by marker: a server that knows none, but a total, shows that there is more than it gave', async () => {
  for (const [count, truncated] of [
    [10, false],
    [11, true],
  ] as const) {
    const answer = await readPool(({ query }: { query: Record<string, number> }) =>
      paging(count, 10, 'record', true)({ query: { limit: query['limit'] ?? 500 } }),
    );
    expect([answer.events.length > 0, answer.truncated]).toEqual([true, truncated]);
  }
});

test.each(['continue', 'offset'] as const)(
  'by %s: a server that gives the same again whatever is asked is not asked for ever',
  async (poolEvents) => {
    let page = 0;
    const items = [item({ message: 'a' }), item({ message: 'b' })];
    const deaf = () => {
      page += 1;
      return body(items, { continue: `${page}` }, { total: 3 });
    };
    const { requests, truncated } = await readPool(deaf, { poolEvents });
    expect(requests.length).toBeLessThanOrEqual(3);
    expect(truncated).toBe(true);
  },
);

test('by marker: a list without end stops at the limit and says so', async () => {
  let page = 0;
  const endless = () => {
    page += 1;
    return body([item({ message: `${page}` })], { continue: `${page}` });
  };
  const { events, truncated } = await readPool(endless, { limit: 20 });
  expect([events.length, truncated]).toEqual([20, true]);
  const byOffset = await readPool(paging(1_000, 10, 'record', true), { limit: 20, poolEvents: 'offset' });
  expect([byOffset.events.length, byOffset.truncated]).toEqual([20, true]);
});

test.each([
  ['Pool status changed, from Running to Abnormal, details: .', 'abnormal'],
  ['Pool status changed, from Abnormal to Running.', 'running'],
  ['Pool status changed, from Abnormal to Running', 'running'],
  ['Pool status changed, from Creating to Running, details: all nodes are ready, at last.', 'running'],
  ['Pool status changed, from  to Deleting, details: .', 'deleting'],
  ['Pool status changed, from Running to ScalingFailed, details: quota.', 'other'],
])('"%s" tells %s', (message, status) => {
  expect(statusOf(after([[SECOND, 'PoolStatusChange', message]]))).toEqual([status]);
});

test.each([
  ['PoolStatusChange', 'Pool status changed.'],
  ['PoolStatusChange', ''],
  ['PoolResourcesStatusChange', changed('Abnormal')],
  ['PoolStatusChange', nodes('0/1/0/0')],
  ['PoolResourcesStatusChange', 'count from 1/0/0/0 to 0/1/0/0'],
  ['PoolResourcesStatusChange', nodes('0/1/0')],
])('reason %s with "%s" tells no state', (reason, message) => {
  const state = after([[SECOND, reason, message]]);
  expect([statusOf(state), nodesOf(state)]).toEqual([[], []]);
});

test('the newest event tells nodes and status, in whatever order they come', () => {
  const first: [number, string, string] = [SECOND - 2000, 'PoolResourcesStatusChange', nodes('0/1/0/0', 1)];
  const second: [number, string, string] = [SECOND - 1000, 'PoolResourcesStatusChange', nodes('3/0/2/1', 2)];
  expect(nodesOf(after([first, second]))).toEqual([3, 0, 2, 1]);
  expect(nodesOf(after([second], [first]))).toEqual([3, 0, 2, 1]);
  // Within one second the text's own time decides.
  const same: [number, string, string] = [SECOND - 1000, 'PoolResourcesStatusChange', nodes('9/0/0/0', 1)];
  expect(nodesOf(after([second, same]))).toEqual([3, 0, 2, 1]);
  expect(nodesOf(after([same, second]))).toEqual([3, 0, 2, 1]);
});

test('changes of one second happened in the order that their own texts tell', () => {
  const status = (from: string, to: string): [number, string, string] => [
    SECOND,
    'PoolStatusChange',
    `Pool status changed, from ${from} to ${to}.`,
  ];
  const story = [status('Running', 'Abnormal'), status('Abnormal', 'Error'), status('Error', 'Running')];
  for (const told of [story, story.toReversed(), [1, 2, 0].map((n) => story[n] ?? status('', ''))]) {
    expect(statusOf(after([[SECOND - 1000, 'PoolStatusChange', changed('Running')]], told))).toEqual([
      'running',
    ]);
    expect(statusOf(after(told.filter((change) => change !== story[2])))).toEqual(['error']);
  }
  const count = (from: string, to: string): [number, string, string] => [
    SECOND,
    'PoolResourcesStatusChange',
    `Pool resources status changed, available/abnormal/creating/deleting count from ${from} to ${to}, timestamp: 5.`,
  ];
  const counts = [count('4/0/0/0', '3/1/0/0'), count('3/1/0/0', '2/2/0/0'), count('2/2/0/0', '4/0/0/0')];
  const first = [[SECOND - 1000, 'PoolResourcesStatusChange', nodes('4/0/0/0')]] as [
    number,
    string,
    string,
  ][];
  expect(nodesOf(after(first, counts.toReversed()))).toEqual([4, 0, 0, 0]);
  expect(nodesOf(after(first, counts.slice(0, 2).toReversed()))).toEqual([2, 2, 0, 0]);
});

test('changes of one second are put in order by their texts also where they arrive in different reads', () => {
  const before: [number, string, string] = [SECOND - 1000, 'PoolStatusChange', changed('Running')];
  const change = (from: string, to: string): [number, string, string] => [
    SECOND,
    'PoolStatusChange',
    `Pool status changed, from ${from} to ${to}.`,
  ];
  const [falls, recovers] = [change('Running', 'Abnormal'), change('Abnormal', 'Running')];
  const troubles = (state: PoolState) => pool.alerts.conditions(state).map(({ alertname }) => alertname);
  const told = (...reads: [number, string, string][][]) => {
    const state = after([before], ...reads);
    return [...statusOf(state), ...troubles(state)];
  };
  expect(told([falls], [recovers])).toEqual(['running']);
  expect(told([recovers], [falls])).toEqual(['running']);
  expect(told([recovers], [falls], [falls])).toEqual(['abnormal', 'ModelArtsPoolAbnormal']);
  expect(told([falls], [recovers], [falls])).toEqual(['abnormal', 'ModelArtsPoolAbnormal']);
  expect(told([change('Abnormal', 'Error')], [falls])).toEqual(['error', 'ModelArtsPoolAbnormal']);
  // Through a restart with a state file.
  const state = structuredClone(after([before], [recovers]));
  const [at, reason, message] = falls;
  pool.events.fold(state, [once({ type: 'warning', reason, message }, at)], CONTEXT);
  expect(statusOf(state)).toEqual(['running']);

  const count = (from: string, to: string): [number, string, string] => [
    SECOND,
    'PoolResourcesStatusChange',
    `Pool resources status changed, available/abnormal/creating/deleting count from ${from} to ${to}, timestamp: 5.`,
  ];
  const nodesBefore: [number, string, string] = [
    SECOND - 1000,
    'PoolResourcesStatusChange',
    nodes('4/0/0/0'),
  ];
  const lost = count('4/0/0/0', '3/1/0/0');
  const back = count('3/1/0/0', '4/0/0/0');
  expect(nodesOf(after([nodesBefore], [back], [lost]))).toEqual([4, 0, 0, 0]);
  expect(nodesOf(after([nodesBefore], [lost], [back]))).toEqual([4, 0, 0, 0]);
});

test('of discovery and events the later one tells the nodes', () => {
  const counts = { available: 8, abnormal: 0, creating: 0, deleting: 0 };
  const event = (at: number): [number, string, string] => [at, 'PoolResourcesStatusChange', nodes('7/1/0/0')];
  const state = after([event(NOW - 10_000)]);
  pool.listing.fold(state, { nodes: counts }, NOW);
  expect(nodesOf(state)).toEqual([8, 0, 0, 0]);
  expect(pool.alerts.conditions(state)).toEqual([]);
  const tell = (at: number) => {
    const [, reason, message] = event(at);
    pool.events.fold(state, [once({ type: 'warning', reason, message }, at)], CONTEXT);
  };
  tell(SECOND - 1000);
  expect(nodesOf(state)).toEqual([8, 0, 0, 0]);
  // It happened within the second of the listing, and its time has lost what came after the second.
  tell(SECOND);
  expect(nodesOf(state)).toEqual([7, 1, 0, 0]);
  pool.listing.fold(state, { nodes: counts }, NOW + 60_000);
  expect(nodesOf(state)).toEqual([8, 0, 0, 0]);
});

test('of discovery and events the one observed later tells the status', () => {
  // History that the first read brings is older than the listing before it.
  const state = pool.initialState();
  pool.listing.fold(state, { status: 'running' }, NOW - 5000);
  const occurrence = (to: string, at: number) =>
    once({ type: 'warning', reason: 'PoolStatusChange', message: changed(to) } as const, at);
  pool.events.fold(state, [occurrence('Abnormal', NOW - 10_000)], { ...CONTEXT, first: true });
  expect(statusOf(state)).toEqual(['running']);
  // News is later than the listing, though the pool's clock is behind.
  pool.events.fold(state, [occurrence('Error', NOW - 9000)], CONTEXT);
  expect(statusOf(state)).toEqual(['error']);
  expect(pool.alerts.conditions(state).map(({ alertname }) => alertname)).toEqual(['ModelArtsPoolAbnormal']);
  pool.listing.fold(state, { status: 'running' }, NOW + 1000);
  expect(statusOf(state)).toEqual(['running']);
  expect(pool.alerts.conditions(state)).toEqual([]);
  pool.listing.fold(state, { status: 'error' }, NOW + 2000);
  expect(pool.alerts.conditions(state)).toMatchObject([
    { alertname: 'ModelArtsPoolAbnormal', since: NOW + 2000 },
  ]);
});

test('a warning is a problem of its own only where nothing lasting tells it', () => {
  const problem = (reason: string, message: string, type: 'warning' | 'normal' = 'warning') =>
    pool.alerts.problem({ type, reason, message })?.labels;
  expect(problem('PoolStatusChange', changed('Abnormal'))).toBeUndefined();
  expect(problem('PoolResourcesStatusChange', nodes('0/1/0/0'))).toBeUndefined();
  expect(problem('PoolStatusChange', changed('Running'))).toEqual({ reason: 'PoolStatusChange' });
  expect(problem('NodeLost', 'm')).toEqual({ reason: 'NodeLost' });
  expect(problem('NodeLost', 'm', 'normal')).toBeUndefined();
});

test('a text made to be slow does not hold up the rest', () => {
  for (const part of ['from ', '1/', 'count from 1', ' to ', '1']) {
    const text = part.repeat(500_000 / part.length);
    after([
      [SECOND, 'PoolStatusChange', `Pool status changed, from ${text}`],
      [SECOND, 'PoolResourcesStatusChange', `Pool resources status changed, count from ${text}`],
    ]);
  }
});

/** What events told a minute ago, and nobody had read before. */
const TOLD_BEFORE = [
  once({ type: 'warning', reason: 'PoolStatusChange', message: changed('Abnormal') } as const, NOW - 60_000),
  once(
    { type: 'warning', reason: 'PoolResourcesStatusChange', message: nodes('6/2/0/0') } as const,
    NOW - 59_000,
  ),
];

test('an older event tells since when and why a pool is wrong that the listing shows so', () => {
  const state = pool.initialState();
  pool.listing.fold(state, { status: 'abnormal', nodes: { ...NO_NODES, abnormal: 1 } }, NOW);
  expect(pool.alerts.conditions(state)).toMatchObject([
    { alertname: 'ModelArtsPoolAbnormal', since: NOW, events: 0, message: 'The pool is abnormal.' },
    {
      alertname: 'ModelArtsPoolNodesAbnormal',
      since: NOW,
      events: 0,
      message: '1 abnormal node in the resource pool.',
    },
  ]);
  pool.events.fold(state, TOLD_BEFORE, { ...CONTEXT, first: true });
  expect(pool.alerts.conditions(state)).toMatchObject([
    { alertname: 'ModelArtsPoolAbnormal', since: NOW - 60_000, events: 1, message: changed('Abnormal') },
    { alertname: 'ModelArtsPoolNodesAbnormal', since: NOW - 59_000, events: 1, message: nodes('6/2/0/0') },
  ]);
});

test('nothing is wrong with a pool that the listing shows well after an event told otherwise', () => {
  const state = pool.initialState();
  pool.listing.fold(state, { status: 'running', nodes: { ...NO_NODES, available: 8 } }, NOW);
  pool.events.fold(state, TOLD_BEFORE, { ...CONTEXT, first: true });
  expect(pool.alerts.conditions(state)).toEqual([]);
});
