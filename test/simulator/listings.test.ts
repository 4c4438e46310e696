import { expect, test } from 'vitest';
import { list, NOW, PROJECT, type Reply, type Running, runSimulator } from './running-simulator.ts';

async function withServices(): Promise<Running> {
  const simulator = await runSimulator();
  const add = (i: number, name: string, infer_type: 'real-time' | 'batch', status: string) =>
    simulator.cloud.addService(PROJECT, {
      service_id: `s${i}`,
      service_name: name,
      infer_type,
      status,
      publish_at: i,
      transition_at: 10 - i,
    });
  add(1, 'beta', 'real-time', 'running');
  add(2, 'alpha', 'batch', 'finished');
  add(3, 'gamma', 'real-time', 'deploying');
  return simulator;
}

const ids = (reply: Reply): string =>
  list(reply, 'services')
    .map((service) => service['service_id'])
    .join(' ');

test.each([
  ['', 's3 s2 s1'],
  ['order=asc', 's1 s2 s3'],
  ['sort_by=service_name&order=asc', 's2 s1 s3'],
  ['sort_by=transition_at', 's1 s2 s3'],
  ['status=running', 's1'],
  ['infer_type=batch', 's2'],
  ['service_name=amm', 's3'],
  ['service_id=s2', 's2'],
  ['workspace_id=other', ''],
  ['order=asc&limit=2&offset=1', 's3'],
])('services: %s', async (query, expected) => {
  const simulator = await withServices();
  expect(ids(await simulator.get(`/v1/{p}/services?${query}`))).toBe(expected);
});

test('services: documented fields and dialects', async () => {
  const simulator = await withServices();
  const { json } = await simulator.get('/v1/{p}/services?limit=1');
  expect(json).toMatchObject({ total_count: 3, count: 1 });
  expect(json['services']).toMatchObject([
    { service_id: 's3', project: PROJECT, workspace_id: '0', status: 'deploying', progress: 0, schedule: [] },
  ]);
  simulator.changeDialect({
    serviceList: { offset: 'record', workspaceId: 'number', total: 'string', pageCap: 1 },
  });
  const other = await simulator.get('/v1/{p}/services?limit=5&offset=1');
  expect(other.json['total_count']).toBe('3');
  expect(list(other, 'services')).toMatchObject([{ service_id: 's2', workspace_id: 0 }]);
  expect(list(other, 'services')[0]).not.toHaveProperty('progress');
});

test('services: refuses a status that does not exist', async () => {
  const simulator = await withServices();
  expect((await simulator.get('/v1/{p}/services?status=RUNNING')).status).toBe(400);
});

async function withJobs(): Promise<Running> {
  const simulator = await runSimulator();
  for (const [i, phase] of ['Completed', 'Running', 'Failed'].entries()) {
    simulator.cloud.addJob(PROJECT, {
      id: `j${i}`,
      name: `job-${i}`,
      phase,
      create_time: NOW - 1000 + i * 10,
    });
  }
  return simulator;
}

const SEARCH = '/v2/{p}/training-job-searches';
const jobIds = (reply: Reply): string =>
  list(reply, 'items')
    .map((item) => (item['metadata'] as { id: string }).id)
    .join(' ');
const at = (ms: number): string => new Date(ms).toISOString();

test.each<[object, string]>([
  [{}, 'j2 j1 j0'],
  [{ order: 'asc' }, 'j0 j1 j2'],
  [{ order: 'asc', limit: 2, offset: 1 }, 'j2'],
  [{ filters: [{ key: 'phase', operator: 'in', value: ['Running', 'Failed'] }] }, 'j2 j1'],
  [{ filters: [{ key: 'phase', operator: 'not', value: ['Running'] }] }, 'j2 j0'],
  [{ filters: [{ key: 'name', operator: 'like', value: ['b-1'] }] }, 'j1'],
  [{ filters: [{ key: 'create_time', operator: 'between', value: [at(NOW - 990), at(NOW)] }] }, 'j2 j1'],
  [
    {
      filters: [
        { key: 'create_time', operator: 'between', value: [at(NOW - 990), at(NOW)] },
        { key: 'phase', operator: 'in', value: ['Failed'] },
      ],
    },
    'j2',
  ],
  [{ workspace_id: 'other' }, ''],
])('job search: %o', async (body, expected) => {
  const simulator = await withJobs();
  expect(jobIds(await simulator.send('POST', SEARCH, body))).toBe(expected);
});

test('job search: total counts all, count those that match', async () => {
  const simulator = await withJobs();
  const filters = [{ key: 'phase', operator: 'in', value: ['Running'] }];
  const { json } = await simulator.send('POST', SEARCH, { filters });
  expect(json).toMatchObject({
    total: 3,
    count: 1,
    limit: 10,
    offset: 0,
    order: 'desc',
    sort_by: 'create_time',
  });
});

test('job search: status with running and recovery records', async () => {
  const simulator = await withJobs();
  const recovery = {
    recover_start_at: 5,
    recover: 'job_reschedule',
    fault_scenario: 'node_fault',
    reason: '',
    related_task: 'worker-0',
    recover_result: 'success',
  };
  const running = { start_at: 4, start_type: 'init_or_rescheduled' as const, recover_records: [recovery] };
  const job = {
    id: 'j9',
    create_time: NOW,
    start_time: NOW - 500,
    node_count: 2,
    running_records: [running],
  };
  simulator.cloud.addJob(PROJECT, job);
  const [item] = list(await simulator.send('POST', SEARCH, { limit: 1 }), 'items');
  expect(item).toMatchObject({
    kind: 'job',
    metadata: { id: 'j9', create_time: NOW },
    status: { phase: 'Running', start_time: NOW - 500, duration: 500, running_records: [running] },
    spec: { resource: { node_count: 2 } },
  });
});

test.each<[string, unknown, string]>([
  ['limit 0', { limit: 0 }, '50004000'],
  ['limit 51', { limit: 51 }, '50004000'],
  ['offset -1', { offset: -1 }, '50004000'],
  ['order', { order: 'up' }, '50004000'],
  ['no object', 'text', '50004000'],
  ['sort_by', { sort_by: 'name' }, '2788'],
  ['filters', { filters: {} }, '2807'],
  ['key', { filters: [{ key: 'status', operator: 'in', value: ['x'] }] }, '2807'],
  ['operator', { filters: [{ key: 'phase', operator: 'between', value: ['a', 'b'] }] }, '2808'],
  ['operator of time', { filters: [{ key: 'create_time', operator: 'in', value: [at(0)] }] }, '2808'],
  ['11 values', { filters: [{ key: 'id', operator: 'in', value: Array(11).fill('x') }] }, '2809'],
  ['no values', { filters: [{ key: 'id', operator: 'in', value: [] }] }, '2809'],
  [
    'more than 31 days',
    { filters: [{ key: 'create_time', operator: 'between', value: [at(0), at(31 * 86_400_000 + 1)] }] },
    '2809',
  ],
  [
    'times',
    { filters: [{ key: 'create_time', operator: 'between', value: ['2024-05-06', '2024-05-07'] }] },
    '2809',
  ],
])('job search: refuses bad %s', async (_, body, code) => {
  const simulator = await withJobs();
  const { status, json } = await simulator.send('POST', SEARCH, body);
  expect([status, json['error_code']]).toEqual([400, `ModelArts.${code}`]);
});

test('pools: all at once, node counts as arrays per flavour or one object', async () => {
  const simulator = await runSimulator();
  const nodes = { creating: 0, available: 2, abnormal: 1, deleting: 0 };
  const resources = [
    { flavor: 'a', ...nodes },
    { flavor: 'b', ...nodes, abnormal: 0 },
  ];
  simulator.cloud.addPool(PROJECT, { name: 'pool-1', display_name: 'train', phase: 'Abnormal', resources });
  simulator.cloud.addPool(PROJECT, { name: 'pool-2', phase: 'Creating' });

  const [pool, ...others] = list(await simulator.get('/v2/{p}/pools?limit=1'), 'items');
  expect(others).toHaveLength(1);
  expect(pool).toMatchObject({
    metadata: { name: 'pool-1', labels: { 'os.modelarts/name': 'train' } },
    status: {
      phase: 'Abnormal',
      resources: {
        creating: [],
        available: [
          { flavor: 'a', count: 2 },
          { flavor: 'b', count: 2 },
        ],
        abnormal: [{ flavor: 'a', count: 1 }],
        deleting: [],
      },
    },
  });
  simulator.changeDialect({ poolList: { resources: 'object' } });
  const [same] = list(await simulator.get('/v2/{p}/pools'), 'items');
  expect(same).toMatchObject({
    status: { resources: { creating: { count: 0 }, available: { count: 4 }, abnormal: { count: 1 } } },
  });
  expect(list(await simulator.get('/v2/{p}/pools?status=creating'), 'items')).toHaveLength(1);
  const selector = encodeURIComponent('os.modelarts/name=train');
  expect(list(await simulator.get(`/v2/{p}/pools?labelSelector=${selector}`), 'items')).toHaveLength(1);
});
