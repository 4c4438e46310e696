import { expect, test } from 'vitest';
import type { DialectOptions } from '../../src/simulator/dialect.ts';
import { list, PROJECT, type Reply, type Running, runSimulator } from './running-simulator.ts';

const PATH = '/v2/{p}/training-jobs/j1/events';
const T = Date.parse('2024-05-06T07:00:00Z');

async function withEvents(
  count: number,
  dialect: DialectOptions['trainingJobEvents'] = {},
): Promise<Running> {
  const simulator = await runSimulator({ dialect: { trainingJobEvents: dialect } });
  simulator.cloud.addJob(PROJECT, { id: 'j1' });
  const classes = [
    ['Info', 'K8S'],
    ['Warning', 'Job'],
    ['Error', 'Task'],
    ['Info', 'K8s'],
  ] as const;
  for (let i = 0; i < count; i++) {
    const [level, source] = classes[i % 4] ?? classes[0];
    simulator.cloud.addJobEvent('j1', { time: T + i * 1000 + 7, level, source, message: `e${i}` });
  }
  return simulator;
}

function names(reply: Reply): string {
  return list(reply, 'events')
    .map((event) => event['message'])
    .join(' ');
}

test('answers the documented fields, in whole seconds of China', async () => {
  const simulator = await withEvents(2);
  const { json } = await simulator.get(`${PATH}?order=asc&limit=1&start_time=${T}&end_time=${T + 999_999}`);
  expect(json).toEqual({
    total: 2,
    limit: 1,
    offset: 0,
    order: 'asc',
    start_time: '2024-05-06T15:00:00+08:00',
    end_time: '2024-05-06T15:16:39+08:00',
    events: [{ time: '2024-05-06T15:00:00+08:00', level: 'Info', message: 'e0', source: 'K8S' }],
  });
});

test('gives 50 where no limit is asked, 100 at most, newest first', async () => {
  const simulator = await withEvents(101);
  const { json } = await simulator.get(PATH);
  expect(json).toMatchObject({ total: 101, limit: 50, order: 'desc' });
  expect(json['events']).toHaveLength(50);
  expect((await simulator.get(`${PATH}?limit=100`)).json['events']).toHaveLength(100);
});

test.each([
  ['level=Error', 'e2'],
  ['source=K8S', 'e0 e3'],
  ['source=Task', 'e2'],
  ['pattern=e1', 'e1'],
  ['limit=2&offset=1', 'e1 e2'],
  [`start_time=${T + 1000}&end_time=${T + 2000}`, 'e1 e2'],
  // an event is as old as its whole second
  [`start_time=${T + 1001}&end_time=${T + 2000}`, 'e2'],
])('query %s', async (query, expected) => {
  const simulator = await withEvents(4);
  expect(names(await simulator.get(`${PATH}?order=asc&${query}`))).toBe(expected);
});

test.each([
  'limit=0',
  'limit=101',
  'start_time=1',
  'end_time=1',
  'start_time=2024-05-06T07:00:00Z&end_time=1',
  'order=none',
  'level=error',
  'source=Pod',
  `pattern=${'x'.repeat(257)}`,
])('refuses %s', async (query) => {
  const simulator = await withEvents(0);
  const { status, text } = await simulator.get(`${PATH}?${query}`);
  expect(status).toBe(400);
  expect(text).toBe('{"error_code":"ModelArts.50004000","error_msg":"Bad request."}');
});

test('does not know a job: 400, not 404', async () => {
  const simulator = await withEvents(0);
  const { status, json } = await simulator.get('/v2/{p}/training-jobs/j2/events');
  expect(status).toBe(400);
  expect(json).toEqual({ error_code: 'ModelArts.2775', error_msg: 'Training job (ID: j2) not found' });
});

test('speaks the language of X-Language', async () => {
  const simulator = await withEvents(0);
  const event = { time: T, level: 'Error', source: 'Job', message: 'failed', message_zh: '失败' };
  simulator.cloud.addJobEvent('j1', event);
  const headers = { 'X-Auth-Token': 'simulator-token', 'X-Language': 'zh-cn' };
  expect(names(await simulator.get(PATH, headers))).toBe('失败');
  expect(names(await simulator.get(PATH, { ...headers, 'X-Language': 'en-us' }))).toBe('failed');
});

test.each<[DialectOptions['trainingJobEvents'], string, string]>([
  [{ offset: 'page' }, 'order=asc&limit=2&offset=1', 'e2 e3'],
  [{ order: 'always_asc' }, 'order=desc', 'e0 e1 e2 e3'],
  [{ order: 'always_desc' }, 'order=asc', 'e3 e2 e1 e0'],
  [{ defaultOrder: 'asc' }, '', 'e0 e1 e2 e3'],
  [{ startBound: 'exclusive' }, `order=asc&start_time=${T + 1000}&end_time=${T + 9000}`, 'e2 e3'],
  [{ pageCap: 2 }, 'order=asc&limit=100', 'e0 e1'],
])('dialect %o with %s', async (dialect, query, expected) => {
  const simulator = await withEvents(4, dialect);
  expect(names(await simulator.get(`${PATH}?${query}`))).toBe(expected);
});

test('spells K8S as stored, or one way', async () => {
  const simulator = await withEvents(4);
  const sources = async (): Promise<unknown> =>
    list(await simulator.get(`${PATH}?order=asc`), 'events').map((event) => event['source']);
  expect(await sources()).toEqual(['K8S', 'Job', 'Task', 'K8s']);
  simulator.changeDialect({ trainingJobEvents: { k8sSource: 'K8s' } });
  expect(await sources()).toEqual(['K8s', 'Job', 'Task', 'K8s']);
  simulator.changeDialect({ trainingJobEvents: { k8sSource: 'K8S', total: 'string' } });
  expect(await sources()).toEqual(['K8S', 'Job', 'Task', 'K8S']);
  expect((await simulator.get(PATH)).json['total']).toBe('4');
});
