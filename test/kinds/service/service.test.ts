import { describe, expect, test } from 'vitest';
import { service } from '../../../src/kinds/service/service.ts';
import type { ServiceState } from '../../../src/kinds/service/state.ts';
import { ApiError } from '../../../src/modelarts/errors.ts';
import { CONTEXT, NOW, once, type ReadOptions, read, samplesOf } from '../scripted-api.ts';

function eventsBody(events: readonly unknown[], total: unknown = events.length) {
  return { service_name: 'fraud', total_count: total, service_id: 'x', count: events.length, events };
}

const QUIET = eventsBody([]);
const ONE = eventsBody([{ event_type: 'normal', event_info: 'a', occur_time: NOW - 1000 }]);

function record(result: string, update_time: number, rest: Record<string, unknown> = {}) {
  return { result, update_time, config: [], ...rest };
}

function logs(...records: unknown[]) {
  return { service_name: 'fraud', service_id: 'x', logs: records };
}

/** A service whose logs are read again and again, each time with news so that they are asked for. */
function updated() {
  const state = service.initialState();
  return {
    state,
    read: async (body: unknown, options: ReadOptions = {}) => {
      state.updates.stale = true;
      return read(service, state, { service_events: QUIET, service_update_logs: body }, options);
    },
    samples: () => samplesOf(service, state),
    totals: () => ({ ...state.updates.totals }),
    result: () =>
      Object.entries(samplesOf(service, state)).flatMap(([name, value]) =>
        name.startsWith('last_update_result') && value === 1 ? [/"(\w+)"/.exec(name)?.[1]] : [],
      ),
  };
}

test('an event is decoded, and what is outside the closed set is other', async () => {
  const body = eventsBody([
    { event_type: 'Normal', event_info: 'text', occur_time: NOW - 3 },
    { event_type: 'warning', event_info: 'text', occur_time: String(NOW - 2) },
    { event_type: '', occur_time: NOW - 1 },
  ]);
  const { events, malformed } = await read(service, service.initialState(), {
    service_events: body,
    service_update_logs: logs(),
  });
  expect(malformed).toBe(0);
  expect(events).toEqual([
    { at: NOW - 3, eventType: 'normal', message: 'text' },
    { at: NOW - 2, eventType: 'other', message: 'text' },
    { at: NOW - 1, eventType: 'other', message: '' },
  ]);
});

test.each([
  { event_info: 'no type', occur_time: NOW },
  { event_type: 7, event_info: 'a number for a type', occur_time: NOW },
  { event_type: null, event_info: 'no type', occur_time: NOW },
  { event_type: 'normal', event_info: 'no time' },
  { event_type: 'normal', event_info: 'seconds with a fraction', occur_time: 1.5e9 + 0.5 },
  { event_type: 'normal', event_info: 'a date', occur_time: '2024-05-06T07:08:09Z' },
  { event_type: 'normal', event_info: 'the future', occur_time: NOW + 300_001 },
  { event_type: 'normal', event_info: 'before all time', occur_time: -1 },
  { event_type: 'normal', event_info: { an: 'object' }, occur_time: NOW },
  null,
  'text',
])('%j is malformed, and the rest of the page counts', async (item) => {
  const good = { event_type: 'normal', event_info: 'good', occur_time: NOW };
  const { events, malformed } = await read(service, service.initialState(), {
    service_events: eventsBody([good, item]),
    service_update_logs: logs(),
  });
  expect([events.length, malformed]).toEqual([1, 1]);
});

test('the first read is one newest page without a start', async () => {
  const state = service.initialState();
  const old = { event_type: 'normal', event_info: 'old', occur_time: NOW - 40 * 86_400_000 };
  const first = await read(
    service,
    state,
    { service_events: eventsBody([old]), service_update_logs: logs() },
    { first: true },
  );
  expect(first.requests[0]?.query).toMatchObject({ order: 'desc', offset: 0 });
  expect(first.requests[0]?.query?.['start_time']).toBeUndefined();
  expect(first.events.length).toBe(1);
  expect(service.showing.reportedName(state)).toBe('fraud');
});

test('a first page that is full but reaches back behind the lookback is enough', async () => {
  const page = Array.from({ length: 1000 }, (_, n) => ({
    event_type: 'normal',
    event_info: `${n}`,
    occur_time: NOW - n * 10_000,
  }));
  const answers = { service_events: eventsBody(page, 123_456), service_update_logs: logs() };
  const first = await read(service, service.initialState(), answers, { first: true });
  expect(first.requests.map(({ operation }) => operation)).toEqual(['service_events', 'service_update_logs']);
  expect(first.events.length).toBe(1000);
});

test('logs are read after news, while an update runs, and every half hour', async () => {
  const state = service.initialState();
  const answers = (events: unknown, result = 'SUCCESS') => ({
    service_events: events,
    service_update_logs: logs(record('SUCCESS', NOW - 6000), record(result, NOW - 5000)),
  });
  const asks = async (answers: Parameters<typeof read>[2], now: number) =>
    (await read(service, state, answers, { now })).requests.some(
      ({ operation }) => operation === 'service_update_logs',
    );
  expect(await asks(answers(QUIET), NOW)).toBe(true);
  expect(await asks(answers(QUIET), NOW + 60_000)).toBe(false);
  expect(await asks(answers(ONE), NOW + 120_000)).toBe(true);
  expect(await asks(answers(QUIET), NOW + 180_000)).toBe(false);
  expect(await asks(answers(QUIET), NOW + 120_000 + 30 * 60_000 - 1)).toBe(false);
  const later = NOW + 120_000 + 30 * 60_000;
  expect(await asks(answers(QUIET), later)).toBe(true);
  expect(await asks(answers(QUIET), later + 1)).toBe(false);

  state.updates = service.initialState().updates;
  expect(await asks(answers(QUIET, 'RUNNING'), NOW)).toBe(true);
  expect(await asks(answers(QUIET, 'RUNNING'), NOW + 1)).toBe(true);
  expect(await asks(answers(QUIET, 'SUCCESS'), NOW + 2)).toBe(true);
  expect(await asks(answers(QUIET, 'SUCCESS'), NOW + 3)).toBe(false);
});

test('logs are read where a limit leaves events for the next read, although all that came is known', async () => {
  const state = service.initialState();
  const events = [2, 1].map((n) => ({ event_type: 'normal', event_info: 'a', occur_time: NOW - n * 1000 }));
  const asks = async (body: unknown) => {
    const answers = { service_events: body, service_update_logs: logs() };
    const { requests } = await read(service, state, answers, { limit: 2, isKnown: true });
    return requests.some(({ operation }) => operation === 'service_update_logs');
  };
  expect(await asks(eventsBody(events))).toBe(true);
  expect(await asks(eventsBody(events))).toBe(false);
  expect(await asks(eventsBody(events, 5))).toBe(true);
});

describe('where requests are scarce', () => {
  const HOUR = 3_600_000;
  const logsAreRead = async (state: ServiceState, events: unknown, now: number) => {
    const answers = { service_events: events, service_update_logs: logs(record('SUCCESS', NOW - 5000)) };
    const { requests } = await read(service, state, answers, { now, isScarce: true });
    return requests.some(({ operation }) => operation === 'service_update_logs');
  };

  test('logs of a service that is listed, and of which nothing tells anything new, are read every two hours', async () => {
    const state = service.initialState();
    service.listing.fold(state, { status: 'running' }, NOW - 1);
    expect(await logsAreRead(state, QUIET, NOW)).toBe(true);
    expect(await logsAreRead(state, QUIET, NOW + 2 * HOUR - 2)).toBe(false);
    // Events tell of an update too.
    service.listing.fold(state, { status: 'concerning' }, NOW + 2 * HOUR - 1);
    expect(await logsAreRead(state, QUIET, NOW + 2 * HOUR - 1)).toBe(false);
    expect(await logsAreRead(state, QUIET, NOW + 2 * HOUR)).toBe(true);
    expect(await logsAreRead(state, ONE, NOW + 2 * HOUR + 1)).toBe(true);
  });

  test('those of one that no listing shows are read every half hour all the same', async () => {
    const state = service.initialState();
    expect(await logsAreRead(state, QUIET, NOW)).toBe(true);
    expect(await logsAreRead(state, QUIET, NOW + HOUR / 2 - 1)).toBe(false);
    expect(await logsAreRead(state, QUIET, NOW + HOUR / 2)).toBe(true);
  });
});

test('logs are read after a listing has shown another status, though no event tells of it', async () => {
  const state = service.initialState();
  const logsAreRead = async (status: string, now: number) => {
    service.listing.fold(state, { status }, now);
    const answers = { service_events: QUIET, service_update_logs: logs(record('SUCCESS', NOW - 5000)) };
    const { requests } = await read(service, state, answers, { now });
    return requests.some(({ operation }) => operation === 'service_update_logs');
  };
  expect(await logsAreRead('running', NOW)).toBe(true);
  expect(await logsAreRead('running', NOW + 1)).toBe(false);
  expect(await logsAreRead('deploying', NOW + 2)).toBe(true);
  expect(await logsAreRead('deploying', NOW + 3)).toBe(false);
});

test('logs that could not be read are asked for again at the next read', async () => {
  const state = service.initialState();
  const failing = { service_events: ONE, service_update_logs: new ApiError('server', 'x', { status: 500 }) };
  const first = await read(service, state, failing);
  expect([first.failure?.reason, first.events.length]).toEqual(['server', 1]);
  const next = await read(service, state, { service_events: QUIET, service_update_logs: logs() });
  expect(next.requests.length).toBe(2);
});

test.each([400, 404])('%i from the logs is no error but of a real-time or edge service', async (status) => {
  const refused = new ApiError(status === 404 ? 'not_found' : 'other', 'x', { status });
  const answers = { service_events: ONE, service_update_logs: refused };
  for (const inferType of [undefined, 'batch']) {
    const state = { ...service.initialState(), ...(inferType === undefined ? {} : { inferType }) };
    await expect(read(service, state, answers)).resolves.toMatchObject({ notices: [], failure: undefined });
  }
  for (const inferType of ['real-time', 'edge']) {
    const { failure } = await read(service, { ...service.initialState(), inferType }, answers);
    expect(failure).toBe(refused);
  }
});

test.each([401, 403, 429, 500])('%i from the logs is an error, and the events are in', async (status) => {
  const refused = new ApiError('other', 'x', { status });
  const answers = { service_events: ONE, service_update_logs: refused };
  const { failure, events } = await read(service, service.initialState(), answers);
  expect([failure, events.length]).toEqual([refused, 1]);
});

test('an update counts once, when it reaches its result', async () => {
  const logged = updated();
  expect((await logged.read(logs(record('RUNNING', NOW)))).notices).toEqual([]);
  expect(logged.totals()).toEqual({ success: 0, fail: 0, other: 0 });
  expect(logged.result()).toEqual(['running']);
  const ended = await logged.read(logs(record('SUCCESS', NOW)));
  expect(ended.notices).toMatchObject([{ at: NOW, severity: 'info', fields: { result: 'success' } }]);
  expect((await logged.read(logs(record('SUCCESS', NOW)))).notices).toEqual([]);
  expect(logged.totals()).toEqual({ success: 1, fail: 0, other: 0 });
  // What ended stays counted, whatever the API says of it later.
  await logged.read(logs(record('FAIL', NOW)));
  await logged.read(logs(record('RUNNING', NOW)));
  expect(logged.result()).toEqual(['success']);
  await logged.read(logs(record('SUCCESS', NOW)));
  expect(logged.totals()).toEqual({ success: 1, fail: 0, other: 0 });
});

test('of the records before the epoch only those seen running count', async () => {
  const logged = updated();
  const countingSince = NOW - 1000;
  await logged.read(logs(record('RUNNING', countingSince - 2), record('FAIL', countingSince - 1)), {
    countingSince,
  });
  expect(logged.totals()).toEqual({ success: 0, fail: 0, other: 0 });
  await logged.read(
    logs(
      record('FAIL', countingSince - 2),
      record('FAIL', countingSince - 1),
      record('SUCCESS', countingSince),
    ),
    {
      countingSince,
    },
  );
  expect(logged.totals()).toEqual({ success: 1, fail: 1, other: 0 });
});

test('the newest record is the one with the greatest time, however the list is ordered', async () => {
  const old = record('SUCCESS', NOW - 10);
  const newest = record('FAIL', NOW);
  for (const body of [logs(old, newest), logs(newest, old)]) {
    const logged = updated();
    await logged.read(body);
    expect(logged.result()).toEqual(['fail']);
    expect(logged.samples()['last_update_timestamp_seconds{}']).toBe(NOW / 1000);
  }
});

test('a result that is not known counts as other, and the one that follows counts too', async () => {
  const logged = updated();
  await logged.read(logs(record('PENDING', NOW)));
  await logged.read(logs(record('PENDING', NOW)));
  expect(logged.totals()).toEqual({ success: 0, fail: 0, other: 1 });
  await logged.read(logs(record('SUCCESS', NOW)));
  await logged.read(logs(record('SUCCESS', NOW)));
  expect(logged.totals()).toEqual({ success: 1, fail: 0, other: 1 });
});

test('an update that is no longer returned is not the newest', async () => {
  const logged = updated();
  await logged.read(logs(record('SUCCESS', NOW - 10), record('RUNNING', NOW)));
  await logged.read(logs(record('SUCCESS', NOW - 10)));
  expect(logged.result()).toEqual(['success']);
  await logged.read(logs());
  expect(logged.result()).toEqual(['success']);
});

test('on a tie a result beats running, and a success failure', async () => {
  const all = [record('RUNNING', NOW), record('SUCCESS', NOW), record('FAIL', NOW)];
  for (const [used, result] of [
    [all.slice(0, 2), 'success'],
    [[all[0], all[2]], 'fail'],
    [all, 'success'],
  ] as const) {
    for (const body of [logs(...used), logs(...used.toReversed())]) {
      const logged = updated();
      await logged.read(body);
      expect(logged.result()).toEqual([result]);
    }
  }
});

test('a failure that turns out a success under the same time is a success everywhere', async () => {
  const failed = record('FAIL', NOW);
  const succeeded = record('SUCCESS', NOW);
  for (const reads of [
    [[failed], [succeeded]],
    [[failed], [failed, succeeded], [succeeded, failed], [failed]],
    [[failed, succeeded]],
    [[succeeded, failed], [failed]],
  ]) {
    const logged = updated();
    const results: unknown[] = [];
    for (const records of reads) {
      const { notices } = await logged.read(logs(...records));
      results.push(...notices.map(({ fields }) => fields['result']));
    }
    expect(logged.result()).toEqual(['success']);
    expect(service.alerts.conditions(logged.state)).toEqual([]);
    expect(service.alerts.recoveries(logged.state)).toMatchObject([{ at: NOW }]);
    const isToldTwice = reads[0]?.length === 1;
    expect(logged.totals()).toEqual({ success: 1, fail: isToldTwice ? 1 : 0, other: 0 });
    expect(results).toEqual(isToldTwice ? ['fail', 'success'] : ['success']);
  }
});

test('failures in a row are one trouble, since the first of them', async () => {
  const logged = updated();
  const trouble = () =>
    service.alerts.conditions(logged.state).map(({ since, at, events }) => [since, at, events]);
  await logged.read(logs(record('FAIL', NOW - 20)));
  expect(trouble()).toEqual([[NOW - 20, NOW - 20, 1]]);
  await logged.read(logs(record('FAIL', NOW - 20), record('RUNNING', NOW - 10)));
  await logged.read(logs(record('FAIL', NOW - 20), record('FAIL', NOW - 10)));
  await logged.read(logs(record('FAIL', NOW - 20), record('FAIL', NOW - 10)));
  expect(trouble()).toEqual([[NOW - 20, NOW - 10, 2]]);
  await logged.read(logs(record('SUCCESS', NOW - 5)));
  expect(trouble()).toEqual([]);
});

test('an update that was seen running succeeded when it was seen so, unless an event says when the service started', async () => {
  const logged = updated();
  const succeededAt = () => service.alerts.recoveries(logged.state).map(({ at }) => at);
  await logged.read(logs(record('RUNNING', NOW - 60_000)), { now: NOW });
  await logged.read(logs(record('SUCCESS', NOW - 60_000)), { now: NOW + 30_000 });
  expect(succeededAt()).toEqual([NOW + 30_000]);
  await logged.read(logs(record('SUCCESS', NOW - 60_000)), { now: NOW + 60_000 });
  expect(succeededAt()).toEqual([NOW + 30_000]);
  for (const at of [NOW - 1_000, NOW + 12_000, NOW + 40_000]) {
    const event = { at, eventType: 'normal', message: 'Service fraud started.' } as const;
    service.events.fold(logged.state, [once(event, at)], CONTEXT);
  }
  expect(succeededAt()).toEqual([NOW + 12_000]);
});

test('an update that was first seen when it had succeeded was over when it began, unless an event says later', async () => {
  const logged = updated();
  const succeededAt = () => service.alerts.recoveries(logged.state).map(({ at }) => at);
  await logged.read(logs(record('SUCCESS', NOW - 20_000)), { now: NOW });
  expect(succeededAt()).toEqual([NOW - 20_000]);
  const event = { at: NOW - 5_000, eventType: 'normal', message: 'Service fraud started.' } as const;
  service.events.fold(logged.state, [once(event, event.at)], CONTEXT);
  expect(succeededAt()).toEqual([NOW - 5_000]);
});

test('an update under way takes back no failure', async () => {
  const logged = updated();
  await logged.read(logs(record('FAIL', NOW - 10), record('RUNNING', NOW)));
  const names = () => service.alerts.conditions(logged.state).map(({ alertname }) => alertname);
  expect(names()).toEqual(['ModelArtsServiceUpdateFailed']);
  await logged.read(logs(record('FAIL', NOW - 10), record('SUCCESS', NOW)));
  expect(names()).toEqual([]);
});

test('a result outside the closed set is other', async () => {
  const logged = updated();
  const { malformed } = await logged.read(logs(record('PARTIAL', NOW), record('Success', NOW - 1)));
  expect(malformed).toBe(0);
  expect(logged.result()).toEqual(['other']);
  expect(logged.totals()).toEqual({ success: 1, fail: 0, other: 1 });
});

test.each([
  null,
  [],
  { result: 1, update_time: NOW },
  { result: 'FAIL' },
  { update_time: NOW },
  { result: 'FAIL', update_time: NOW + 300_001 },
])('the record %j is malformed, the others count', async (bad) => {
  const logged = updated();
  const { malformed } = await logged.read(logs(bad, record('SUCCESS', NOW)));
  expect(malformed).toBe(1);
  expect(logged.totals()).toEqual({ success: 1, fail: 0, other: 0 });
});

test('entries of one model add up, by specification the instances and in all the traffic', async () => {
  const logged = updated();
  const entry = (model_version: string, specification: string, weight: number, instance_count: number) => ({
    model_id: 'id',
    model_name: 'm',
    model_version,
    specification,
    weight,
    instance_count,
  });
  await logged.read(
    logs(
      record('SUCCESS', NOW, {
        config: [
          entry('1', 'cpu', 20, 1),
          entry('1', 'cpu', 10, 2),
          entry('1', 'gpu', 30, 4),
          entry('2', 'gpu', 40, 8),
          'no entry',
          null,
        ],
      }),
    ),
  );
  const named = (version: string) => `model_id="id",model_name="m",model_version="${version}"`;
  expect(logged.samples()).toMatchObject({
    [`model_instances{${named('1')},specification="cpu"}`]: 3,
    [`model_instances{${named('1')},specification="gpu"}`]: 4,
    [`model_instances{${named('2')},specification="gpu"}`]: 8,
    [`model_traffic_weight_ratio{${named('1')}}`]: 0.6,
    [`model_traffic_weight_ratio{${named('2')}}`]: 0.4,
  });
});

test('names that differ only where they are cut or have no UTF-8 form make no series twice', async () => {
  const logged = updated();
  const long = 'n'.repeat(10_240);
  const config = [`${long}a`, `${long}b`, 'x\ud800', 'x\ud801', 'x\udfff', '', 7, null].map(
    (model_name, n) => ({ model_name, weight: 1, instance_count: n }),
  );
  await logged.read(logs(record('SUCCESS', NOW, { config })));
  // `samples` throws on a series that is given twice.
  const shown = Object.keys(logged.samples()).filter((name) => name.startsWith('model_instances'));
  expect(shown.length).toBe(3);
  for (const name of shown) expect(name.length).toBeLessThan(400);
});

test('an edge service tells its nodes', async () => {
  const logged = updated();
  await logged.read(logs(record('SUCCESS', NOW, { success_num: 3, failed_num: 0 })));
  expect(logged.samples()).toMatchObject({
    'last_update_nodes{outcome="succeeded"}': 3,
    'last_update_nodes{outcome="failed"}': 0,
  });
  await logged.read(logs(record('SUCCESS', NOW + 1)));
  expect(Object.keys(logged.samples()).filter((name) => name.includes('nodes'))).toEqual([]);
});

test('what is remembered of updates is bounded, and nothing counts twice for it', async () => {
  const logged = updated();
  const records = Array.from({ length: 3_000 }, (_, n) => record('SUCCESS', NOW - n));
  await logged.read(logs(...records));
  await logged.read(logs(...records));
  await logged.read(logs(...records.toReversed()));
  expect(logged.totals().success).toBe(3_000);
  expect(JSON.stringify(logged.state).length).toBeLessThan(100_000);
});

test('a rollback told as a normal event is no recovery', () => {
  const state = service.initialState();
  const message = 'Failed to update the service. The update has been rolled back.';
  service.events.fold(state, [once({ at: NOW, eventType: 'normal', message }, NOW)], CONTEXT);
  expect(service.alerts.problem({ at: NOW, eventType: 'normal', message })?.severity).toBe('warning');
  expect(service.alerts.recoveries(state)).toEqual([]);
});

test('a status that no document knows is shown as it comes', () => {
  const state = service.initialState();
  service.listing.fold(state, { status: 'hibernating' }, NOW);
  const samples = samplesOf(service, state);
  expect(samples['status{status="hibernating"}']).toBe(1);
  expect(samples['status{status="running"}']).toBe(0);
});

test.each(['stopped', 'finished', 'deleting'])(
  'nobody is told of a failed update of a %s service',
  (status) => {
    const state = service.initialState();
    state.updates.ended = { at: NOW, result: 'fail', since: NOW, count: 1 };
    service.listing.fold(state, { status }, NOW);
    expect(service.alerts.conditions(state)).toEqual([]);
  },
);

test('a failed update is a warning while the version before it still serves', () => {
  const state = service.initialState();
  state.updates.ended = { at: NOW, result: 'fail', since: NOW, count: 1 };
  const severity = () => service.alerts.conditions(state).map((condition) => condition.severity);
  expect(severity()).toEqual(['critical']);
  service.listing.fold(state, { status: 'running' }, NOW);
  expect(severity()).toEqual(['warning']);
  service.listing.fold(state, { status: 'deploying' }, NOW);
  expect(severity()).toEqual(['critical']);
});

test('a failed service is dated by the event that explains it, else by the listing, else by the first look', () => {
  const conditionOf = (details: object, eventAt?: number, isReadFirst = false) => {
    const state = service.initialState();
    const list = () => service.listing.fold(state, { status: 'failed', ...details }, NOW);
    if (!isReadFirst) list();
    if (eventAt !== undefined) {
      const event = { at: eventAt, eventType: 'abnormal', message: 'no memory' } as const;
      service.events.fold(state, [once(event, eventAt)], { ...CONTEXT, first: true });
    }
    if (isReadFirst) list();
    return service.alerts.conditions(state)[0];
  };
  const HOUR = 3_600_000;
  const changedAt = NOW - 9 * HOUR;
  for (const isReadFirst of [false, true]) {
    for (const eventAt of [changedAt - 10, changedAt + 10]) {
      const told = { since: eventAt, at: eventAt, events: 1, message: 'no memory' };
      expect(conditionOf({ changedAt }, eventAt, isReadFirst)).toMatchObject(told);
    }
    const later = { since: changedAt, at: NOW - HOUR, events: 1, message: 'no memory' };
    expect(conditionOf({ changedAt }, NOW - HOUR, isReadFirst)).toMatchObject(later);
    const untold = { since: changedAt, at: changedAt, events: 0, message: 'The service is failed.' };
    expect(conditionOf({ changedAt }, changedAt - 2 * HOUR, isReadFirst)).toMatchObject(untold);
  }
  for (const isReadFirst of [false, true]) {
    const told = { since: NOW - 8 * HOUR, message: 'no memory' };
    expect(conditionOf({}, NOW - 8 * HOUR, isReadFirst)).toMatchObject(told);
  }
  expect(conditionOf({})).toMatchObject({ since: NOW, events: 0, message: 'The service is failed.' });
});
