import { describe, expect, onTestFinished, test } from 'vitest';
import { DEFAULT_TOKEN } from '../../src/simulator/access/credentials.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import type { DialectOptions } from '../../src/simulator/dialect.ts';
import { configOf, JOB, POOL, PROJECT, prodAt, SERVICE } from '../configuration.ts';
import { startTestSimulator, type TestSimulatorOptions } from '../simulator-kit/test-simulator.ts';
import { examined, said } from './examined.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const MINUTE = 60_000;
const DISCOVERY = {
  services: { enabled: true },
  inference_services: { enabled: true },
  training_jobs: { enabled: true },
  pools: { enabled: true },
};

/** A cloud with six events of each kind, a minute apart. */
function filledCloud(): Cloud {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  for (let index = 0; index < 4; index += 1) {
    cloud.addService(PROJECT, {
      service_id: index === 0 ? SERVICE : `service-${index}`,
      publish_at: NOW - index * MINUTE,
    });
    const create_time = NOW - (10 + index) * MINUTE;
    cloud.addJob(PROJECT, {
      id: index === 0 ? JOB : `job-${index}`,
      phase: index === 0 ? 'Running' : 'Completed',
      create_time,
    });
  }
  cloud.addPool(PROJECT, { name: POOL });
  cloud.addInferenceService(PROJECT, { id: 'inference' });
  cloud.addUpdateRecord(SERVICE, { update_time: NOW - MINUTE, result: 'SUCCESS', config: [] });
  for (let minute = 6; minute > 0; minute -= 1) {
    const at = NOW - minute * MINUTE;
    cloud.addServiceEvent(SERVICE, {
      occur_time: at,
      event_type: 'normal',
      event_info: `[m ${minute}] starting model`,
    });
    cloud.addJobEvent(JOB, {
      time: at,
      level: 'Info',
      source: 'Task',
      message: `[worker-${minute}] training started.`,
    });
    const repeated = cloud.addInferenceEvent('inference', {
      event_type: 'WARNING',
      event_info: 'Failed to start the pod container in deployment [main].',
      at: at - 1_000,
    });
    cloud.repeatInferenceEvent(repeated, at);
    cloud.addPoolEvent(POOL, {
      type: 'Warning',
      reason: 'PoolStatusChange',
      message: `Pool status changed, from Running to Abnormal, details: ${minute}.`,
      firstTimestamp: at,
    });
  }
  return cloud;
}

async function startCloud(options: Partial<TestSimulatorOptions> = {}) {
  const simulator = await startTestSimulator({ now: () => NOW, cloud: filledCloud(), ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

async function report(
  options: Partial<TestSimulatorOptions> = {},
  project: object = { discovery: DISCOVERY },
) {
  const simulator = await startCloud(options);
  const config = configOf({ projects: [{ ...prodAt(simulator.url), ...project }] });
  return { report: await examined(config, () => NOW), simulator };
}

describe('which reading of the documents a cloud follows', () => {
  test('that of the documents', async () => {
    const { report: told } = await report();
    const expected: readonly (readonly [section: string, topic: string, answer: RegExp])[] = [
      ['of services', 'total of the list', /^ok: is told, as a number/],
      ['of services', 'offset of the list', /^ok: counts pages/],
      ['of services', 'times', /^ok: Unix milliseconds/],
      ['of services', 'texts', /^ok: all are in the documents/],
      ['of services', 'total', /^ok: is told, as a number/],
      ['of services', 'order', /^ok: as it is asked for/],
      ['of services', 'default order', /^ok: the newest first/],
      ['of services', 'offset', /^ok: counts pages/],
      ['of services', 'start_time', /^ok: is in milliseconds, and inclusive/],
      ['of services', 'update records', /^ok: 1 with results/],
      ['of inference services', 'ids', /^ok: each event has one/],
      ['of inference services', 'order', /^ok: as it is asked for/],
      ['of inference services', 'offset', /^ok: counts records/],
      ['of inference services', 'start_time', /^ok: looks at the last time/],
      ['of training jobs', 'offset of the list', /^ok: counts pages/],
      ['of training jobs', 'times', /^ok: time zone \+08:00/],
      ['of training jobs', 'offset', /^ok: counts records/],
      ['of training jobs', 'language', /^note: texts are in English/],
      ['of resource pools', 'times', /^ok: UTC/],
      ['of resource pools', 'paging', /^ok: by marker/],
      ['of resource pools', 'last marker', /left out/],
      ['of resource pools', 'order', /the oldest first/],
      ['of resource pools', 'since', /^ok: is in seconds.*inclusive/],
    ];
    for (const [section, topic, answer] of expected)
      expect(said(told, topic, section), topic).toMatch(answer);
  });

  test.each([
    {
      dialect: {
        serviceEvents: { offset: 'record', defaultOrder: 'asc', startBound: 'exclusive', total: 'string' },
        trainingJobEvents: { offset: 'page', startBound: 'exclusive', total: 'missing' },
        poolEvents: { order: 'desc', lastContinue: 'empty', startBound: 'exclusive' },
        serviceList: { offset: 'record', total: 'string' },
        inference: { offset: 'page', filterOn: 'create_at' },
      },
      expected: [
        ['of services', 'offset', /^ok: counts records/],
        ['of services', 'default order', /^ok: the oldest first/],
        ['of services', 'start_time', /^ok: is in milliseconds, and exclusive/],
        ['of services', 'total', /^ok: is told, as a text/],
        ['of services', 'offset of the list', /^ok: counts records/],
        ['of services', 'total of the list', /^ok: is told, as a text/],
        ['of inference services', 'offset', /^ok: counts pages/],
        ['of inference services', 'start_time', /^ok: looks at the first time/],
        ['of training jobs', 'offset', /^ok: counts pages/],
        ['of training jobs', 'start_time', /^ok: is in milliseconds, and exclusive/],
        ['of training jobs', 'total', /^note: is not told/],
        ['of resource pools', 'order', /the newest first/],
        ['of resource pools', 'last marker', /empty/],
        ['of resource pools', 'since', /^ok: is in seconds.*exclusive/],
      ],
    },
    {
      dialect: {
        serviceEvents: { order: 'always_asc', total: 'missing' },
        trainingJobEvents: { order: 'always_desc' },
        inference: { order: 'as_came', repeats: 'new_rows' },
        poolEvents: { lastContinue: 'present', since: 'milliseconds' },
      },
      expected: [
        ['of services', 'order', /^note: always the oldest first/],
        ['of services', 'total', /^note: is not told/],
        ['of inference services', 'order', /^note: not as it is asked for/],
        ['of inference services', 'start_time', /^unknown: no event was repeated/],
        ['of training jobs', 'order', /^note: always the newest first/],
        ['of resource pools', 'last marker', /although no page follows/],
        ['of resource pools', 'since', /^note: is in milliseconds/],
      ],
    },
    {
      dialect: {
        serviceEvents: { order: 'always_desc', pageCap: 4 },
        poolEvents: { paging: 'offset', offset: 'record', since: 'ignored' },
      },
      expected: [
        ['of services', 'order', /^note: always the newest first/],
        ['of services', 'page size', /^note: pages hold 4 at most, although 1000/],
        ['of resource pools', 'paging', /^problem: .*set `pool_events: offset`/],
        ['of resource pools', 'offset', /^ok: counts records/],
        ['of resource pools', 'since', /^note: is not heeded/],
      ],
    },
    {
      dialect: { poolEvents: { paging: 'offset', offset: 'page' } },
      expected: [['of resource pools', 'offset', /^ok: counts pages/]],
    },
  ] satisfies { dialect: DialectOptions; expected: [string, string, RegExp][] }[])(
    '$dialect',
    async ({ dialect, expected }) => {
      const { report: told } = await report({ dialect });
      for (const [section, topic, answer] of expected)
        expect(said(told, topic, section), topic).toMatch(answer);
    },
  );

  test('with pool_events: offset, a cloud that pages so is right, and another one is not', async () => {
    const project = { discovery: DISCOVERY, pool_events: 'offset' };
    const offset = await report({ dialect: { poolEvents: { paging: 'offset' } } }, project);
    expect(said(offset.report, 'paging', 'pools')).toMatch(/^ok: by offset/);
    const marker = await report({}, project);
    expect(said(marker.report, 'paging', 'pools')).toMatch(
      /^problem: by marker: set `pool_events: continue`/,
    );
  });

  test('texts and statuses that are not in the documents are told', async () => {
    const cloud = filledCloud();
    cloud.addServiceEvent(SERVICE, {
      occur_time: NOW,
      event_type: 'abnormal',
      event_info: 'The moon is full.',
    });
    cloud.setServiceStatus(SERVICE, 'hibernating', NOW);
    const { report: told } = await report({ cloud });
    expect(said(told, 'texts', 'of services')).toMatch(/^note: 1 are not in the documents/);
    expect(JSON.stringify(told)).toContain('The moon is full.');
    expect(said(told, 'services')).toMatch(/hibernating/);
  });

  test('too few events tell nothing, and that is said', async () => {
    const cloud = new Cloud();
    cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
    cloud.addService(PROJECT, { service_id: SERVICE });
    const { report: told } = await report({ cloud });
    expect(said(told, 'paging', 'of services')).toMatch(/^unknown: .*enough events/);
  });
});

const REFUSED = {
  kind: 'status',
  status: 403,
  body: JSON.stringify({ error_code: 'ModelArts.0108', error_msg: 'Not authorized for the operation.' }),
} as const;

describe('what the exporter needs', () => {
  test('everything granted is no problem, within few requests of which none is sent twice', async () => {
    const { report: told, simulator } = await report();
    expect(JSON.stringify(told)).not.toContain('"problem"');
    expect(said(told, 'modelarts:service:getEvents')).toBe('ok: granted (service_events)');
    expect(said(told, 'services')).toBe('ok: 4 listed, 0 of them excluded; 0 configured; 4 are collected');
    const sent = simulator.requests.entries.map(({ path, query, headers, body }) =>
      JSON.stringify([path, query, headers['x-language'], body]),
    );
    expect(sent.length).toBeLessThan(40);
    expect(new Set(sent).size).toBe(sent.length);
  });

  test('a refusal names the action that is to be added', async () => {
    const simulator = await startCloud();
    simulator.faults.add(REFUSED, { operation: 'training_job_events' });
    const config = configOf({ projects: [{ ...prodAt(simulator.url), discovery: DISCOVERY }] });
    const told = await examined(config, () => NOW);
    expect(said(told, 'modelarts:trainJob:get')).toMatch(
      /^problem: refused .*Add the action modelarts:trainJob:get .*modelarts:trainJob:listEvents/,
    );
    expect(said(told, 'modelarts:pool:get')).toMatch(/^ok/);
  });

  test.each([
    ['granted', /^ok: granted/],
    [
      'forbidden',
      /^note: refused .*: planned maintenance of pools is not shown\. The documents name no action/,
    ],
    ['unpublished', /^note: is not there .*: planned maintenance of pools is not shown$/],
  ] as const)('planned maintenance that is %s is no problem', async (access, answer) => {
    const { report: told } = await report({ dialect: { scheduledEvents: { access } } });
    expect(said(told, 'list_scheduled_events')).toMatch(answer);
    expect(JSON.stringify(told)).not.toContain('"problem"');
  });

  test('a rejected credential is the one problem that is told of all', async () => {
    const { report: told, simulator } = await report({}, { discovery: DISCOVERY, auth: { token: 'wrong' } });
    expect(said(told, 'credential')).toMatch(/^problem: an IAM token: rejected/);
    expect(simulator.requests.entries.length).toBeLessThan(5);
    expect(JSON.stringify(told).match(/"problem"/g)).toHaveLength(1);
  });

  test('where nobody answers, or the quota is used up, nothing more is asked', async () => {
    const silent = await startCloud();
    silent.faults.add({ kind: 'reset' });
    const config = configOf({
      projects: [{ ...prodAt(silent.url), discovery: DISCOVERY, api: { retries: 0 } }],
    });
    const told = await examined(config, () => NOW);
    expect(said(told, 'endpoint')).toMatch(/^problem: http:.* does not answer\. Check the region/);
    expect(said(told, 'credential')).toBe('unknown: an IAM token: nobody could be asked');
    expect(silent.requests.entries.length).toBeLessThan(3);
    expect(JSON.stringify(told).match(/"problem"/g)).toHaveLength(1);

    const { report: throttled, simulator } = await report({ throttle: { limit: 5, period: 60_000 } });
    expect(said(throttled, 'credential')).toMatch(/^ok/);
    expect(simulator.requests.entries.length).toBeLessThan(8);
  });

  test('a token that is fetched tells until when it is valid', async () => {
    const credentials = { users: [{ name: 'u', password: 'p', domain: 'd' }] };
    const auth = { username: 'u', password: 'p', domain: 'd' };
    const { report: told } = await report({ credentials }, { discovery: DISCOVERY, auth });
    expect(said(told, 'valid until')).toMatch(/^ok: 2026-01-11T12:00:00.000Z, in 1d;/);
  });

  test('a token that is given is shown to IAM, which may know until when it is valid', async () => {
    const credentials = { tokens: [{ token: DEFAULT_TOKEN, expiresAt: NOW + 30 * MINUTE }] };
    const { report: told } = await report({ credentials });
    expect(said(told, 'valid until')).toMatch(/^note: 2026-01-10T12:30:00.000Z, in 30m; whoever makes it/);
    expect(said((await report()).report, 'valid until')).toMatch(/^unknown: IAM did not tell/);
  });

  test.each([
    [2_000, /^ok: as that of ModelArts/],
    [30_000, /^note: the clock of ModelArts is 30s ahead of/],
    [-120_000, /^problem: the clock of ModelArts is 2m behind/],
    [900_000, /^problem: .*15m ahead of .*signatures are refused/],
  ])('a clock that is %d ms ahead', async (ahead, clock) => {
    const { report: told } = await report({ now: () => NOW + ahead });
    expect(said(told, 'clock')).toMatch(clock);
  });

  test('the quota is told where the gateway tells it, with what it means for the targets', async () => {
    expect(said((await report()).report, 'quota')).toMatch(/^note: is not told/);
    const { report: told } = await report({ throttle: { limit: 200, period: 300_000 } });
    expect(said(told, 'quota')).toMatch(
      /^ok: of user: 200 requests in 5m, of which \d+ are left. That reads each of 10 targets every 15s/,
    );
    const { report: throttled } = await report({ throttle: { limit: 5, period: 60_000 } });
    expect(said(throttled, 'quota')).toContain('of this user, by a refusal: 5 requests in 1m');
  });
});

test.each([
  ...(
    [
      'list_is_object',
      'list_is_null',
      'list_is_missing',
      'list_is_string',
      'top_is_null',
      'top_is_array',
      'top_is_string',
    ] as const
  ).map((shape) => ({ kind: 'wrong_shape', shape }) as const),
  { kind: 'not_json' } as const,
  { kind: 'truncated_json' } as const,
  { kind: 'cut' } as const,
  { kind: 'status', status: 500 } as const,
])('whatever is answered, there is a report: %j', async (fault) => {
  const simulator = await startCloud();
  simulator.faults.add(fault);
  const config = configOf({
    projects: [{ ...prodAt(simulator.url), discovery: DISCOVERY, services: [{ id: SERVICE }] }],
  });
  const told = await examined(config, () => NOW);
  expect(told.sections.map(({ title }) => title)).toEqual(
    expect.arrayContaining(['Access', 'Permissions', 'Targets']),
  );
  expect(JSON.stringify(told)).not.toContain('unexpectedly');
});
