import { expect, test } from 'vitest';
import type { DialectOptions } from '../../src/simulator/dialect.ts';
import { type Fields, list, PROJECT, type Reply, type Running, runSimulator } from './running-simulator.ts';

const PATH = '/v1/{p}/events?resource=pools&name=pool-1';
const T = Date.parse('2024-05-06T07:00:00Z');

async function withEvents(count: number, dialect: DialectOptions['poolEvents'] = {}): Promise<Running> {
  const simulator = await runSimulator({ dialect: { poolEvents: dialect } });
  simulator.cloud.addPool(PROJECT, { name: 'pool-1' });
  for (let i = 0; i < count; i++) {
    simulator.cloud.addPoolEvent('pool-1', {
      type: i % 2 === 0 ? 'Normal' : 'Warning',
      reason: 'PoolStatusChange',
      message: `e${i}`,
      firstTimestamp: T + i * 1000,
    });
  }
  return simulator;
}

function names(reply: Reply): string {
  return list(reply, 'items')
    .map((event) => event['message'])
    .join(' ');
}

function marker({ json }: Reply): unknown {
  return (json['metadata'] as Fields)['continue'];
}

test('answers the documented fields', async () => {
  const simulator = await withEvents(1);
  expect((await simulator.get(PATH)).json).toEqual({
    kind: 'EventList',
    apiVersion: 'v1',
    metadata: {},
    items: [
      {
        kind: 'Event',
        apiVersion: 'v1',
        type: 'Normal',
        firstTimestamp: '2024-05-06T07:00:00Z',
        lastTimestamp: '2024-05-06T07:00:00Z',
        count: 1,
        reason: 'PoolStatusChange',
        message: 'e0',
      },
    ],
  });
});

test.each(['', '&limit=', '&limit=0', '&limit=500', '&limit=1000'])(
  'gives 500 at most: "%s"',
  async (query) => {
    const simulator = await withEvents(501);
    expect((await simulator.get(PATH + query)).json['items']).toHaveLength(500);
  },
);

test('continues after the marker, whatever came in between', async () => {
  const simulator = await withEvents(5);
  const first = await simulator.get(`${PATH}&limit=2`);
  expect(names(first)).toBe('e0 e1');
  expect(marker(first)).toEqual(expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/));
  const late = { type: 'Normal', reason: 'r', message: 'late', firstTimestamp: T - 1000 };
  simulator.cloud.addPoolEvent('pool-1', late);
  const second = await simulator.get(`${PATH}&limit=2&continue=${marker(first)}`);
  expect(names(second)).toBe('e2 e3');
  const third = await simulator.get(`${PATH}&limit=2&continue=${marker(second)}`);
  expect([names(third), marker(third)]).toEqual(['e4', undefined]);
});

test.each([
  ['&type=Warning', 'e1 e3'],
  [`&since=${T / 1000 + 1}`, 'e1 e2 e3'],
  [`&since=${T / 1000 + 1}&until=${T / 1000 + 2}`, 'e1 e2'],
])('query %s', async (query, expected) => {
  const simulator = await withEvents(4);
  expect(names(await simulator.get(PATH + query))).toBe(expected);
});

test.each([
  '/v1/{p}/events?name=pool-1',
  '/v1/{p}/events?resource=nodes&name=pool-1',
  '/v1/{p}/events?resource=pools',
  `${PATH}&limit=-1`,
  `${PATH}&limit=all`,
  `${PATH}&type=normal`,
  `${PATH}&since=2024-05-06`,
  `${PATH}&continue=52eddc13-cfad-42d3-aee4-92fea5813e7f`,
])('refuses %s', async (path) => {
  const simulator = await withEvents(1);
  const { status, text } = await simulator.get(path);
  expect([status, text]).toEqual([400, '{"error_code":"ModelArts.50004000","error_msg":"Bad request."}']);
});

test('does not know a pool: 404 with its name', async () => {
  const simulator = await withEvents(0);
  const { status, json } = await simulator.get('/v1/{p}/events?resource=pools&name=pool-2');
  expect(status).toBe(404);
  expect(json).toEqual({ error_code: 'ModelArts.50015001', error_msg: 'Pool pool-2 not found.' });
});

test('an event that happens again grows and keeps its first time', async () => {
  const simulator = await withEvents(0);
  const event = { type: 'Warning', reason: 'r', message: 'm', firstTimestamp: T };
  const added = simulator.cloud.addPoolEvent('pool-1', event);
  simulator.cloud.growPoolEvent(added, T + 60_500, 2);
  const [item] = list(await simulator.get(PATH), 'items');
  expect(item).toMatchObject({
    count: 3,
    firstTimestamp: '2024-05-06T07:00:00Z',
    lastTimestamp: '2024-05-06T07:01:00Z',
  });
  expect(added.occurrences).toEqual([T, T + 60_000, T + 60_000]);

  const since = `${PATH}&since=${T / 1000 + 30}`;
  expect(names(await simulator.get(since))).toBe('m');
  simulator.changeDialect({ poolEvents: { sinceOn: 'first' } });
  expect(names(await simulator.get(since))).toBe('');
});

test.each<[DialectOptions['poolEvents'], string, string]>([
  [{ order: 'desc' }, '', 'e3 e2 e1 e0'],
  [{ pageCap: 3 }, '&limit=500', 'e0 e1 e2'],
  [{ startBound: 'exclusive' }, `&since=${T / 1000 + 1}`, 'e2 e3'],
  [{ since: 'milliseconds' }, `&since=${T + 1000}`, 'e1 e2 e3'],
  [{ since: 'milliseconds' }, `&since=${T / 1000 + 1}`, 'e0 e1 e2 e3'],
  [{ since: 'ignored' }, `&since=${T / 1000 + 1}&until=1`, 'e0 e1 e2 e3'],
  [{ paging: 'offset' }, '&limit=2&offset=1', 'e1 e2'],
  [{ paging: 'offset', offset: 'page' }, '&limit=2&offset=1', 'e2 e3'],
  [{ paging: 'offset' }, '&ascend=false', 'e3 e2 e1 e0'],
  [{ paging: 'offset', order: 'desc' }, '&ascend=true', 'e0 e1 e2 e3'],
])('dialect %o with %s', async (dialect, query, expected) => {
  const simulator = await withEvents(4, dialect);
  expect(names(await simulator.get(PATH + query))).toBe(expected);
});

test('paging by offset tells a total', async () => {
  const simulator = await withEvents(4, { paging: 'offset' });
  expect((await simulator.get(`${PATH}&limit=2`)).json['total']).toBe(4);
});

test('the last page: no marker, an empty one, one to an empty page, or the same for ever', async () => {
  const simulator = await withEvents(2);
  expect(marker(await simulator.get(PATH))).toBeUndefined();
  simulator.changeDialect({ poolEvents: { lastContinue: 'empty' } });
  expect(marker(await simulator.get(PATH))).toBe('');
  simulator.changeDialect({ poolEvents: { lastContinue: 'present' } });
  const present = marker(await simulator.get(PATH));
  const after = await simulator.get(`${PATH}&continue=${present}`);
  expect([names(after), marker(after)]).toEqual(['', undefined]);
  simulator.changeDialect({ poolEvents: { lastContinue: 'repeated', remainingItemCount: true } });
  const repeated = await simulator.get(`${PATH}&continue=${present}`);
  expect([names(repeated), marker(repeated)]).toEqual(['', present]);
  const one = await simulator.get(`${PATH}&limit=1`);
  expect(one.json['metadata']).toMatchObject({ remainingItemCount: 1 });
});
