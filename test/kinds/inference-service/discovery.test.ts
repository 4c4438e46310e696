import { expect, test } from 'vitest';
import { discoverInferenceServices } from '../../../src/kinds/inference-service/discovery.ts';
import { NOW, PROJECT, requestOf, rule, withAnswers, withSimulator } from '../listing-server.ts';

test('a listing tells name, status, types, version and owner, in one request', async () => {
  await withSimulator({}, async ({ cloud, requests }, api) => {
    cloud.addInferenceService(PROJECT, {
      id: 's-1',
      name: 'chat',
      status: 'CONCERNING',
      version: '1.0.3',
      version_count: 4,
      create_at: NOW - 5_000,
      update_at: NOW - 1_000,
      deployments: [{ name: 'a' }, { name: 'b' }],
    });
    expect(await discoverInferenceServices(requestOf(api))).toEqual([
      {
        id: 's-1',
        name: 'chat',
        details: {
          status: 'concerning',
          changedAt: NOW - 1_000,
          type: 'real_time',
          deployType: 'multi',
          version: '1.0.3',
          versions: 4,
          owner: 'operator',
        },
      },
    ]);
    const query = { limit: '500', offset: '0', sort_key: 'create_at', sort_dir: 'ASC' };
    expect(requests.entries.map((entry) => entry.query)).toEqual([query]);
  });
});

test.each([
  { offset: 'record', pageCap: 500, total: 'number', services: 1_300, requests: 4 },
  { offset: 'page', pageCap: 500, total: 'number', services: 1_300, requests: 5 },
  { offset: 'record', pageCap: 7, total: 'missing', services: 30, requests: 6 },
  { offset: 'page', pageCap: 7, total: 'number', services: 30, requests: 6 },
] as const)(
  'all $services services come with offset as $offset, pages of $pageCap, total $total',
  async ({ services, requests: expected, ...inference }) => {
    await withSimulator({ dialect: { inference } }, async ({ cloud, requests }, api) => {
      for (let i = 0; i < services; i += 1) {
        cloud.addInferenceService(PROJECT, { id: `s-${i}`, create_at: i % 700 });
      }
      const found = await discoverInferenceServices(requestOf(api));
      expect(new Set(found.map(({ id }) => id)).size).toBe(services);
      expect(found).toHaveLength(services);
      expect(requests.count()).toBe(expected);
    });
  },
);

test('names and statuses select, in the words of the configuration', async () => {
  await withSimulator({}, async ({ cloud }, api) => {
    cloud.addInferenceService(PROJECT, { id: 's-1', create_at: 1, name: 'prod-chat' });
    cloud.addInferenceService(PROJECT, { id: 's-2', create_at: 2, name: 'test-chat' });
    cloud.addInferenceService(PROJECT, { id: 's-3', create_at: 3, name: 'prod-old', status: 'STOPPED' });
    const settings = { include: [rule('prod-.*')], status: ['running'] };
    const found = await discoverInferenceServices(requestOf(api, settings));
    expect(found.map(({ id, excluded }) => [id, excluded])).toEqual([
      ['s-1', undefined],
      ['s-2', 'not in include /prod-.*/'],
      ['s-3', 'status stopped not in running'],
    ]);
  });
});

test('pages that never end are an error, and are not read for ever', async () => {
  let requests = 0;
  const api = {
    async request() {
      requests += 1;
      return { data: [{ id: `s-${requests}` }] };
    },
  };
  await expect(discoverInferenceServices(requestOf(api))).rejects.toMatchObject({ reason: 'malformed' });
  expect(requests).toBe(500);
});

test('a row that names no service is passed over, and a lost list is an error', async () => {
  const row = { id: 's-1', status: 'A_NEW_STATUS', create_at: '1700000000000', update_at: '1700000000000' };
  await withAnswers([{ total: 3, data: [row, { name: 'no id' }, 'text'] }], async (api) => {
    const [found, ...others] = await discoverInferenceServices(requestOf(api));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ id: 's-1', details: { status: 'a_new_status', changedAt: 1.7e12 } });
  });
  await withAnswers([{ total: 3 }], async (api) => {
    await expect(discoverInferenceServices(requestOf(api))).rejects.toMatchObject({ reason: 'malformed' });
  });
  await withAnswers([{ total: 0 }], async (api) => {
    expect(await discoverInferenceServices(requestOf(api))).toEqual([]);
  });
});
