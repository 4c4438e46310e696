import { expect, test } from 'vitest';
import { inferenceService } from '../../../src/kinds/inference-service/inference-service.ts';
import { initialState } from '../../../src/kinds/inference-service/state.ts';
import { ApiError } from '../../../src/modelarts/errors.ts';
import { CONTEXT, NOW, once, type ReadOptions, read, samplesOf } from '../scripted-api.ts';

function row(rest: Record<string, unknown> = {}) {
  return {
    id: 'e-1',
    service_id: 's-1',
    service_version_id: 'v-1',
    event_count: 1,
    event_type: 'NORMAL',
    event_info: 'English',
    event_info_cn: '中文',
    create_at: NOW - 2_000,
    update_at: NOW - 1_000,
    ...rest,
  };
}

function body(...data: unknown[]) {
  return { current: 0, pages: 1, size: data.length, total: data.length, data };
}

const GROUP = {
  id: 'd-1',
  name: 'main',
  infer_name: 'd-1',
  pool_id: 'pool-7',
  count: 3,
  running_count: 2,
  status: 'RUNNING',
  traffic_ratio: '75.00%',
  weight: 75,
  version: '1.0.2',
};

function detail(rest: Record<string, unknown> = {}, groups: readonly unknown[] = [GROUP]) {
  return {
    id: 's-1',
    name: 'chat',
    type: 'REAL_TIME',
    deploy_type: 'SINGLE',
    status: 'RUNNING',
    create_at: '1609459200000',
    version: { id: 'v-2', version: '1.0.2', instance_groups: groups },
    ...rest,
  };
}

const ask = (
  answers: { events?: unknown; detail?: unknown; pods?: unknown },
  options: ReadOptions = {},
  state = initialState(),
) =>
  read(
    inferenceService,
    state,
    {
      inference_service_events: answers.events ?? body(),
      show_inference_service: answers.detail ?? detail(),
      inference_service_pod_events: answers.pods ?? [],
    },
    options,
  );

const sightings = (result: Awaited<ReturnType<typeof ask>>) => result.pages.flatMap((page) => page.sightings);

test('an event has an id, a count, two times and two languages', async () => {
  const result = await ask({ events: body(row({ event_type: 'WARNING', event_count: 4 })) });
  expect(sightings(result)).toMatchObject([
    {
      event: { eventType: 'warning', message: 'English' },
      first: NOW - 2_000,
      last: NOW - 1_000,
      count: 4,
    },
  ]);
  expect(result.requests[0]).toMatchObject({
    version: 'v2',
    path: 'services/the%20id/events',
    query: { limit: 100, offset: 0, sort_key: 'update_at', sort_dir: 'DESC' },
  });
});

test('what is outside the closed set is other, seconds are milliseconds, and an empty text is told in the other language', async () => {
  const old = Math.floor(NOW / 1000) - 60;
  const rows = [
    row({ event_type: 'Critical', event_info: '', create_at: old, update_at: old }),
    row({ id: 'e-2', event_count: undefined, update_at: undefined, create_at: String(NOW - 5_000) }),
  ];
  expect(sightings(await ask({ events: body(...rows) }))).toMatchObject([
    { event: { eventType: 'other', message: '中文' }, first: old * 1000, last: old * 1000, count: 1 },
    { first: NOW - 5_000, last: NOW - 5_000, count: 1 },
  ]);
});

test.each([
  { event_type: 7 },
  { event_info: {} },
  { event_info_cn: 7 },
  { create_at: 'yesterday' },
  { create_at: undefined, update_at: undefined },
  { update_at: NOW + 300_001 },
])('%j is malformed, and the rest of the page counts', async (flaw) => {
  const { malformed, events } = await ask({ events: body(row(), row({ id: 'e-2', ...flaw }), 'text') });
  expect([malformed, events.length]).toEqual([2, 1]);
});

test('an id is one event, however often a page has it; without ids equal rows are as many', async () => {
  const twice = await ask({ events: body(row({ event_count: 3 }), row({ event_count: 5 })) });
  expect(sightings(twice).map(({ count }) => count)).toEqual([5]);
  const nameless = row({ id: '' });
  const result = await ask({ events: body(nameless, nameless, row({ id: null, event_info: 'b' })) });
  const keys = sightings(result).map(({ key }) => key);
  expect([keys.length, new Set(keys).size]).toEqual([3, 2]);
});

test('equal rows without ids on both sides of a page are two, if nothing has moved meanwhile', async () => {
  const rows = Array.from({ length: 9 }, (_, index) =>
    row({ id: '', event_info: `event ${index}`, create_at: NOW - index, update_at: NOW - index }),
  );
  const twin = row({ id: '', event_info: 'twin', create_at: NOW - 3, update_at: NOW - 3 });
  rows.splice(3, 0, twin, twin);
  const serve = (moves: boolean) => {
    let requests = 0;
    return ({ query }: { query: { limit: number; offset: number } }) => {
      requests += 1;
      const shown = moves && requests > 2 ? [row({ event_info: 'new' }), ...rows] : rows;
      const data = shown.slice(query.offset, query.offset + Math.min(query.limit, 5));
      return { total: shown.length, data };
    };
  };
  const countOf = async (moves: boolean) => {
    const counts = new Map<string, number>();
    const result = await ask({ events: serve(moves) }, { first: true });
    for (const page of result.pages) {
      const here = new Map<string, number>();
      for (const { key, event } of page.sightings) {
        if ('eventType' in event && event.message === 'twin') here.set(key, (here.get(key) ?? 0) + 1);
      }
      for (const [key, count] of here) counts.set(key, Math.max(count, counts.get(key) ?? 0));
    }
    return [...counts.values()];
  };
  // Pages of four: the twins are rows 3 and 4.
  expect(await countOf(false)).toEqual([2]);
  // What is new pushed one of them down, or not: the larger number of one page is sure.
  expect(await countOf(true)).toEqual([2]);
});

test('the first read goes to the end, later ones until known events follow', async () => {
  const rows = Array.from({ length: 250 }, (_, index) =>
    row({ id: `e-${index}`, create_at: NOW - index * 60_000, update_at: NOW - index * 60_000 }),
  );
  const serve = ({ query }: { query: { limit: number; offset: number } }) => ({
    total: rows.length,
    data: rows.slice(query.offset, query.offset + Math.min(query.limit, 100)),
  });
  const first = await ask({ events: serve }, { first: true });
  expect(new Set(sightings(first).map(({ key }) => key)).size).toBe(250);
  const later = await ask({ events: serve }, { since: NOW - 30 * 60_000 });
  const asked = later.requests.filter(({ operation }) => operation === 'inference_service_events');
  expect(asked.map(({ query }) => query?.['limit'])).toEqual([100]);
});

test('status, instances, versions, pool and reason come from the service itself', async () => {
  const state = initialState();
  await ask({ detail: detail({ status: 'FAILED', failure_reason: 'no image' }) }, {}, state);
  const details = { owner: 'me', versions: 3, version: '1.0.2', status: 'failed' };
  inferenceService.listing.fold(state, details, NOW);
  const samples = samplesOf(inferenceService, state);
  expect(samples).toMatchObject({
    'status{status="failed"}': 1,
    'status{status="running"}': 0,
    'info{type="real_time",deploy_type="single",owner="me",pool="pool-7",version="1.0.2"}': 1,
    'versions{}': 3,
    'instances{deployment="main",version="1.0.2",state="wanted"}': 3,
    'instances{deployment="main",version="1.0.2",state="running"}': 2,
    'traffic_ratio{deployment="main",version="1.0.2"}': 0.75,
  });
  expect(inferenceService.showing.reportedName(state)).toBe('chat');
  expect(inferenceService.alerts.conditions(state)).toMatchObject([
    { alertname: 'ModelArtsInferenceServiceFailed', severity: 'critical', message: 'no image' },
  ]);
});

test('a status that nobody knows is other', async () => {
  const state = initialState();
  await ask({ detail: detail({ status: 'Levitating' }) }, {}, state);
  const current = Object.entries(samplesOf(inferenceService, state)).filter(
    ([name, value]) => name.startsWith('status') && value === 1,
  );
  expect(current).toEqual([['status{status="other"}', 1]]);
  expect(inferenceService.showing.standing(state)).toMatchObject({ status: 'levitating', outlook: 'other' });
});

test('the detail is asked for after news, while something moves, and every half hour; more often where no listing tells', async () => {
  const state = initialState();
  const whole = detail({}, [{ ...GROUP, running_count: 3 }]);
  const asks = async (now: number, events: unknown = body(), told = whole) =>
    (await ask({ events, detail: told }, { now }, state)).requests.some(
      ({ operation }) => operation === 'show_inference_service',
    );
  const minute = 60_000;
  expect(await asks(NOW)).toBe(true);
  expect(await asks(NOW + minute)).toBe(false);
  expect(await asks(NOW + 5 * minute)).toBe(true);
  expect(await asks(NOW + 6 * minute, body(row()))).toBe(true);
  expect(await asks(NOW + 7 * minute)).toBe(false);
  inferenceService.listing.fold(state, { status: 'running' }, NOW + 7 * minute);
  expect(await asks(NOW + 12 * minute)).toBe(false);
  inferenceService.listing.fold(state, { status: 'upgrading' }, NOW + 13 * minute);
  expect(await asks(NOW + 13 * minute, body(), detail({ status: 'UPGRADING' }))).toBe(true);
  expect(await asks(NOW + 14 * minute)).toBe(true);
  expect(await asks(NOW + 15 * minute)).toBe(false);
  expect(await asks(NOW + 45 * minute)).toBe(true);
});

test.each([400, 404])(
  '%i for the detail or for pods is no error, for the events it is "not found"',
  async (status) => {
    const refused = new ApiError(status === 404 ? 'not_found' : 'other', 'x', { status });
    const result = await ask({ detail: refused }, { extras: ['pods'] });
    expect([result.failure, result.malformed]).toEqual([undefined, 0]);
    expect((await ask({ pods: refused }, { extras: ['pods'] })).failure).toBeUndefined();
    await expect(ask({ events: refused })).rejects.toMatchObject({ reason: 'not_found', status });
  },
);

test('a service that is deleted amid a read of several refreshes is "not found"', async () => {
  const state = initialState();
  state.backlog = { row: 40, limit: 40, counts: 'records', everything: true };
  const refused = new ApiError('other', 'x', { status: 400 });
  const { failure } = await ask({ events: refused }, {}, state);
  expect(failure).toMatchObject({ reason: 'not_found', status: 400 });
});

test('another failure of the detail or of pods is told, and the events are in', async () => {
  const down = new ApiError('server', 'x', { status: 503 });
  const result = await ask({ events: body(row()), detail: down });
  expect([result.failure, result.events.length]).toEqual([down, 1]);
  expect((await ask({ pods: down }, { extras: ['pods'] })).failure).toBe(down);
  // At the next read it is asked for again.
  const state = initialState();
  await ask({ detail: down }, {}, state);
  expect(samplesOf(inferenceService, state)).toEqual({});
  await ask({}, {}, state);
  expect(samplesOf(inferenceService, state)['status{status="running"}']).toBe(1);
});

test('pod events are asked for once per deployment, where they are wanted', async () => {
  const groups = [GROUP, { ...GROUP, name: 'canary/1' }];
  const without = await ask({ detail: detail({}, groups) });
  expect(without.requests.map(({ operation }) => operation)).not.toContain('inference_service_pod_events');
  const pod = {
    count: 2,
    first_timestamp: '2024-05-06T07:00:00Z',
    last_timestamp: '2024-05-06T07:01:00Z',
    message: 'm',
    reason: 'BackOff',
    reporting_component: 'kubelet',
    type: 'Warning',
  };
  const result = await ask({ detail: detail({}, groups), pods: [pod, null] }, { extras: ['pods'] });
  expect(result.requests.slice(2).map(({ path }) => path)).toEqual([
    'services/the%20id/deployments/main/instances/all/pods/all/events',
    'services/the%20id/deployments/canary%2F1/instances/all/pods/all/events',
  ]);
  expect(result.events).toMatchObject([
    { deployment: 'main', type: 'warning', reason: 'BackOff', message: 'm' },
    { deployment: 'canary/1', reason: 'BackOff' },
  ]);
  expect(result.malformed).toBe(2);
});

test('pod events count by type and reason, boundedly, and not as events of the service', () => {
  const state = initialState();
  const event = (reason: string) => ({ deployment: 'd', type: 'warning', reason, message: 'm' }) as const;
  expect(inferenceService.events.classify(event('BackOff'))).toBeUndefined();
  const context = { ...CONTEXT, countingSince: NOW };
  const fold = (...reasons: string[]) =>
    inferenceService.events.fold(
      state,
      reasons.map((reason) => once(event(reason), NOW, 2)),
      context,
    );
  inferenceService.events.fold(state, [once(event('Old'), NOW - 60_000, 9)], context);
  fold('BackOff', 'BackOff');
  fold(...Array.from({ length: 60 }, (_, index) => `Reason${index}`));
  const samples = samplesOf(inferenceService, state);
  expect(samples['pod_events_total{type="warning",reason="Old"}']).toBe(0);
  expect(samples['pod_events_total{type="warning",reason="BackOff"}']).toBe(4);
  expect(Object.keys(samples).length).toBe(51);
  expect(samples['pod_events_total{type="warning",reason="other"}']).toBe(2 * 12);
});

test('what a pod says of its image is the duration of that phase', () => {
  const state = initialState();
  const message =
    'Successfully pulled image "swr/chat:1" in 1m2.5s (1m3s including waiting). Image size: 9 bytes.';
  const event = { deployment: 'd', type: 'normal', reason: 'Pulled', message } as const;
  inferenceService.events.fold(state, [once(event, NOW)], CONTEXT);
  const old = { ...event, message: 'Successfully pulled image "x" in 5s' };
  inferenceService.events.fold(state, [once(old, NOW - 1)], CONTEXT);
  const endless = { ...event, message: `Successfully pulled image "x" in ${'9'.repeat(400)}s` };
  inferenceService.events.fold(state, [once(endless, NOW + 1)], CONTEXT);
  expect(samplesOf(inferenceService, state)).toMatchObject({
    'deployment_phase_duration_seconds{phase="image_pulling"}': 62.5,
  });
});

test('the event log holds both kinds of events, and they can be read back', () => {
  const { notice, eventOf } = inferenceService.events;
  const events = [
    { eventType: 'warning', message: 'text' },
    { deployment: 'd', type: 'warning', reason: 'BackOff', message: 'text' },
  ] as const;
  const severities = events.map((event) => {
    const logged = notice(once(event, NOW, 3));
    expect(eventOf(logged)).toEqual(event);
    expect(logged.fields['count']).toBe(3);
    return logged.severity;
  });
  expect(severities).toEqual(['warning', 'warning']);
  expect(eventOf({ at: NOW, fields: { result: 'fail' }, message: '' })).toBeUndefined();
});
