import { expect, test } from 'vitest';
import { Discovery, type DiscoveryOptions, retryDelay } from '../../src/collection/discovery.ts';
import type { DiscoveryConfig } from '../../src/config/config.ts';
import type { Discovered } from '../../src/kinds/discovered.ts';
import { discoverServices, type ServiceDetails } from '../../src/kinds/service/discovery.ts';
import { ApiError } from '../../src/modelarts/errors.ts';
import { NOW, PROJECT, rule, SETTINGS, withSimulator } from '../kinds/listing-server.ts';

const MINUTE = 60_000;

type Found = readonly Discovered<ServiceDetails>[];

/** A discovery whose clock the test sets, and what was found at each time that it told of something. */
function observed(
  settings: Partial<DiscoveryConfig>,
  rest: Pick<DiscoveryOptions<ServiceDetails>, 'api'> & Partial<DiscoveryOptions<ServiceDetails>>,
) {
  const updates: Found[] = [];
  const errors: ApiError[] = [];
  const clock = { now: NOW };
  const options: DiscoveryOptions<ServiceDetails> = {
    listing: { discover: discoverServices },
    settings: { ...SETTINGS, ...settings },
    clock: () => clock.now,
    timers: { sleep: () => Promise.resolve() },
    onUpdate: () => updates.push([...discovery.discovered.values()]),
    onError: (error) => errors.push(error),
    ...rest,
  };
  const discovery = new Discovery(options);
  return { discovery, options, updates, errors, clock };
}

const ids = (found: Found | undefined) => found?.map(({ id }) => id).sort();

test('A missing target is kept for linger and then goes once', async () => {
  await withSimulator({}, async ({ cloud }, api) => {
    const { discovery, updates, clock } = observed({ linger: 60 * MINUTE }, { api });
    cloud.addService(PROJECT, { service_id: 'stays' });
    cloud.addService(PROJECT, { service_id: 'goes', status: 'running' });
    await discovery.refresh();
    cloud.removeService('goes');
    for (const minutes of [5, 59.9, 60, 65]) {
      clock.now = NOW + minutes * MINUTE;
      await discovery.refresh();
    }
    expect(updates.map(ids)).toEqual([
      ['goes', 'stays'],
      ['goes', 'stays'],
      ['goes', 'stays'],
      ['stays'],
      ['stays'],
    ]);
    expect(updates[1]?.find(({ id }) => id === 'goes')).toMatchObject({
      missing: true,
      details: { status: 'running' },
    });
  });
});

test('Without linger a target goes with the first listing that lacks it', async () => {
  await withSimulator({}, async ({ cloud }, api) => {
    const { discovery, updates } = observed({ linger: 0 }, { api });
    cloud.addService(PROJECT, { service_id: 'stays' });
    cloud.addService(PROJECT, { service_id: 'goes' });
    await discovery.refresh();
    cloud.removeService('goes');
    await discovery.refresh();
    expect(updates.map(ids)).toEqual([['goes', 'stays'], ['stays']]);
  });
});

test('A target that comes back lingers anew', async () => {
  await withSimulator({}, async ({ cloud }, api) => {
    const { discovery, updates, clock } = observed({ linger: 60 * MINUTE }, { api });
    const at = async (minutes: number) => {
      clock.now = NOW + minutes * MINUTE;
      await discovery.refresh();
    };
    cloud.addService(PROJECT, { service_id: 's' });
    await at(0);
    cloud.removeService('s');
    await at(50);
    cloud.addService(PROJECT, { service_id: 's' });
    await at(55);
    cloud.removeService('s');
    await at(110);
    expect(updates.map(ids)).toEqual([['s'], ['s'], ['s'], ['s']]);
    await at(115);
    expect(ids(updates.at(-1))).toEqual([]);
  });
});

test('A target that a rule no longer selects lingers with its new details; one never selected is only shown', async () => {
  await withSimulator({}, async ({ cloud }, api) => {
    const settings = { status: ['running'], exclude: [rule('tmp')], linger: 10 * MINUTE };
    const { discovery, updates, clock } = observed(settings, { api });
    cloud.addService(PROJECT, { service_id: 'a', status: 'running' });
    cloud.addService(PROJECT, { service_id: 'tmp', status: 'running' });
    await discovery.refresh();
    cloud.setServiceStatus('a', 'failed', NOW);
    clock.now += 5 * MINUTE;
    await discovery.refresh();
    clock.now += 5 * MINUTE;
    await discovery.refresh();
    const tmp = { id: 'tmp', excluded: 'exclude /tmp/' };
    expect(updates).toMatchObject([
      [{ id: 'a', details: { status: 'running' } }, tmp],
      [{ id: 'a', details: { status: 'failed' } }, tmp],
      [{ id: 'a', excluded: 'status failed not in running' }, tmp],
    ]);
    expect(updates[1]?.[0]).not.toHaveProperty('excluded');
  });
});

test('A discovery that takes the place of another goes on with what lingers, if it looks for the same', async () => {
  await withSimulator({}, async ({ cloud }, api) => {
    const before = observed({ linger: 60 * MINUTE }, { api });
    cloud.addService(PROJECT, { service_id: 'goes' });
    await before.discovery.refresh();
    cloud.removeService('goes');
    const clock = () => NOW + 50 * MINUTE;
    const same = new Discovery({ ...before.options, clock }, before.discovery);
    const settings = { ...before.options.settings, exclude: [rule('tmp')] };
    const other = new Discovery({ ...before.options, clock, settings }, before.discovery);
    for (const next of [same, other]) {
      expect([[...next.discovered.keys()], next.lastSuccess]).toEqual([['goes'], undefined]);
      await next.refresh();
    }
    expect([...same.discovered.values()]).toMatchObject([{ id: 'goes', missing: true }]);
    expect([...other.discovered.keys()]).toEqual([]);
    const later = new Discovery({ ...before.options, clock: () => NOW + 60 * MINUTE }, same);
    await later.refresh();
    expect([...later.discovered.keys()]).toEqual([]);
  });
});

test('A failing listing keeps what is known, however long it fails', async () => {
  await withSimulator({}, async ({ cloud, faults }, api) => {
    const { discovery, updates, errors, clock } = observed({ linger: MINUTE }, { api });
    cloud.addService(PROJECT, { service_id: 's' });
    await discovery.refresh();
    expect(discovery.lastSuccess).toBe(NOW);

    cloud.project(PROJECT).services.clear();
    const recover = faults.add({ kind: 'status', status: 500 }, { operation: 'list_services' });
    for (let i = 1; i < 4; i += 1) {
      clock.now = NOW + i * 60 * MINUTE;
      await discovery.refresh();
    }
    expect(updates).toHaveLength(1);
    expect(errors).toHaveLength(3);
    expect(discovery.lastSuccess).toBe(NOW);
    expect([...discovery.discovered.keys()]).toEqual(['s']);

    recover();
    await discovery.refresh();
    expect(updates.at(-1)).toEqual([]);
    expect(discovery.lastSuccess).toBe(clock.now);
  });
});

test('What is no error of the API becomes one', async () => {
  const api = { request: () => Promise.reject(new TypeError('broken')) };
  const { discovery, errors } = observed({}, { api });
  await discovery.refresh();
  expect(errors).toMatchObject([{ name: 'ApiError', reason: 'other', cause: { message: 'broken' } }]);
});

test('A listing is read to its end until that has worked once', async () => {
  const wholes: boolean[] = [];
  let failing = true;
  const listing: DiscoveryOptions<ServiceDetails>['listing'] = {
    async discover({ whole }) {
      wholes.push(whole);
      if (failing) throw new ApiError('server', 'down');
      return [];
    },
  };
  const { discovery, options, clock } = observed(
    {},
    { api: { request: () => Promise.reject(new TypeError('unused')) }, listing },
  );
  await discovery.refresh();
  failing = false;
  for (const wait of [MINUTE, MINUTE, 59 * MINUTE - 1, 1]) {
    clock.now += wait;
    await discovery.refresh();
  }
  expect(wholes).toEqual([true, true, false, false, false]);
  await new Discovery(options, discovery).refresh();
  await new Discovery({ ...options, settings: { ...options.settings, linger: 1 } }, discovery).refresh();
  expect(wholes.slice(5)).toEqual([false, true]);
});

test('Refreshes never overlap', async () => {
  await withSimulator({}, async ({ requests }, api) => {
    const { discovery, updates } = observed({}, { api });
    await Promise.all([discovery.refresh(), discovery.refresh(), discovery.refresh()]);
    expect(requests.count()).toBe(1);
    expect(updates).toHaveLength(1);
  });
});

test('It runs every refresh, sooner after failures, until it is aborted', async () => {
  const failures = [false, true, true, false, false];
  const stop = new AbortController();
  const waits: number[] = [];
  const api = {
    async request() {
      if (failures.shift()) throw new ApiError('server', 'down');
      return { total_count: 0, services: [] };
    },
  };
  const { discovery, updates, errors } = observed(
    { refresh: 5 * MINUTE },
    {
      api,
      timers: {
        sleep(wait, signal) {
          waits.push(wait);
          if (failures.length > 0) return Promise.resolve();
          stop.abort();
          return Promise.reject(signal?.reason);
        },
      },
    },
  );
  await discovery.run(stop.signal);
  expect(waits).toEqual([5 * MINUTE, 15_000, 30_000, 5 * MINUTE, 5 * MINUTE]);
  expect([updates.length, errors.length]).toEqual([3, 2]);
});

test('What comes in after the end is not told', async () => {
  const stop = new AbortController();
  const api = {
    async request() {
      stop.abort();
      return { total_count: 1, services: [{ service_id: 's' }] };
    },
  };
  const { discovery, updates, errors } = observed({}, { api });
  await discovery.run(stop.signal);
  expect([updates, errors]).toEqual([[], []]);
});

test.each([
  [1, 300_000, 0, 15_000],
  [3, 300_000, 0, 60_000],
  [6, 300_000, 0, 300_000],
  [5_000, 300_000, 0, 300_000],
  [1, 300_000, 120_000, 120_000],
  [1, 300_000, 86_400_000, 300_000],
  [1, 10_000, 0, 10_000],
])(
  'After %i failures, refresh %i and Retry-After %i the wait is %i',
  (failures, refresh, retryAfter, wait) => {
    expect(retryDelay(failures, refresh, retryAfter)).toBe(wait);
  },
);
