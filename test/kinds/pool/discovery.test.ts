import { expect, test } from 'vitest';
import { discoverPools } from '../../../src/kinds/pool/discovery.ts';
import { PROJECT, requestOf, rule, withAnswers, withSimulator } from '../listing-server.ts';

test.each(['array', 'object'] as const)(
  'Node counts add up where resources come as %s',
  async (resources) => {
    await withSimulator({ dialect: { poolList: { resources } } }, async ({ cloud, requests }, api) => {
      cloud.addPool(PROJECT, {
        name: 'pool-1',
        display_name: 'gpu',
        phase: 'Abnormal',
        resources: [
          { flavor: 'a', creating: 0, available: 4, abnormal: 1, deleting: 0 },
          { flavor: 'b', creating: 2, available: 3, abnormal: 0, deleting: 0 },
        ],
      });
      expect(await discoverPools(requestOf(api))).toMatchObject([
        {
          id: 'pool-1',
          name: 'gpu',
          details: {
            wanted: 10,
            info: { type: 'dedicate', flavor: 'a,b', scope: 'infer,train' },
            status: 'abnormal',
            nodes: { available: 7, abnormal: 1, creating: 2, deleting: 0 },
          },
        },
      ]);
      expect(requests.count('list_pools')).toBe(1);
    });
  },
);

test('Bad items are passed over, and what can be read of the others is kept', async () => {
  const items = [
    null,
    [],
    {},
    { metadata: {} },
    { metadata: { name: 1 } },
    { metadata: { name: 'pool-1' } },
    { metadata: { name: 'pool-2', labels: [] }, status: { phase: 1, resources: 'many' } },
    {
      metadata: { name: 'pool-3', labels: { 'os.modelarts/name': 'three' } },
      status: {
        phase: 'Error',
        resources: { available: null, abnormal: { count: '2' } },
      },
    },
    { metadata: { name: 'pool-4' }, status: { resources: { available: [{ count: 1 }, { count: 'x' }] } } },
  ];
  await withAnswers([{ items }], async (api) => {
    const found = await discoverPools(requestOf(api));
    expect(found).toMatchObject([
      { id: 'pool-1', name: undefined, details: {} },
      { id: 'pool-2', name: undefined, details: {} },
      {
        id: 'pool-3',
        name: 'three',
        details: {
          status: 'error',
          nodes: { available: 0, abnormal: 2, creating: 0, deleting: 0 },
        },
      },
      { id: 'pool-4', name: undefined, details: {} },
    ]);
  });
});

test('An answer without a list is malformed', async () => {
  await withAnswers([{ kind: 'PoolList', items: 'none' }], async (api) => {
    await expect(discoverPools(requestOf(api))).rejects.toMatchObject({ reason: 'malformed' });
  });
});

test('Rules are held against the display name and the id', async () => {
  await withSimulator({}, async ({ cloud }, api) => {
    for (const [name, display_name] of [
      ['pool-1', 'train'],
      ['pool-2', 'infer'],
      ['pool-3', 'train-old'],
      ['pool-4', 'other'],
    ] as const) {
      cloud.addPool(PROJECT, { name, display_name });
    }
    const found = await discoverPools(
      requestOf(api, {
        include: [rule('train.*'), rule('pool-2'), rule('pool-3')],
        exclude: [rule('pool-3')],
        status: ['none'],
      }),
    );
    expect(found.map(({ id, excluded }) => [id, excluded])).toEqual([
      ['pool-1', undefined],
      ['pool-2', undefined],
      ['pool-3', 'exclude /pool-3/'],
      ['pool-4', 'not in include /train.*/, /pool-2/, /pool-3/'],
    ]);
  });
});
