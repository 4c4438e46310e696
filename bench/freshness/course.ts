import { Throttle } from '../../src/simulator/access/throttle.ts';
import { createVirtualExporter } from '../../test/simulator-kit/virtual-exporter.ts';
import { createVirtualTime } from '../../test/simulator-kit/virtual-time.ts';
import { NOW } from '../fleet.ts';
import { type Trouble, TroubledCloud } from './troubled-cloud.ts';

export interface CourseOptions {
  readonly targets: number;
  /** Requests in five minutes that the cloud grants. */
  readonly quota: number;
  /** Hours for the start, in which the quota is learnt and what lives is read. */
  readonly startHours: number;
  /** Hours that are measured then. */
  readonly hours: number;
}

/** What a course has shown. Milliseconds; a trouble that was not noticed by the end counts as noticed then. */
export interface CourseResult {
  readonly listed: Delays;
  readonly unlisted: Delays;
  /** Per second, and by operation. */
  readonly requests: Readonly<Record<string, number>>;
  /** In the hours that are measured. */
  readonly refusals: number;
  readonly refusalsAtStart: number;
  /** Until `/-/ready`, until every target was read, and the longest that anyone who was due had to wait afterwards. */
  readonly readyAfter: number;
  readonly allReadAfter: number | undefined;
  readonly longestWait: number;
}

interface Delays {
  readonly metric: readonly number[];
  readonly alert: readonly number[];
}

const LATENCY = 150;
const SCRAPE_INTERVAL = 30_000;
const SCRAPE_PATIENCE = 9_500;
const HOUR = 3_600_000;
const LOOK = 1_000;

interface Noticing {
  readonly trouble: Trouble;
  readonly problemsBefore: number;
  counted?: number;
  told?: number;
}

/** Runs the exporter, with its default configuration and everything discovered, beside a cloud in virtual time. */
export async function runCourse({ targets, quota, startHours, hours }: CourseOptions): Promise<CourseResult> {
  const time = createVirtualTime(NOW);
  const { clock } = time;
  const noticings: Noticing[] = [];
  /** The last trouble of each target. */
  const open = new Map<string, Noticing>();
  const world = new TroubledCloud(targets, 1, time, (trouble) => {
    const noticing: Noticing = { trouble, problemsBefore: problemsOf(trouble) };
    noticings.push(noticing);
    open.set(trouble.id, noticing);
  });
  let requests: Record<string, number> = {};
  let refusals = 0;
  const exporter = await createVirtualExporter({
    time,
    cloud: world.cloud,
    throttle: new Throttle({ limit: quota, period: 300_000 }),
    latency: LATENCY,
    onPost: (alerts) => {
      for (const { labels, endsAt } of alerts) {
        const noticing = open.get(labels['target'] ?? '');
        if (Date.parse(endsAt) > clock() && noticing !== undefined)
          noticing.told ??= clock() - noticing.trouble.at;
      }
    },
    onAnswer: (operation, status) => {
      requests[operation] = (requests[operation] ?? 0) + 1;
      if (status === 429) refusals += 1;
    },
  });
  const { collector } = exporter;

  function problemsOf({ kind, id }: Trouble): number {
    return collector.find({ project: 'prod', kind, id })?.counting.counted.state().problems ?? 0;
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
  async function pass(duration: number): Promise<void> {
    for (const until = passed() + duration; passed() < until; ) {
      if (passed() % SCRAPE_INTERVAL === 0) void collector.collect(SCRAPE_PATIENCE);
      await time.pass(LOOK);
      look();
      if (readyAfter === undefined && collector.ready()) readyAfter = passed();
      if (passed() % SCRAPE_INTERVAL !== 0) continue;
      const all = collector.targets();
      if (allReadAfter === undefined && all.length >= targets && all.every(({ reads }) => reads.hasSucceeded))
        allReadAfter = passed();
      const waits = collector.loads().map((load) => load.longestWait * 1000);
      if (passed() > startHours * HOUR) longestWait = Math.max(longestWait, ...waits);
    }
  }

  exporter.start();
  await pass(startHours * HOUR);
  const refusalsAtStart = refusals;
  refusals = 0;
  requests = {};
  world.start();
  await pass(hours * HOUR);
  const seconds = hours * 3_600;
  const measured = {
    requests: Object.fromEntries(Object.entries(requests).map(([name, count]) => [name, count / seconds])),
    refusals,
  };
  void exporter.stop();
  await time.pass(60_000);
  const delays = (isListed: boolean): Delays => {
    // What began at the very end had no chance.
    const begun = noticings.filter(
      ({ trouble }) => trouble.isListed === isListed && clock() - trouble.at > HOUR / 2,
    );
    const never = hours * HOUR;
    return {
      metric: begun.map(({ counted = never }) => counted),
      alert: begun.map(({ told = never }) => told),
    };
  };
  return {
    ...measured,
    listed: delays(true),
    unlisted: delays(false),
    refusalsAtStart,
    readyAfter: readyAfter ?? Number.NaN,
    allReadAfter,
    longestWait,
  };
}
