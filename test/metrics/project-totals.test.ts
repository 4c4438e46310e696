import { expect, test } from 'vitest';
import type { TotalFamily } from '../../src/metrics/family.ts';
import { ProjectTotals } from '../../src/metrics/project-totals.ts';

const WAIT: TotalFamily = {
  name: 'wait_seconds',
  type: 'histogram',
  help: 'Waits.',
  labels: [],
  known: [{}],
  buckets: [1, 60],
};
const BY_POOL: TotalFamily = {
  name: 'node_seconds_total',
  type: 'counter',
  help: 'Node time.',
  labels: ['pool'],
  known: [],
};
const JOBS: TotalFamily = {
  name: 'jobs',
  type: 'gauge',
  help: 'Jobs.',
  labels: ['status'],
  known: [{ status: 'running' }, { status: 'failed' }],
};
const KIND = { project: 'prod', kind: 'training_job' } as const;

function scene(before: ConstructorParameters<typeof ProjectTotals>[2]['totals'] = [], valuesMax = 2) {
  const scrapes = { count: 0, seenByAll: () => scrapes.seen, seen: 0 };
  const families = { training_job: [WAIT, BY_POOL, JOBS] };
  const totals = new ProjectTotals(families, scrapes, { countingSince: 1_000, totals: before });
  totals.configure([KIND], valuesMax);
  const show = (entry: ReturnType<ProjectTotals['add']>) => {
    entry?.capture()();
  };
  return {
    totals,
    scrapes,
    add: (family: TotalFamily, value: number, labels = {}) =>
      show(totals.add('prod', 'training_job', [{ family, labels, value }])),
    setNow: (...statuses: string[]) =>
      show(
        totals.setNow(
          'prod',
          'training_job',
          statuses.map((status) => ({ family: JOBS, labels: { status }, value: 1 })),
        ),
      ),
    lines: (isScrape = false) =>
      totals
        .text('text', isScrape)
        .split('\n')
        .filter((line) => !line.startsWith('#') && line !== ''),
  };
}

test('a histogram is there with 0 and counts what it observes by its bounds', () => {
  const { add, lines } = scene();
  expect(lines()).toContain('wait_seconds_count{project="prod"} 0');
  for (const value of [1, 59.5, 3_600]) add(WAIT, value);
  expect(lines()).toEqual([
    'wait_seconds_bucket{project="prod",le="1"} 1',
    'wait_seconds_bucket{project="prod",le="60"} 2',
    'wait_seconds_bucket{project="prod",le="+Inf"} 3',
    'wait_seconds_sum{project="prod"} 3660.5',
    'wait_seconds_count{project="prod"} 3',
  ]);
});

test('a histogram and a counter that begin late are shown as 0 until every scraper has seen them so', () => {
  const { totals, scrapes, add, lines } = scene();
  add(BY_POOL, 7, { pool: 'a' });
  add(WAIT, 5);
  const values = (isScrape: boolean) => lines(isScrape).map((line) => Number(line.split(' ').at(-1)));
  expect(values(false)).toEqual([0, 1, 1, 5, 1, 7]);
  expect(values(true)).toEqual([0, 0, 0, 0, 0, 0]);
  scrapes.count = 1;
  scrapes.seen = 1;
  for (const entry of totals.grownUp()) entry.capture()();
  expect(values(true)).toEqual([0, 1, 1, 5, 1, 7]);
});

test('OpenMetrics tells once per histogram since when it counts', () => {
  const { totals } = scene();
  const created = totals.text('openmetrics', false).match(/^.*_created.*$/gm);
  expect(created).toEqual(['wait_seconds_created{project="prod"} 1']);
});

test('values of a label beyond the limit are other, and those known stay', () => {
  const { add, lines } = scene();
  for (const pool of ['a', 'b', 'c', 'd', 'a']) add(BY_POOL, 1, { pool });
  expect(lines().filter((line) => line.startsWith('node_seconds'))).toEqual([
    'node_seconds_total{project="prod",pool="a"} 2',
    'node_seconds_total{project="prod",pool="b"} 1',
    'node_seconds_total{project="prod",pool="other"} 2',
  ]);
});

test('what there is now replaces what there was, and is not remembered', () => {
  const { totals, setNow, lines } = scene();
  const jobs = () => lines().filter((line) => line.startsWith('jobs'));
  setNow('running', 'running', 'failed');
  expect(jobs()).toEqual([
    'jobs{project="prod",status="running"} 2',
    'jobs{project="prod",status="failed"} 1',
  ]);
  setNow();
  expect(jobs()).toEqual([
    'jobs{project="prod",status="running"} 0',
    'jobs{project="prod",status="failed"} 0',
  ]);
  expect(JSON.stringify(totals.state())).not.toContain('jobs');
});

test('a restart goes on with what was counted, unless the buckets are others', () => {
  const first = scene();
  first.add(WAIT, 5);
  first.add(BY_POOL, 7, { pool: 'a' });
  const state = JSON.parse(JSON.stringify(first.totals.state()));
  expect(scene(state).lines()).toEqual(first.lines());
  state[0].series[0].values = [1, 2];
  expect(scene(state).lines()).toContain('wait_seconds_count{project="prod"} 0');
});
