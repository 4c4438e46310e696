import { expect, test } from 'vitest';
import { seededRandom } from '../../src/simulator/seeded-random.ts';
import { list, NOW, PROJECT, type Running, runSimulator } from '../simulator/running-simulator.ts';
import { BAD_ITEMS } from './faults/bad-item.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import { HOSTILE_TEXTS } from './hostile-text.ts';

const PATH = '/v1/{p}/services/s1/events';

async function run(): Promise<Running> {
  const simulator = await runSimulator();
  simulator.cloud.addService(PROJECT, { service_id: 's1' });
  simulator.cloud.addServiceEvent('s1', { event_type: 'normal', event_info: 'good', occur_time: NOW });
  return simulator;
}

test('a rule picks requests by operation and path, so many times, until it is taken back', async () => {
  const simulator = await run();
  simulator.faults.add(
    { kind: 'status', status: 503 },
    { operation: 'service_events', path: 's1', times: 1 },
  );
  expect((await simulator.get('/v1/{p}/services')).status).toBe(200);
  expect((await simulator.get(PATH)).status).toBe(503);
  expect((await simulator.get(PATH)).status).toBe(200);
  const takeBack = simulator.faults.add({ kind: 'status', status: 500 });
  expect((await simulator.get(PATH)).status).toBe(500);
  takeBack();
  expect((await simulator.get(PATH)).status).toBe(200);
  expect(simulator.faults.struck).toBe(2);
});

test('probability is drawn by the seed', () => {
  const strikes = (seed: number): string => {
    const plan = new FaultPlan(seededRandom(seed));
    plan.add({ kind: 'reset' }, { probability: 0.3 });
    return Array.from({ length: 200 }, () => (plan.strike('iam_token', '/').fault ? 'x' : '.')).join('');
  };
  expect(strikes(1)).toBe(strikes(1));
  expect(strikes(1)).not.toBe(strikes(2));
  expect(strikes(1).replaceAll('.', '').length).toBeGreaterThan(40);
  expect(strikes(1).replaceAll('.', '').length).toBeLessThan(80);
});

test.each([
  [401, 'APIGW.0301'],
  [403, 'APIGW.0302'],
  [500, 'APIGW.0601'],
  [502, 'APIGW.0202'],
  [503, 'APIGW.0613'],
  [504, 'APIGW.0203'],
])('status %i bears the code of the gateway', async (status, code) => {
  const simulator = await run();
  simulator.faults.add({ kind: 'status', status });
  const reply = await simulator.get(PATH);
  expect([reply.status, reply.json['error_code']]).toEqual([status, code]);
  expect(reply.json['request_id']).toBe(reply.headers.get('x-request-id'));
  simulator.faults.clear();
  simulator.faults.add({ kind: 'status', status, body: 'as you like' });
  expect((await simulator.get(PATH)).text).toBe('as you like');
});

test('429 without Retry-After, with seconds, with a date', async () => {
  const simulator = await run();
  simulator.faults.add({ kind: 'throttled' }, { times: 1 });
  simulator.faults.add({ kind: 'throttled', retryAfter: 7, message: 'limit:5,time:1 second' }, { times: 1 });
  simulator.faults.add({ kind: 'throttled', retryAfter: 7, form: 'date' }, { times: 1 });
  const plain = await simulator.get(PATH);
  expect([plain.status, plain.headers.get('retry-after')]).toEqual([429, null]);
  expect(plain.json['error_msg']).toContain('over ratelimit,limit:200,time:5 minute');
  const seconds = await simulator.get(PATH);
  expect(seconds.headers.get('retry-after')).toBe('7');
  expect(seconds.json['error_msg']).toContain('limit:5,time:1 second');
  expect((await simulator.get(PATH)).headers.get('retry-after')).toBe('Mon, 06 May 2024 07:08:16 GMT');
});

test('latency delays, and other faults still apply', async () => {
  const simulator = await run();
  simulator.faults.add({ kind: 'latency', ms: 60 });
  simulator.faults.add({ kind: 'status', status: 500 });
  const start = performance.now();
  expect((await simulator.get(PATH)).status).toBe(500);
  expect(performance.now() - start).toBeGreaterThan(55);
});

test.each(['reset', 'cut'] as const)('%s ends the connection', async (kind) => {
  const simulator = await run();
  simulator.faults.add({ kind }, { times: 1 });
  await expect(simulator.get(PATH)).rejects.toThrow();
  expect((await simulator.get(PATH)).status).toBe(200);
});

test('a request that hangs ends with the simulator', async () => {
  const simulator = await run();
  simulator.faults.add({ kind: 'hang' });
  const request = simulator.get(PATH);
  const failed = expect(request).rejects.toThrow();
  await expect.poll(() => simulator.requests.count('service_events')).toBe(1);
  await simulator.close();
  await failed;
  expect(simulator.requests.entries[0]?.status).toBe(0);
});

test('bodies that are no JSON', async () => {
  const simulator = await run();
  simulator.faults.add({ kind: 'not_json' }, { times: 1 });
  simulator.faults.add({ kind: 'truncated_json' }, { times: 1 });
  expect((await simulator.get(PATH)).text).toContain('<html>');
  const truncated = await simulator.get(PATH);
  expect(truncated.status).toBe(200);
  expect(() => JSON.parse(truncated.text)).toThrow();
});

test.each([
  ['list_is_object', { events: { '0': 'not a list' } }],
  ['list_is_null', { events: null }],
  ['list_is_string', { events: 'not a list' }],
] as const)('wrong shape: %s', async (shape, expected) => {
  const simulator = await run();
  simulator.faults.add({ kind: 'wrong_shape', shape });
  expect((await simulator.get(PATH)).json).toMatchObject(expected);
});

test('wrong shape: no list, or no object at all', async () => {
  const simulator = await run();
  for (const shape of ['list_is_missing', 'top_is_null', 'top_is_array', 'top_is_string'] as const) {
    simulator.faults.add({ kind: 'wrong_shape', shape }, { times: 1 });
  }
  expect((await simulator.get(PATH)).json).not.toHaveProperty('events');
  expect((await simulator.get(PATH)).text).toBe('null');
  expect((await simulator.get(PATH)).text).toMatch(/^\[/);
  expect((await simulator.get(PATH)).text).toMatch(/^"/);
});

test('a huge body is streamed, a gzip bomb unpacks to its size', async () => {
  const simulator = await run();
  simulator.faults.add({ kind: 'huge', bytes: 3_000_001 }, { times: 1 });
  simulator.faults.add({ kind: 'gzip_bomb', bytes: 3_000_001 }, { times: 1 });
  for (const encoding of [null, 'gzip']) {
    const { headers, text, json } = await simulator.get(PATH);
    expect([headers.get('content-encoding'), text.length, json]).toEqual([
      encoding,
      3_000_001,
      { events: [] },
    ]);
  }
});

test.each([
  ['service_events', PATH, 'events', 'occur_time', 'event_type'],
  ['service_update_logs', '/v1/{p}/services/s1/logs', 'logs', 'update_time', 'result'],
  ['training_job_events', '/v2/{p}/training-jobs/j1/events', 'events', 'time', 'level'],
  ['pool_events', '/v1/{p}/events?resource=pools&name=p1', 'items', 'lastTimestamp', 'type'],
] as const)('bad items among those of %s', async (operation, path, field, time, type) => {
  const simulator = await run();
  simulator.cloud.addJob(PROJECT, { id: 'j1' });
  simulator.cloud.addPool(PROJECT, { name: 'p1' });
  const before = list(await simulator.get(path), field);
  for (const item of BAD_ITEMS) simulator.faults.add({ kind: 'bad_item', item }, { operation, times: 1 });
  const bad = [];
  for (const _ of BAD_ITEMS) {
    const items = list(await simulator.get(path), field);
    expect(items.slice(0, -1)).toEqual(before);
    bad.push(items.at(-1));
  }
  const [noTime, future, noOffset, notText, noObject] = bad;
  expect(noTime).not.toHaveProperty(time);
  expect(new Date(future?.[time] as string | number).getTime()).toBeGreaterThan(NOW + 9 * 365 * 86_400_000);
  expect(noOffset?.[time]).toBe('2024-05-06T07:08:09');
  expect(notText?.[type]).toBe(42);
  expect(noObject).toBeNull();
});

test('a bad item is within the total', async () => {
  const simulator = await run();
  simulator.faults.add({ kind: 'bad_item', item: 'no_time' });
  expect((await simulator.get(PATH)).json).toMatchObject({ total_count: 2, count: 2 });
});

test('hostile texts travel unharmed', async () => {
  const simulator = await run();
  const texts = Object.values(HOSTILE_TEXTS);
  for (const event_info of texts) {
    simulator.cloud.addServiceEvent('s1', { event_type: 'abnormal', event_info, occur_time: NOW });
  }
  const events = list(await simulator.get(`${PATH}?event_type=abnormal&order=asc`), 'events');
  expect(events.map((event) => event['event_info'])).toEqual(texts);
});
