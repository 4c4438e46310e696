import { expect, test } from 'vitest';
import { discoverServices } from '../../../src/kinds/service/discovery.ts';
import { PROJECT, requestOf, rule, withAnswers, withSimulator } from '../listing-server.ts';

test('A small account costs one request and tells name, type and status', async () => {
  await withSimulator({}, async ({ cloud, requests }, api) => {
    cloud.addService(PROJECT, { service_id: 's-1', service_name: 'mnist', status: 'Running' });
    cloud.addService(PROJECT, { service_id: 's-2', infer_type: 'edge', status: 'failed' });
    expect(await discoverServices(requestOf(api))).toMatchObject([
      { id: 's-1', name: 'mnist', details: { inferType: 'real-time', status: 'running' } },
      { id: 's-2', name: 's-2', details: { inferType: 'edge', status: 'failed' } },
    ]);
    expect(requests.count()).toBe(1);
    expect(requests.entries[0]?.query).toEqual({
      offset: '0',
      limit: '1000',
      sort_by: 'publish_at',
      order: 'asc',
    });
  });
});

const WHOLE = Number.POSITIVE_INFINITY;

test.each([
  { offset: 'page', pageCap: WHOLE, total: 'number', services: 2_500, requests: 3 },
  { offset: 'record', pageCap: WHOLE, total: 'number', services: 2_500, requests: 4 },
  { offset: 'page', pageCap: WHOLE, total: 'number', services: 1_001, requests: 2 },
  { offset: 'record', pageCap: WHOLE, total: 'number', services: 1_001, requests: 2 },
  { offset: 'page', pageCap: WHOLE, total: 'number', services: 1_000, requests: 1 },
  { offset: 'page', pageCap: 3, total: 'string', services: 20, requests: 7 },
  { offset: 'record', pageCap: 3, total: 'string', services: 20, requests: 8 },
  { offset: 'page', pageCap: 1, total: 'number', services: 5, requests: 5 },
  { offset: 'record', pageCap: 2, total: 'number', services: 5, requests: 4 },
  { offset: 'page', pageCap: 3, total: 'missing', services: 10, requests: 5 },
  { offset: 'record', pageCap: 3, total: 'missing', services: 10, requests: 5 },
] as const)(
  'All $services services come with offset as $offset, pages of $pageCap, total $total',
  async ({ services, requests: expected, ...serviceList }) => {
    await withSimulator({ dialect: { serviceList } }, async ({ cloud, requests }, api) => {
      for (let i = 0; i < services; i += 1) {
        cloud.addService(PROJECT, { service_id: `s-${i}`, publish_at: i % 700 });
      }
      const found = await discoverServices(requestOf(api));
      expect(new Set(found.map(({ id }) => id)).size).toBe(services);
      expect(found).toHaveLength(services);
      expect(requests.count()).toBe(expected);
    });
  },
);

test('A service that ends between two pages hides none but itself and one more', async () => {
  await withSimulator({ dialect: { serviceList: { pageCap: 10 } } }, async ({ cloud }, api) => {
    for (let i = 0; i < 40; i += 1) cloud.addService(PROJECT, { service_id: `s-${i}`, publish_at: i });
    let calls = 0;
    const shifting = {
      request: async (request: Parameters<typeof api.request>[0]) => {
        const answer = await api.request(request);
        calls += 1;
        if (calls === 1) cloud.removeService('s-0');
        return answer;
      },
    };
    const found = await discoverServices(requestOf(shifting));
    expect(found.length).toBeGreaterThanOrEqual(39);
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
  });
});

test('An endless server ends at the cap', async () => {
  let calls = 0;
  const api = {
    request: async () => {
      calls += 1;
      return { total_count: 1e9, services: [{ service_id: `s-${calls}` }] };
    },
  };
  expect(await discoverServices(requestOf(api))).toHaveLength(100);
  expect(calls).toBe(100);
});

test('Bad items are passed over, and the rest is kept', async () => {
  const services = [
    null,
    'text',
    {},
    { service_id: 7 },
    { service_id: '' },
    { service_id: '..' },
    { service_id: 'x'.repeat(300) },
    { service_id: 's-1', service_name: 5, status: { a: 1 }, infer_type: null },
    { service_id: 's-2', service_name: 'n'.repeat(300), status: 'running' },
  ];
  await withAnswers([{ total_count: 9, services }, { message: 'no second request' }], async (api) => {
    expect(await discoverServices(requestOf(api))).toMatchObject([
      { id: 's-1', name: undefined, details: {} },
      { id: 's-2', name: `${'n'.repeat(255)}…`, details: { status: 'running' } },
    ]);
  });
});

test.each([[{ total_count: 1 }], [{ services: {} }], [[]], ['text']])(
  'An answer without a list is malformed: %j',
  async (answer) => {
    await withAnswers([answer], async (api) => {
      await expect(discoverServices(requestOf(api))).rejects.toMatchObject({ reason: 'malformed' });
    });
  },
);

test('Each rule that passes a service over is named', async () => {
  const services = [
    { service_id: 'a', service_name: 'prod-a', status: 'running' },
    { service_id: 'b', service_name: 'prod-tmp', status: 'running' },
    { service_id: 'c', service_name: 'not-prod-c', status: 'running' },
    { service_id: 'd', service_name: 'prod-d', status: 'stopped' },
    { service_id: 'prod-e', status: 'running' },
    { service_id: 'f', service_name: 'prod-f' },
  ];
  await withAnswers([{ total_count: services.length, services }], async (api) => {
    const found = await discoverServices(
      requestOf(api, {
        include: [rule('prod-.*'), rule('live')],
        exclude: [rule('old'), rule('.*-tmp')],
        status: ['running', 'failed'],
      }),
    );
    expect(found.map(({ id, excluded }) => [id, excluded])).toEqual([
      ['a', undefined],
      ['b', 'exclude /.*-tmp/'],
      ['c', 'not in include /prod-.*/, /live/'],
      ['d', 'status stopped not in running, failed'],
      ['prod-e', undefined],
      ['f', undefined],
    ]);
  });
});
