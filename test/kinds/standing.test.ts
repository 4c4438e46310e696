import { expect, test } from 'vitest';
import { KIND_NAMES } from '../../src/kind-table.ts';
import { inferenceService } from '../../src/kinds/inference-service/inference-service.ts';
import { poolsOf } from '../../src/kinds/inference-service/standing.ts';
import { KINDS } from '../../src/kinds/kinds.ts';
import { pool } from '../../src/kinds/pool/pool.ts';
import { service } from '../../src/kinds/service/service.ts';
import { trainingJob } from '../../src/kinds/training-job/training-job.ts';
import { CONTEXT } from './scripted-api.ts';

const NOW = 1_700_000_000_000;
const standingOf = {
  service(details: object, change: (state: ReturnType<typeof service.initialState>) => void = () => {}) {
    const state = service.initialState();
    service.listing.fold(state, details, NOW);
    change(state);
    return service.showing.standing(state);
  },
  job(details: object) {
    const state = trainingJob.initialState();
    trainingJob.listing.fold(state, { final: false, ...details }, NOW);
    return trainingJob.showing.standing(state);
  },
};

test.each(KIND_NAMES)('%s: nothing is said of what nothing tells', (kind) => {
  const { showing, initialState } = KINDS[kind];
  expect(showing.standing(initialState())).toBeUndefined();
  expect(Object.keys(showing.outlooks).length).toBeGreaterThan(3);
});

test('a service stands as the listing says, with the phase that a deployment is in', () => {
  const changedAt = NOW - 60_000;
  expect(standingOf.service({ status: 'concerning', inferType: 'real-time', changedAt })).toEqual({
    status: 'concerning',
    outlook: 'weakened',
    since: changedAt,
    remarks: ['real-time'],
  });
  const marks = (state: { marks: unknown[] }) => {
    state.marks = [
      [NOW - 9, 'start environment_preparation', ''],
      [NOW - 8, 'end environment_preparation', 'm'],
      [NOW - 7, 'start image_pulling', 'm'],
    ];
  };
  expect(standingOf.service({ status: 'deploying' }, marks)?.remarks).toEqual(['image pulling']);
  expect(standingOf.service({ status: 'running' }, marks)?.remarks).toEqual([]);
  expect(standingOf.service({ status: 'hibernating' })?.outlook).toBe('other');
});

test('what runs tells in which pools it does, and what has ended does not', () => {
  const inPool = (state: ReturnType<typeof service.initialState>) => {
    state.updates.newest = { at: NOW, result: 'success', models: [], pool: 'pool-1' };
  };
  expect(standingOf.service({ status: 'running' }, inPool)?.pools).toEqual(['pool-1']);
  expect(standingOf.service({ status: 'stopped' }, inPool)?.pools).toBeUndefined();
  expect(standingOf.job({ phase: 'running', pool: 'pool-1' })?.pools).toEqual(['pool-1']);
  expect(standingOf.job({ phase: 'completed', final: true, pool: 'pool-1' })?.pools).toBeUndefined();
  expect(poolsOf([])).toBeUndefined();
});

const failure = (at: number, message: string) => (state: ReturnType<typeof service.initialState>) => {
  const event = { at, eventType: 'abnormal', message } as const;
  service.events.fold(state, [{ at, count: 1, event }], CONTEXT);
  state.updates.history = [{ at: NOW - 9_000, result: 'fail' }];
  state.updates.ended = { at: NOW - 9_000, result: 'fail', since: NOW - 9_000, count: 1 };
};

test.each([
  ['failed', NOW - 8_000, 'Failed to pull the image.', ['deployment failed in image pulling']],
  // The version before goes on serving.
  ['running', NOW - 8_000, 'Failed to pull the image.', ['deployment failed in image pulling']],
  ['failed', NOW - 8_000, 'Something happened.', ['deployment failed']],
  // Of before this update, so about something else.
  ['failed', NOW - 9_001, 'Failed to pull the image.', ['deployment failed']],
  ['stopped', NOW - 8_000, 'Failed to pull the image.', []],
])('a %s service tells in which phase its newest deployment failed', (status, at, message, remarks) => {
  expect(standingOf.service({ status }, failure(at, message))?.remarks).toEqual(remarks);
});

test('the page of a service tells it of each deployment', () => {
  const state = service.initialState();
  failure(NOW - 8_000, 'Failed to pull the image.')(state);
  expect(service.showing.moments(state)[0]?.words).toBe('deployment failed in image pulling');
  const updates = service.showing.detail(state).tables.find(({ title }) => title === 'Updates');
  expect(updates?.rows[0]?.[2]).toEqual({ note: 'image pulling' });
});

test('an inference service tells in which phase its deployment is or failed', () => {
  const state = inferenceService.initialState();
  inferenceService.listing.fold(state, { status: 'deploying', version: '3' }, NOW);
  state.marks = [[NOW - 7, 'start image_pulling', 'm']];
  expect(inferenceService.showing.standing(state)?.remarks).toEqual(['version 3', 'image pulling']);
  inferenceService.listing.fold(state, { status: 'failed', version: '3' }, NOW + 1);
  expect(inferenceService.showing.standing(state)?.remarks).toEqual(['version 3']);
  state.failureReason = 'Failed to pull the image: not found.';
  expect(inferenceService.showing.standing(state)?.remarks).toEqual([
    'version 3',
    'deployment failed in image pulling',
  ]);
});

test('of a service that nobody lists, the newest update tells', () => {
  expect(
    standingOf.service({}, (state) => {
      state.updates.ended = { at: NOW - 5, result: 'fail', since: NOW - 9, count: 2 };
    }),
  ).toEqual({ status: 'update failed', outlook: 'broken', since: NOW - 9, remarks: [] });
});

test('a job stands in its phase since it took it, with nodes and restarts', () => {
  expect(standingOf.job({ phase: 'running', startedAt: NOW - 5_000, nodes: 4, restarts: 2 })).toEqual({
    status: 'running',
    outlook: 'working',
    since: NOW - 5_000,
    remarks: ['4 nodes', 'restarted 2 times'],
  });
  const recoveries = [
    { startedAt: NOW - 9_000, scenario: 'node_fault', result: 'recovering', policy: '', task: '' },
  ];
  expect(standingOf.job({ phase: 'running', startedAt: NOW - 90_000, recoveries })).toMatchObject({
    outlook: 'weakened',
    remarks: ['recovering from a node fault'],
  });
  const recovered = [{ ...recoveries[0], endedAt: NOW - 6_000, result: 'success' }];
  const runs = [{ startedAt: NOW - 90_000, endedAt: NOW - 9_000 }, { startedAt: NOW - 5_000 }];
  for (const [restarts, words] of [
    [1, 'restarted once after a node fault'],
    [2, 'restarted 2 times, last after a node fault'],
  ]) {
    expect(standingOf.job({ phase: 'running', restarts, recoveries: recovered, runs })).toMatchObject({
      outlook: 'working',
      remarks: [words],
    });
  }
  const later = [...runs, { startedAt: NOW - 1_000 }];
  expect(
    standingOf.job({ phase: 'running', restarts: 2, recoveries: recovered, runs: later })?.remarks,
  ).toEqual(['restarted 2 times']);
  expect(standingOf.job({ phase: 'failed', final: true, endedAt: NOW - 1_000, nodes: 1 })).toMatchObject({
    outlook: 'broken',
    since: NOW - 1_000,
    remarks: ['1 node'],
  });
});

test('a pool that runs with abnormal nodes is weakened since they became so', () => {
  const state = pool.initialState();
  const nodes = (abnormal: number) => ({ available: 8 - abnormal, abnormal, creating: 0, deleting: 0 });
  pool.listing.fold(state, { status: 'running', nodes: nodes(0) }, NOW);
  expect(pool.showing.standing(state)).toMatchObject({ outlook: 'working', remarks: ['8 nodes'] });
  pool.listing.fold(state, { status: 'running', nodes: nodes(4) }, NOW + 60_000);
  expect(pool.showing.standing(state)).toEqual({
    status: 'running',
    outlook: 'weakened',
    since: NOW + 60_000,
    remarks: ['8 nodes', '4 abnormal'],
    nodes: nodes(4),
  });
});

test('the moments of a service and a job are in their states', () => {
  const state = service.initialState();
  state.updates.history = [{ at: NOW, result: 'fail' }];
  expect(service.showing.moments(state)).toEqual([
    { at: NOW, what: 'deployment', words: 'deployment failed', news: 'bad' },
  ]);
  const job = trainingJob.initialState();
  const ago = (minutes: number) => NOW - minutes * 60_000;
  const recovery = { policy: '', task: '' };
  const details = {
    phase: 'failed',
    final: true,
    startedAt: ago(60),
    endedAt: ago(1),
    runs: [
      { startedAt: ago(60), endedAt: ago(50) },
      { startedAt: ago(40), endedAt: ago(30) },
      { startedAt: ago(20), endedAt: ago(1) },
    ],
    recoveries: [
      {
        ...recovery,
        startedAt: ago(50),
        endedAt: ago(45),
        scenario: 'node_fault',
        result: 'success',
        reason: 'node-7 is lost',
      },
      { ...recovery, startedAt: ago(2), endedAt: ago(1), scenario: 'job_hanged', result: 'failed' },
    ],
  } as const;
  trainingJob.listing.fold(job, details, NOW);
  const moments = trainingJob.showing
    .moments(job)
    .map(({ at, what, words, news }) => [at, what, words, news]);
  expect(moments).toHaveLength(6);
  expect(moments).toEqual(
    expect.arrayContaining([
      [ago(60), 'begin', 'started', 'none'],
      [ago(50), 'fault', 'a node fault', 'bad'],
      // It runs again.
      [ago(40), 'recovery', 'recovered from a node fault', 'good'],
      // As after a preemption.
      [ago(20), 'restart', 'started again', 'none'],
      [ago(2), 'fault', 'a hang', 'bad'],
      [ago(1), 'end', 'failed', 'bad'],
    ]),
  );
  const faults = trainingJob.showing.detail(job).tables.find(({ title }) => title === 'Faults');
  expect(faults?.rows).toEqual([
    [
      { text: 'a hang' },
      { instant: ago(2) },
      { amount: 60, unit: 'seconds' },
      { verdict: 'not recovered', news: 'bad' },
      { note: '' },
    ],
    [
      { text: 'a node fault' },
      { instant: ago(50) },
      { amount: 600, unit: 'seconds' },
      { verdict: 'recovered', news: 'good' },
      { note: 'node-7 is lost' },
    ],
  ]);
});
