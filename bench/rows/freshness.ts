import { type Cell, cellsOf } from '../freshness/cell.ts';
import type { CourseResult, Delays } from '../freshness/course.ts';
import { formatCells, type Row } from '../row.ts';
import { quantile } from '../statistics.ts';
import { Subject } from '../subject.ts';

/** Seconds. */
const INTERVAL = 30;
const LATENCY = 0.15;

type Result = Cell & CourseResult;

/**
 * How long events take to be counted and told, by fleet and quota, as a table; and the goals as rows.
 * @param names of cells, as in `380@0.67`; all where none is named
 */
export async function freshness(names: readonly string[]): Promise<Row[]> {
  const results: Result[] = [];
  console.error(HEAD.join(' | '));
  for (const cell of cellsOf(names)) {
    await using course = new Subject('freshness', { flags: ['--max-semi-space-size=64'] });
    const result = { ...cell, ...(await course.ask<CourseResult>('course', cell)) };
    results.push(result);
    console.error(lineOf(result).join(' | '));
  }
  console.log(`${formatCells([HEAD, ...results.map(lineOf)])}\n`);
  console.log(`${formatCells([USES_HEAD, ...results.map(usesOf)])}\n`);
  const at = (name: string) => results.filter((result) => result.name === name);
  return [...at('380@0.67').flatMap(goalsAt380), ...at('10000@20').flatMap(goalsAt10000)];
}

const HEAD = [
  'cell',
  'problems',
  'listed: metric',
  'listed: alert',
  'floor',
  'only events: metric',
  'only events: alert',
  'round-robin',
  'floor',
  'refusals',
  'longest wait',
];

function lineOf(result: Result): string[] {
  const { name, targets, quota, replicas, listed, unlisted, requests, refusals, refusalsAtStart } = result;
  const rate = quota / 300 / replicas;
  const ofDelays = (delays: readonly number[]) => pair(...summaryOf(delays));
  const round = (requestsPerSecond: number) => {
    const length = Math.max(INTERVAL, targets / requestsPerSecond);
    return pair(length / 2 + 2 * LATENCY, length * 0.95 + 2 * LATENCY);
  };
  return [
    name,
    `${problemsOf(listed)} + ${problemsOf(unlisted)}`,
    ofDelays(listed.metric),
    ofDelays(listed.alert),
    pair(INTERVAL / 2 + 2 * LATENCY, INTERVAL * 0.95 + 2 * LATENCY),
    ofDelays(unlisted.metric),
    ofDelays(unlisted.alert),
    round(rate),
    round(rate - requests.listings),
    `${refusalsAtStart} + ${refusals} in ${result.measuredHours.toFixed(0)} h`,
    spell(result.longestWait / 1000),
  ];
}

const USES_HEAD = ['cell', 'requests', 'listings', 'changes', 'events', 'of ended jobs', 'update records'];

/** What the requests were for. */
function usesOf({ name, requests }: Result): string[] {
  const { listings, changes, events, ended, updates } = requests;
  const all = Object.values(requests).reduce((sum, each) => sum + each, 0);
  const parts = [listings, changes, events, ended, updates].map(
    (each) => `${((100 * each) / all).toFixed(1)} %`,
  );
  return [name, `${all.toFixed(2)}/s`, ...parts];
}

function problemsOf({ metric, missed }: Delays): string {
  return missed === 0 ? `${metric.length}` : `${metric.length} (${missed} not noticed)`;
}

/** Median and 95th percentile in seconds. */
function summaryOf(delays: readonly number[]): [median: number, p95: number] {
  return [quantile(delays, 0.5) / 1000, quantile(delays, 0.95) / 1000];
}

function pair(median: number, p95: number): string {
  return `${spell(median)} / ${spell(p95)}`;
}

function spell(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  return seconds < 7_200 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}

function goalsAt380(result: Result): Row[] {
  const fleet = '380 targets at 200 requests in 5 minutes';
  const rows = [
    ['a problem that listings show is counted', result.listed.metric, 60, 120],
    ['a problem that listings show is told', result.listed.alert, 60, 120],
    ['a problem that only events show is counted', result.unlisted.metric, 480, 960],
    ['a problem that only events show is told', result.unlisted.alert, 480, 960],
  ] as const;
  return [
    ...rows.flatMap(([what, delays, medianMax, p95Max]) => {
      const [median, p95] = summaryOf(delays);
      return [
        rowOf(`${fleet}: ${what}, median`, delays, median, medianMax),
        rowOf(`${fleet}: ${what}, 95th percentile`, delays, p95, p95Max),
      ];
    }),
    {
      what: `${fleet}: refusals once the quota is learnt`,
      measured: `${result.measuredHours.toFixed(0)} h`,
      against: '-',
      figure: result.refusals,
      unit: ' refusals',
      target: { atMost: 3 },
    },
  ];
}

function goalsAt10000(result: Result): Row[] {
  return [result.listed.metric, result.listed.alert].map((delays, index) =>
    rowOf(
      `10,000 targets at 20 requests a second: a problem that listings show is ${['counted', 'told'][index]}, 95th percentile`,
      delays,
      summaryOf(delays)[1],
      60,
    ),
  );
}

function rowOf(what: string, delays: readonly number[], figure: number, atMost: number): Row {
  return {
    what,
    measured: `${delays.length} problems`,
    against: '-',
    figure,
    unit: ' s',
    target: { atMost },
  };
}
