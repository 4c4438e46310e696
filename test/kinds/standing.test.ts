import { expect, test } from 'vitest';
import { KIND_NAMES } from '../../src/kind-table.ts';
import { KINDS } from '../../src/kinds/kinds.ts';
import { pool } from '../../src/kinds/pool/pool.ts';
import { service } from '../../src/kinds/service/service.ts';
import { trainingJob } from '../../src/kinds/training-job/training-job.ts';

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
    restarts: 2,
  });
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
  trainingJob.listing.fold(
    job,
    { phase: 'failed', final: true, startedAt: NOW - 9, runStartedAt: NOW - 5, endedAt: NOW - 1 },
    NOW,
  );
  expect(trainingJob.showing.moments(job).map(({ at, what, news }) => [at, what, news])).toEqual([
    [NOW - 9, 'begin', 'none'],
    [NOW - 5, 'restart', 'none'],
    [NOW - 1, 'end', 'bad'],
  ]);
});
