import { TargetExposition } from '../../src/collection/target-exposition.ts';
import { Throttle } from '../../src/simulator/access/throttle.ts';
import { createVirtualExporter } from '../../test/simulator-kit/virtual-exporter.ts';
import { createVirtualTime } from '../../test/simulator-kit/virtual-time.ts';
import { NOW } from '../fleet.ts';
import { type Purpose, purposesOf } from './purpose.ts';
import { type Trouble, TroubledCloud } from './troubled-cloud.ts';

export interface CourseOptions {
  readonly targets: number;
  /** Requests in five minutes that the cloud grants. */
  readonly quota: number;
  /** Exporters that send by the same user and do not know of each other. */
  readonly replicas: number;
  /** Hours for the start, in which the quota is learnt; it goes on until all was read once. */
  readonly startHours: number;
  /** Hours in which problems begin then. */
  readonly hours: number;
  /** Of each sort per hour. */
  readonly troubles: number;
}

/** What a course has shown. */
export interface CourseResult {
  readonly listed: Delays;
  readonly unlisted: Delays;
  /** Of one exporter, from here on. Requests per second, by what they were for. */
  readonly requests: Readonly<Record<Purpose, number>>;
  /** In the hours that are measured. */
  readonly refusals: number;
  readonly refusalsAtStart: number;
  readonly measuredHours: number;
  /** Milliseconds until `/-/ready`, until every target was read, and the longest that anyone had to wait afterwards. */
  readonly readyAfter: number;
  readonly allReadAfter: number | undefined;
  readonly longestWait: number;
}

/** Milliseconds until each problem was noticed, and how many were not when the course ended. */
export interface Delays {
  readonly metric: readonly number[];
  readonly alert: readonly number[];
  readonly missed: number;
}

const LATENCY = 150;
const SCRAPE_INTERVAL = 30_000;
const SCRAPE_PATIENCE = 9_500;
const HOUR = 3_600_000;
const LOOK = 1_000;
/** The second of a pair is started so much later. */
const STAGGER = 37_000;
/** Rounds of all targets, and hours, in which all was read once, and the last problem is noticed, at the latest. */
const LAST_ROUNDS = 3;
const LAST_HOURS = 1;

interface Noticing {
  readonly trouble: Trouble;
  readonly problemsBefore: number;
  counted?: number;
  told?: number;
}

// Nobody scrapes here, and to render at each listing what nobody is shown would be most of the work.
TargetExposition.prototype.update = () => {};

/** Runs the exporter, with its default configuration and everything discovered, beside a cloud in virtual time. */
export async function runCourse(options: CourseOptions): Promise<CourseResult> {
  const { targets, quota, replicas, startHours, hours, troubles } = options;
  const time = createVirtualTime(NOW);
  const { clock } = time;
  const noticings: Noticing[] = [];
  /** The last trouble of each target. */
  const open = new Map<string, Noticing>();
  const purposes = purposesOf((id) => world.cloud.job(id).end_time !== undefined);
  const world = new TroubledCloud(targets, 1, time, {
    onTrouble(trouble) {
      const noticing: Noticing = { trouble, problemsBefore: problemsOf(trouble) };
      noticings.push(noticing);
      open.set(trouble.id, noticing);
    },
    onChange: purposes.changed,
  });
  const throttle = new Throttle({ limit: quota, period: 300_000 });
  const start = (isWatched: boolean) =>
    createVirtualExporter({
      time,
      cloud: world.cloud,
      throttle,
      latency: LATENCY,
      onPost: (alerts) => {
        for (const { labels, endsAt } of isWatched ? alerts : []) {
          const noticing = open.get(labels['target'] ?? '');
          if (Date.parse(endsAt) > clock() && noticing !== undefined)
            noticing.told ??= clock() - noticing.trouble.at;
        }
      },
      onAnswer: (operation, status, path) => isWatched && purposes.answered(operation, status, path),
    });
  const exporter = await start(true);
  const others = await Promise.all(Array.from({ length: replicas - 1 }, () => start(false)));
  const { collector } = exporter;

  function problemsOf({ kind, id }: Trouble): number {
    const target = collector.find({ project: 'prod', kind, id });
    const bad = target?.counting.tally.totals().filter(([[level]]) => level !== 'normal' && level !== 'info');
    return bad?.reduce((sum, [, count]) => sum + count, 0) ?? 0;
  }

  /** Notes which troubles are counted by now. */
  function look(): void {
    for (const noticing of open.values()) {
      const { trouble, problemsBefore } = noticing;
      if (problemsOf(trouble) > problemsBefore) noticing.counted ??= clock() - trouble.at;
      if (noticing.counted !== undefined && noticing.told !== undefined) open.delete(trouble.id);
    }
  }

  let readyAfter: number | undefined;
  let allReadAfter: number | undefined;
  let longestWait = 0;
  const passed = () => clock() - NOW;
  async function pass(duration: number, isOver = () => false): Promise<void> {
    for (const until = passed() + duration; passed() < until && !isOver(); ) {
      const isScrape = passed() % SCRAPE_INTERVAL === 0;
      if (isScrape) for (const each of [exporter, ...others]) void each.collector.collect(SCRAPE_PATIENCE);
      await time.pass(LOOK);
      look();
      if (readyAfter === undefined && collector.ready()) readyAfter = passed();
      if (!isScrape) continue;
      const all = collector.targets();
      if (allReadAfter === undefined && all.length >= targets && all.every(({ reads }) => reads.hasSucceeded))
        allReadAfter = passed();
      const waits = collector.loads().map((load) => load.longestWait * 1000);
      longestWait = Math.max(longestWait, ...waits);
    }
  }

  exporter.start();
  await pass(STAGGER);
  for (const each of others) each.start();
  await pass(startHours * HOUR - STAGGER);
  const lastHours = LAST_HOURS + (LAST_ROUNDS * replicas * targets) / (quota * 12);
  await pass(lastHours * HOUR, () => allReadAfter !== undefined);
  const refusalsAtStart = purposes.take().refused;
  const began = passed();
  longestWait = 0;
  world.start(troubles);
  await pass(hours * HOUR);
  world.calmDown();
  await pass(lastHours * HOUR, () => open.size === 0);
  const measuredHours = (passed() - began) / HOUR;
  const requests = purposes.take();
  const perSecond = Object.entries(requests).map(([name, count]) => [name, count / measuredHours / 3_600]);
  for (const each of [exporter, ...others]) void each.stop();
  await time.pass(60_000);
  const delays = (isListed: boolean): Delays => {
    const begun = noticings.filter(({ trouble }) => trouble.isListed === isListed);
    const missed = begun.filter(({ counted, told }) => counted === undefined || told === undefined).length;
    // Longer than the course went on.
    const never = (hours + lastHours) * HOUR;
    return {
      metric: begun.map(({ counted = never }) => counted),
      alert: begun.map(({ told = never }) => told),
      missed,
    };
  };
  return {
    listed: delays(true),
    unlisted: delays(false),
    requests: Object.fromEntries(perSecond) as Record<Purpose, number>,
    refusals: requests.refused,
    refusalsAtStart,
    measuredHours,
    readyAfter: readyAfter ?? Number.NaN,
    allReadAfter,
    longestWait,
  };
}
