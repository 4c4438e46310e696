import { expect, test } from 'vitest';
import type { DialectOptions } from '../../src/simulator/dialect.ts';
import { list, PROJECT, type Reply, type Running, runSimulator } from './running-simulator.ts';

const PATH = '/v1/{p}/services/s1/events';

/** Events named by their place, at the instants given. */
async function withEvents(
  times: readonly number[],
  dialect: DialectOptions['serviceEvents'] = {},
): Promise<Running> {
  const simulator = await runSimulator({ dialect: { serviceEvents: dialect } });
  simulator.cloud.addService(PROJECT, { service_id: 's1', service_name: 'one' });
  for (const [i, occur_time] of times.entries()) {
    const event_type = i % 2 === 0 ? 'normal' : 'abnormal';
    simulator.cloud.addServiceEvent('s1', { event_type, event_info: `e${i}`, occur_time });
  }
  return simulator;
}

function names(reply: Reply): string {
  return list(reply, 'events')
    .map((event) => event['event_info'])
    .join(' ');
}

test('answers the documented fields, newest first', async () => {
  const simulator = await withEvents([10, 20]);
  const { json } = await simulator.get(PATH);
  expect(json).toEqual({
    service_name: 'one',
    total_count: 2,
    service_id: 's1',
    count: 2,
    events: [
      { event_type: 'abnormal', event_info: 'e1', occur_time: 20 },
      { event_type: 'normal', event_info: 'e0', occur_time: 10 },
    ],
  });
});

test('gives 1000 events where no limit is asked, and tells the total', async () => {
  const simulator = await withEvents(Array.from({ length: 1001 }, (_, i) => i));
  const { json } = await simulator.get(PATH);
  expect(json['events']).toHaveLength(1000);
  expect([json['count'], json['total_count']]).toEqual([1000, 1001]);
});

test.each([
  ['order=asc', 'e0 e1 e2 e3'],
  ['order=desc', 'e3 e2 e1 e0'],
  ['order=asc&event_type=abnormal', 'e1 e3'],
  ['order=asc&event_info=e2', 'e2'],
  ['order=asc&start_time=20&end_time=30', 'e1 e2'],
  ['order=asc&start_time=21', 'e2 e3'],
  ['order=asc&limit=2&offset=1', 'e2 e3'],
  ['order=asc&limit=3&offset=1', 'e3'],
  ['order=asc&limit=2&offset=2', ''],
  ['order=asc&sort_by=occur_time', 'e0 e1 e2 e3'],
])('query %s', async (query, expected) => {
  const simulator = await withEvents([10, 20, 30, 40]);
  expect(names(await simulator.get(`${PATH}?${query}`))).toBe(expected);
});

test.each([
  'order=up',
  'limit=0',
  'limit=x',
  'event_type=odd',
  'start_time=now',
  'offset=-1',
  'sort_by=name',
])('refuses %s', async (query) => {
  const simulator = await withEvents([]);
  const { status, json } = await simulator.get(`${PATH}?${query}`);
  expect([status, json['error_code']]).toEqual([400, 'ModelArts.0104']);
});

test('does not know a service: 404 with the documented code', async () => {
  const simulator = await withEvents([]);
  const { status, json } = await simulator.get('/v1/{p}/services/s2/events');
  expect([status, json['error_code']]).toEqual([404, 'ModelArts.3502']);
});

test.each<[DialectOptions['serviceEvents'], string, string]>([
  [{ offset: 'record' }, 'order=asc&limit=2&offset=1', 'e1 e2'],
  [{ order: 'always_asc' }, 'order=desc', 'e0 e1 e2 e3'],
  [{ order: 'always_desc' }, 'order=asc', 'e3 e2 e1 e0'],
  [{ defaultOrder: 'asc' }, '', 'e0 e1 e2 e3'],
  [{ startBound: 'exclusive' }, 'order=asc&start_time=20', 'e2 e3'],
  [{ pageCap: 3 }, 'order=asc&limit=100', 'e0 e1 e2'],
  [{ pageCap: 3 }, 'order=asc&limit=100&offset=1', 'e3'],
])('dialect %o with %s', async (dialect, query, expected) => {
  const simulator = await withEvents([10, 20, 30, 40], dialect);
  expect(names(await simulator.get(`${PATH}?${query}`))).toBe(expected);
});

test.each([
  ['number', 1],
  ['string', '1'],
  ['missing', undefined],
] as const)('total as %s', async (total, expected) => {
  const simulator = await withEvents([10], { total });
  expect((await simulator.get(PATH)).json['total_count']).toBe(expected);
});

test('ties in an arbitrary order that is stable over pages and directions', async () => {
  const simulator = await withEvents(Array(20).fill(5), { ties: 'scattered' });
  const whole = names(await simulator.get(`${PATH}?order=asc`));
  expect(whole).not.toBe(Array.from({ length: 20 }, (_, i) => `e${i}`).join(' '));
  expect(names(await simulator.get(`${PATH}?order=desc`))).toBe(whole);
  const pages = [0, 1].map(async (offset) => names(await simulator.get(`${PATH}?limit=10&offset=${offset}`)));
  expect((await Promise.all(pages)).join(' ')).toBe(whole);
});

test('ties as they came, reversed when descending', async () => {
  const simulator = await withEvents([5, 5, 5]);
  expect(names(await simulator.get(`${PATH}?order=asc`))).toBe('e0 e1 e2');
  expect(names(await simulator.get(`${PATH}?order=desc`))).toBe('e2 e1 e0');
});

test('the dialect can change while the simulator runs', async () => {
  const simulator = await withEvents([10, 20]);
  simulator.changeDialect({ serviceEvents: { order: 'always_asc' } });
  expect(names(await simulator.get(`${PATH}?order=desc`))).toBe('e0 e1');
});
