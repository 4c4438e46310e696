import { expect, test } from 'vitest';
import { KINDS } from '../../src/kinds/kinds.ts';
import { requestOf, withAnswers } from './listing-server.ts';
import { read } from './scripted-api.ts';

const { service, training_job: job, pool } = KINDS;

/** What each API is told to answer; `logs` are asked for after events. */
const READS = [
  ['service_events', service, 'events', 'total_count', {}],
  ['service_update_logs', service, 'logs', 'total_count', { service_events: {} }],
  ['training_job_events', job, 'events', 'total', {}],
  ['pool_events', pool, 'items', 'total', {}],
] as const;

const LISTINGS = [
  ['list_services', service, 'services', 'total_count'],
  ['list_training_jobs', job, 'items', 'count'],
  ['list_pools', pool, 'items', 'total'],
] as const;

const EMPTY = [{ total: 0, list: null }, { total: 0 }, { list: null }, {}];
const LOST = [{ total: 3, list: null }, { total: '3', list: null }, { total: 3 }];

/** The body under the API's own names. */
function spelled({ total, list }: { total?: unknown; list?: null }, listField: string, totalField: string) {
  return {
    ...(total === undefined ? {} : { [totalField]: total }),
    ...(list === undefined ? {} : { [listField]: list }),
  };
}

test.each(READS)(
  '%s: no list is an empty one unless the total says otherwise',
  async (operation, kind, ...rest) => {
    const [listField, totalField, others] = rest;
    const readOne = async (body: (typeof LOST)[number] | (typeof EMPTY)[number]) => {
      const answers = {
        service_update_logs: {},
        ...others,
        [operation]: spelled(body, listField, totalField),
      };
      const { failure, events } = await read<unknown, unknown, unknown>(kind, kind.initialState(), answers);
      if (failure !== undefined) throw failure;
      return events;
    };
    for (const body of EMPTY) expect(await readOne(body)).toEqual([]);
    for (const body of LOST) await expect(readOne(body)).rejects.toMatchObject({ reason: 'malformed' });
  },
);

test.each(LISTINGS)(
  '%s: no list is an empty one unless the total says otherwise',
  async (...[, kind, list, total]) => {
    for (const body of EMPTY) {
      await withAnswers([spelled(body, list, total)], async (api) => {
        expect(await kind.listing.discover(requestOf(api))).toEqual([]);
      });
    }
    for (const body of LOST) {
      await withAnswers([spelled(body, list, total)], async (api) => {
        await expect(kind.listing.discover(requestOf(api))).rejects.toMatchObject({ reason: 'malformed' });
      });
    }
  },
);

test('a later page of services without a list is malformed where the total says that more is to come', async () => {
  const page = (total: number | undefined, services: unknown) => ({
    ...(total === undefined ? {} : { total_count: total }),
    services,
  });
  const first = [{ service_id: 'a' }];
  await withAnswers([page(2, first), page(2, null)], async (api) => {
    await expect(service.listing.discover(requestOf(api))).rejects.toMatchObject({ reason: 'malformed' });
  });
  await withAnswers([page(undefined, first), page(undefined, null)], async (api) => {
    expect(await service.listing.discover(requestOf(api))).toHaveLength(1);
  });
});
