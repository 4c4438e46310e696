import type { CourseOptions, CourseResult } from '../freshness/course.ts';
import { formatCells, type Row } from '../row.ts';
import { quantile } from '../statistics.ts';
import { Subject } from '../subject.ts';

const FLEETS = [40, 380, 2_000, 10_000];
/** Requests in five minutes: 0.67, 3.3 and 20 per second. */
const QUOTAS = [200, 1_000, 6_000];
const PERIOD = 300;
/** Seconds. */
const INTERVAL = 30;
const LATENCY = 0.15;

/** How long events take to be counted and told, by fleet and quota, as a table; and the goals as rows. */
export async function freshness(): Promise<Row[]> {
  const cells = FLEETS.flatMap((targets) =>
    QUOTAS.map((quota) => ({ targets, quota, ...hoursOf(targets, quota) })),
  );
  const results = await inPairs(cells, async (cell) => {
    await using course = new Subject('freshness');
    const result = await course.ask<CourseResult>('course', cell);
    console.error(`measured: ${cell.targets} targets, ${cell.quota} requests in 5 minutes`);
    return { ...cell, ...result };
  });
  console.log(`${formatCells([HEAD, ...results.map(lineOf)])}\n`);
  const at = (targets: number, quota: number) =>
    results.find((result) => result.targets === targets && result.quota === quota);
  return [...goalsAt380(at(380, 200)), ...goalsAt10000(at(10_000, 6_000))];
}

type Result = CourseOptions & CourseResult;

/** More where few targets mean few troubles; no more than the processor has done in some minutes. */
function hoursOf(targets: number, quota: number): Pick<CourseOptions, 'startHours' | 'hours'> {
  if (targets >= 10_000) return { startHours: 0.5, hours: 0.75 };
  if (targets >= 2_000) return { startHours: 1, hours: 2 };
  return { startHours: 1.5, hours: quota > 200 ? 4 : 10 };
}

const HEAD = [
  'targets',
  'quota',
  'listed: metric',
  'listed: alert',
  'floor',
  'only events: metric',
  'only events: alert',
  'round-robin',
  'floor',
  'requests',
  'refusals',
  'longest wait',
];

function lineOf(result: Result): string[] {
  const { targets, quota, hours, listed, unlisted, requests, refusals, refusalsAtStart } = result;
  const rate = quota / PERIOD;
  const perSecond = (names: (name: string) => boolean) =>
    Object.entries(requests).reduce((sum, [name, count]) => sum + (names(name) ? count : 0), 0);
  const pair = (median: number, p95: number) => `${spell(median, hours)} / ${spell(p95, hours)}`;
  const ofDelays = (delays: readonly number[]) => pair(...summaryOf(delays));
  const round = (requestsPerSecond: number) => {
    const length = Math.max(INTERVAL, targets / requestsPerSecond);
    return pair(length / 2 + 2 * LATENCY, length * 0.95 + 2 * LATENCY);
  };
  return [
    targets.toLocaleString('en'),
    `${rate.toPrecision(2)}/s`,
    ofDelays(listed.metric),
    ofDelays(listed.alert),
    pair(INTERVAL / 2 + 2 * LATENCY, INTERVAL * 0.95 + 2 * LATENCY),
    ofDelays(unlisted.metric),
    ofDelays(unlisted.alert),
    round(rate),
    round(rate - perSecond((name) => name.startsWith('list_'))),
    `${perSecond(() => true).toFixed(2)}/s`,
    `${refusalsAtStart} + ${refusals}`,
    spell(result.longestWait / 1000, Number.POSITIVE_INFINITY),
  ];
}

/** Median and 95th percentile in seconds. */
function summaryOf(delays: readonly number[]): [median: number, p95: number] {
  return [quantile(delays, 0.5) / 1000, quantile(delays, 0.95) / 1000];
}

/** What was not noticed in the hours measured takes longer than these. */
function spell(seconds: number, hours: number): string {
  if (seconds >= hours * 3_600) return `> ${hours} h`;
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  return seconds < 7_200 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}

function goalsAt380(result: Result | undefined): Row[] {
  if (result === undefined) return [];
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
      measured: `${result.hours} h`,
      against: '-',
      figure: result.refusals,
      unit: ' refusals',
      target: { atMost: 3 },
    },
  ];
}

function goalsAt10000(result: Result | undefined): Row[] {
  if (result === undefined) return [];
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

/** Two at a time. */
async function inPairs<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all([lane(), lane()]);
  return results;
}
