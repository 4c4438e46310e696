import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Discovered } from '../../../src/kinds/discovered.ts';
import { discoverTrainingJobs } from '../../../src/kinds/training-job/discovery.ts';
import type { JobDetails } from '../../../src/kinds/training-job/listed-job.ts';
import type { Api, ApiRequest } from '../../../src/modelarts/api.ts';
import { runs } from '../../laws.ts';
import type { TestSimulator } from '../../simulator-kit/test-simulator.ts';
import {
  NOW,
  PROJECT,
  requestOf,
  rule,
  withAnswers,
  withSimulator,
  withSocketlessSimulator,
} from '../listing-server.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const SETTINGS = { createdWithin: 7 * DAY };

const idsOf = (jobs: readonly Discovered<JobDetails>[]): string[] => jobs.map(({ id }) => id).sort();

/** One discovery, and what it cost. */
async function discover(
  { requests }: Pick<TestSimulator, 'requests'>,
  api: Api,
  known: readonly Discovered<JobDetails>[],
  now: number,
  whole = known.length === 0,
): Promise<{ jobs: readonly Discovered<JobDetails>[]; cost: number }> {
  requests.clear();
  const jobs = await discoverTrainingJobs(requestOf(api, SETTINGS, known, now, whole));
  return { jobs, cost: requests.count() };
}

test('Details come from the phase, the running records and their recoveries, and the tasks', async () => {
  await withSimulator({}, async ({ cloud }, api) => {
    const start = NOW / 1000 - 3_600;
    const recovery = {
      recover_start_at: start,
      recover: 'proc_restart',
      reason: '',
      related_task: 'worker-0',
      recover_result: 'success',
    };
    const told = { policy: 'proc_restart', task: 'worker-0', result: 'success' };
    cloud.addJob(PROJECT, {
      id: 'j-1',
      name: 'resnet',
      phase: 'Failed',
      create_time: NOW - 2 * DAY,
      node_count: 4,
      pool_id: 'pool-a',
      running_records: [
        {
          start_at: start,
          start_type: 'init_or_rescheduled',
          recover_records: [
            { ...recovery, fault_scenario: 'chip_fault' },
            { ...recovery, fault_scenario: 'Chip_Fault' },
          ],
        },
        {
          start_at: start + 60,
          start_type: 'restarted',
          recover_records: [
            {
              ...recovery,
              recover_start_at: start + 60,
              recover_result: 'quotaExceeded',
              fault_scenario: 'new_one',
            },
          ],
        },
        { start_at: start + 120, end_at: start + 300, start_type: 'restarted', recover_records: [] },
      ],
      task_statuses: [
        { task: 'worker-0', exit_code: 137, message: 'OOM killed' },
        { task: 'worker-1', exit_code: 0, message: 'fine' },
        { task: 'worker-2', exit_code: 1, message: '' },
      ],
    });
    expect(await discoverTrainingJobs(requestOf(api, SETTINGS))).toEqual([
      {
        id: 'j-1',
        name: 'resnet',
        details: {
          asOf: NOW,
          phase: 'failed',
          final: true,
          createdAt: NOW - 2 * DAY,
          startedAt: start * 1000,
          runStartedAt: (start + 120) * 1000,
          endedAt: (start + 300) * 1000,
          nodes: 4,
          restarts: 2,
          runs: [
            { startedAt: start * 1000 },
            { startedAt: (start + 60) * 1000 },
            { startedAt: (start + 120) * 1000, endedAt: (start + 300) * 1000 },
          ],
          recoveries: [
            { ...told, startedAt: start * 1000, scenario: 'chip_fault' },
            { ...told, startedAt: (start + 60) * 1000, scenario: 'other', result: 'quota_exceeded' },
          ],
          owner: 'modelarts-user',
          pool: 'pool-a',
          priority: 1,
          flavor: 'modelarts.vm.gpu.v100',
          trainType: 'job',
          message: 'worker-0: exit code 137: OOM killed; worker-2: exit code 1',
        },
      },
    ]);
  });
});

test.each([
  [NOW - 1_000, NOW - 1_000],
  [NOW / 1000 - 1, NOW - 1_000],
  [String(NOW - 1_000), NOW - 1_000],
  ['2024-06-01T19:59:00+08:00', NOW - MINUTE],
  [0, undefined],
  [NOW + DAY, undefined],
  ['soon', undefined],
  [null, undefined],
])('A start_time of %j is %j', async (start_time, startedAt) => {
  const item = { metadata: { id: 'j' }, status: { phase: 'Running', start_time } };
  await withAnswers([{ count: 1, items: [item] }], async (api) => {
    const [job] = await discoverTrainingJobs(requestOf(api));
    expect(job?.details.startedAt).toBe(startedAt);
  });
});

test('Bad items are passed over, and what can be read of the others is kept', async () => {
  const items = [
    null,
    {},
    { metadata: { id: 5 } },
    { metadata: { id: 'j-1' } },
    {
      metadata: { id: 'j-2', name: 1, create_time: 'x' },
      status: {
        phase: 'Abnormal',
        running_records: [null, { recover_records: [null, {}] }],
        task_statuses: [null],
      },
      spec: { resource: { node_count: -1 } },
    },
  ];
  await withAnswers([{ count: 5, items }], async (api) => {
    expect(await discoverTrainingJobs(requestOf(api))).toEqual([
      { id: 'j-1', name: undefined, details: { final: false, asOf: NOW } },
      {
        id: 'j-2',
        name: undefined,
        details: { final: true, asOf: NOW, phase: 'abnormal', restarts: 1, runs: [], recoveries: [] },
      },
    ]);
  });
});

test('Wanted are the jobs that are alive, however old, and those created of late', async () => {
  await withSimulator({}, async ({ cloud }, api) => {
    for (const phase of [
      'Creating',
      'Pending',
      'Running',
      'Terminating',
      'Failed',
      'Completed',
      'Terminated',
      'Abnormal',
    ]) {
      cloud.addJob(PROJECT, { id: `old-${phase}`, phase, create_time: NOW - 90 * DAY });
      cloud.addJob(PROJECT, { id: `new-${phase}`, phase, create_time: NOW - DAY });
    }
    const jobs = await discoverTrainingJobs(requestOf(api, SETTINGS));
    expect(idsOf(jobs)).toEqual(
      [
        ...['old-Creating', 'old-Pending', 'old-Running', 'old-Terminating'],
        ...['new-Creating', 'new-Pending', 'new-Running', 'new-Terminating'],
        ...['new-Failed', 'new-Completed', 'new-Terminated', 'new-Abnormal'],
      ].sort(),
    );
    expect(jobs.filter(({ details }) => details.final)).toHaveLength(4);
  });
});

test('A window longer than the API takes is read in several', async () => {
  await withSimulator({}, async ({ cloud, requests }, api) => {
    for (let day = 0; day < 100; day += 1) {
      cloud.addJob(PROJECT, { id: `j-${day}`, phase: 'Completed', create_time: NOW - day * DAY });
    }
    const jobs = await discoverTrainingJobs(requestOf(api, { createdWithin: 90.5 * DAY }));
    expect(jobs).toHaveLength(91);
    expect(requests.entries.every(({ status }) => status === 200)).toBe(true);
  });
});

test('7,000 recent jobs are read whole once; then the cost follows what changes', async () => {
  await withSocketlessSimulator(async (simulator, api) => {
    const { cloud } = simulator;
    const add = (id: string, at: number, phase = 'Completed') =>
      cloud.addJob(PROJECT, { id, phase, create_time: at });
    for (let i = 0; i < 7_000; i += 1)
      add(`j-${i}`, NOW - i * 86_000 - 123, i < 60 ? 'Running' : 'Completed');

    const first = await discover(simulator, api, [], NOW);
    expect(first.jobs).toHaveLength(7_000);
    expect(first.cost).toBe(142);

    const quiet = await discover(simulator, api, first.jobs, NOW + 5 * MINUTE);
    expect(quiet.jobs.length).toBeLessThanOrEqual(7_000);
    expect(quiet.cost).toBe(3);

    for (let i = 0; i < 120; i += 1) add(`new-${i}`, NOW + 6 * MINUTE + i);
    cloud.job('j-5').phase = 'Failed';
    const busy = await discover(simulator, api, quiet.jobs, NOW + 10 * MINUTE);
    expect(idsOf(busy.jobs).filter((id) => id.startsWith('new-'))).toHaveLength(120);
    expect(busy.jobs.find(({ id }) => id === 'j-5')?.details).toMatchObject({ phase: 'failed', final: true });
    expect(busy.cost).toBeLessThanOrEqual(7);

    cloud.removeJob('j-3000');
    cloud.removeJob('j-0');
    const after = await discover(simulator, api, busy.jobs, NOW + 15 * MINUTE);
    expect(idsOf(after.jobs)).not.toContain('j-0');
    expect(after.cost).toBeLessThanOrEqual(5);

    // An hour later the older ones are listed again, some at each discovery, and where requests are scarce a few.
    const checkAll = async (api: Api, known: readonly Discovered<JobDetails>[], from: number) => {
      const costs: number[] = [];
      let jobs = known;
      let now = from;
      for (;;) {
        now += MINUTE / 2;
        const listing = await discover(simulator, api, jobs, now);
        jobs = listing.jobs;
        if (listing.cost === 3) return { jobs, costs, now };
        costs.push(listing.cost);
      }
    };
    const checked = await checkAll(api, after.jobs, NOW + 60 * MINUTE);
    expect(idsOf(checked.jobs)).not.toContain('j-3000');
    expect(checked.costs.length).toBeLessThan(20);
    expect(Math.max(...checked.costs)).toBeLessThanOrEqual(14);
    cloud.removeJob('j-4000');
    const scarce = await checkAll({ ...api, isScarce: () => true }, checked.jobs, checked.now + 60 * MINUTE);
    expect(idsOf(scarce.jobs)).not.toContain('j-4000');
    expect(scarce.costs.length).toBeLessThan(100);
    expect(Math.max(...scarce.costs)).toBeLessThanOrEqual(7);
  });
});

test('A job that no listing has shown is found beside those that are listed again', async () => {
  await withSimulator({}, async (simulator, api) => {
    const { cloud } = simulator;
    for (let i = 0; i < 300; i += 1)
      cloud.addJob(PROJECT, { id: `j-${i}`, phase: 'Completed', create_time: NOW - i * MINUTE });
    const first = await discover(simulator, api, [], NOW);
    for (let i = 0; i < 300; i += 1)
      cloud.addJob(PROJECT, { id: `k-${i}`, phase: 'Completed', create_time: NOW - i * MINUTE - 1 });
    for (let i = 0; i < 300; i += 7) cloud.removeJob(`j-${i}`);
    let { jobs } = first;
    for (let listing = 0; listing < 5; listing += 1) {
      jobs = (await discover(simulator, api, jobs, NOW + 61 * MINUTE + listing)).jobs;
    }
    expect(idsOf(jobs)).toEqual([...cloud.project(PROJECT).jobs.keys()].sort());
  });
});

test('Many jobs that end at once are found on the pages of the newest, not one by one', async () => {
  await withSimulator({}, async (simulator, api) => {
    const { cloud } = simulator;
    for (let i = 0; i < 1_000; i += 1) {
      cloud.addJob(PROJECT, { id: `j-${i}`, phase: 'Running', create_time: NOW - i * MINUTE });
    }
    const first = await discover(simulator, api, [], NOW);
    for (let i = 0; i < 300; i += 1) cloud.job(`j-${i}`).phase = 'Completed';
    const second = await discover(simulator, api, first.jobs, NOW + MINUTE);
    expect(second.jobs.filter(({ details }) => details.phase === 'completed')).toHaveLength(300);
    // 14 pages of those alive, and 7 of the newest.
    expect(second.cost).toBe(21);
  });
});

test('A whole read finds what came and went within one burst', async () => {
  await withSimulator({}, async (simulator, api) => {
    for (let i = 0; i < 400; i += 1) {
      simulator.cloud.addJob(PROJECT, { id: `j-${i}`, phase: 'Completed', create_time: NOW - DAY });
    }
    const first = await discover(simulator, api, [], NOW);
    expect(first.jobs).toHaveLength(400);
    simulator.cloud.removeJob('j-7');
    simulator.cloud.addJob(PROJECT, { id: 'k', phase: 'Completed', create_time: NOW - DAY });
    const second = await discover(simulator, api, first.jobs, NOW + MINUTE, true);
    expect(second.cost).toBeLessThanOrEqual(11);
    expect(idsOf(second.jobs)).toContain('k');
    expect(idsOf(second.jobs)).not.toContain('j-7');
  });
});

test('A job that ended is looked up once for its phase, and drops out once it is old', async () => {
  await withSimulator({}, async (simulator, api) => {
    const { cloud, requests } = simulator;
    for (let i = 0; i < 25; i += 1) {
      cloud.addJob(PROJECT, { id: `j-${i}`, phase: 'Running', create_time: NOW - 30 * DAY });
    }
    const first = await discover(simulator, api, [], NOW);
    expect(first.jobs).toHaveLength(25);

    for (let i = 0; i < 24; i += 1) cloud.job(`j-${i}`).phase = 'Completed';
    cloud.removeJob('j-3');
    const second = await discover(simulator, api, first.jobs, NOW + MINUTE);
    const lookups = requests.of('list_training_jobs').filter(({ body }) => body?.includes('"key":"id"'));
    expect(lookups).toHaveLength(3);
    expect(second.jobs).toHaveLength(24);
    expect(second.jobs.filter(({ details }) => details.phase === 'completed' && details.final)).toHaveLength(
      23,
    );

    const third = await discover(simulator, api, second.jobs, NOW + 2 * MINUTE);
    expect(idsOf(third.jobs)).toEqual(['j-24']);
  });
});

test('Ended jobs that are old are not wanted, although the server returns them', async () => {
  const item = (id: string, phase: string, create_time: number) => ({
    metadata: { id, create_time },
    status: { phase },
  });
  const items = [
    item('old', 'Completed', NOW - 8 * DAY),
    item('new', 'Completed', NOW - 6 * DAY),
    item('alive', 'Running', NOW - 8 * DAY),
    item('ended', 'Failed', NOW - 8 * DAY),
  ];
  await withAnswers([{ count: 4, items }], async (api) => {
    const known: Discovered<JobDetails>[] = [
      { id: 'ended', name: undefined, details: { phase: 'running', final: false } },
    ];
    const first = await discoverTrainingJobs(requestOf(api, SETTINGS, known));
    expect(idsOf(first)).toEqual(['alive', 'ended', 'new']);
    expect(idsOf(await discoverTrainingJobs(requestOf(api, SETTINGS, first)))).toEqual(['alive', 'new']);
  });
});

test('A phase that is not known keeps its job looked up', async () => {
  await withSimulator({}, async (simulator, api) => {
    const { cloud } = simulator;
    cloud.addJob(PROJECT, { id: 'j', phase: 'Preempted', create_time: NOW - DAY });
    const first = await discover(simulator, api, [], NOW);
    expect(first.jobs).toMatchObject([{ details: { phase: 'preempted', final: false } }]);
    cloud.job('j').phase = 'Terminated';
    const second = await discover(simulator, api, first.jobs, NOW + MINUTE);
    expect(second.jobs).toMatchObject([{ details: { phase: 'terminated', final: true } }]);
  });
});

test('Pages that shift while they are read cost no job for good', async () => {
  await withSimulator({}, async (simulator, api) => {
    const { cloud } = simulator;
    for (let i = 0; i < 300; i += 1) {
      cloud.addJob(PROJECT, {
        id: `j-${i}`,
        phase: i % 2 ? 'Running' : 'Completed',
        create_time: NOW - i * MINUTE,
      });
    }
    let calls = 0;
    const shifting: Api = {
      async request(request: ApiRequest) {
        const answer = await api.request(request);
        calls += 1;
        if (calls % 2 === 0) cloud.job(`j-${calls * 10 + 1}`).phase = 'Failed';
        if (calls % 3 === 0) cloud.removeJob(`j-${calls * 8}`);
        cloud.addJob(PROJECT, { id: `late-${calls}`, phase: 'Completed', create_time: NOW + calls * 1_000 });
        return answer;
      },
    };
    const first = await discoverTrainingJobs(requestOf(shifting, SETTINGS));
    const second = await discover(simulator, api, first, NOW + MINUTE, true);
    expect(idsOf(second.jobs)).toEqual([...cloud.project(PROJECT).jobs.keys()].sort());
    for (const { id, details } of second.jobs) expect(details.phase).toBe(cloud.job(id).phase.toLowerCase());
    expect(new Set(idsOf(second.jobs)).size).toBe(second.jobs.length);
  });
});

test('However jobs come, end and go, the last discovery shows them as they are', async () => {
  /** Bursts and gaps. */
  const age = fc.oneof(
    fc.nat(3).map((i) => DAY + i * 1_000),
    fc.nat(6 * 24 * 60).map((i) => i * MINUTE + 7),
  );
  const population = fc.array(fc.record({ age, alive: fc.boolean() }), { minLength: 200, maxLength: 400 });
  const round = fc.record({
    created: fc.array(fc.nat(4 * MINUTE), { maxLength: 70 }),
    ended: fc.array(fc.nat(500), { maxLength: 20 }),
    removed: fc.array(fc.nat(500), { maxLength: 10 }),
  });
  await withSocketlessSimulator(async (simulator, api) => {
    const { cloud } = simulator;
    const { jobs } = cloud.project(PROJECT);
    await fc.assert(
      fc.asyncProperty(population, fc.array(round, { maxLength: 3 }), async (start, rounds) => {
        let now = NOW;
        let next = 0;
        const add = (age: number, phase: string) =>
          cloud.addJob(PROJECT, { id: `j-${next++}`, phase, create_time: now - age });
        jobs.clear();
        for (const { age, alive } of start) add(age, alive ? 'Running' : 'Completed');
        let known = await discoverTrainingJobs(requestOf(api, SETTINGS));
        for (const { created, ended, removed } of rounds) {
          now += 5 * MINUTE;
          for (const age of created) add(age, 'Pending');
          for (const job of ended) {
            const id = `j-${job}`;
            if (jobs.has(id) && cloud.job(id).phase !== 'Completed') cloud.job(id).phase = 'Failed';
          }
          for (const job of removed) jobs.delete(`j-${job}`);
          known = await discoverTrainingJobs(requestOf(api, SETTINGS, known, now));
          const shown = new Map(known.map(({ id, details }) => [id, details.phase]));
          const wrong = [...jobs.values()].filter(({ id, phase }) => shown.get(id) !== phase.toLowerCase());
          expect(wrong).toEqual([]);
        }
        known = await discoverTrainingJobs(requestOf(api, SETTINGS, known, now, true));
        expect(idsOf(known)).toEqual([...jobs.keys()].sort());
        const wrong = known.filter(({ id, details }) => details.phase !== cloud.job(id).phase.toLowerCase());
        expect(wrong).toEqual([]);
      }),
      { ...runs(30), endOnFailure: true },
    );
  });
});

test('A server that never ends is cut off, and the next discovery goes on', async () => {
  let calls = 0;
  const api: Api = {
    request: async () => {
      calls += 1;
      return {
        count: 1e9,
        items: [{ metadata: { id: `j-${calls}`, create_time: NOW - calls }, status: { phase: 'Running' } }],
      };
    },
  };
  expect(await discoverTrainingJobs(requestOf(api, SETTINGS))).toHaveLength(1_000);
  expect(calls).toBe(1_000);
});

test('A failing search fails the discovery', async () => {
  await withAnswers([{ count: 0, items: [] }, { count: 3 }], async (api) => {
    await expect(discoverTrainingJobs(requestOf(api, SETTINGS))).rejects.toMatchObject({
      reason: 'malformed',
    });
  });
});

test('Rules are held against the name, or the id where there is none, at every discovery', async () => {
  const items = [
    { metadata: { id: 'a', name: 'train-a' }, status: { phase: 'Running' } },
    { metadata: { id: 'train-b' }, status: { phase: 'Running' } },
    { metadata: { id: 'c', name: 'debug' }, status: { phase: 'Running' } },
  ];
  await withAnswers([{ count: 3, items }], async (api) => {
    const settings = { include: [rule('train-.*')] };
    const known: Discovered<JobDetails>[] = [
      { id: 'a', name: 'debug', excluded: 'x', details: { final: false } },
    ];
    const jobs = await discoverTrainingJobs(requestOf(api, settings, known));
    expect(jobs.map(({ id, excluded }) => [id, excluded])).toEqual([
      ['a', undefined],
      ['train-b', undefined],
      ['c', 'not in include /train-.*/'],
    ]);
  });
});
