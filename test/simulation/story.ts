import type { Logger } from '../../src/log.ts';
import { seededRandom } from '../../src/simulator/seeded-random.ts';
import { configOf, prodAt } from '../configuration.ts';
import { createVirtualTime } from '../simulator-kit/virtual-time.ts';
import { AlertmanagerCluster } from './alertmanagers.ts';
import { drawsOf } from './draws.ts';
import { describe, type Fault, planFaults, QUIET_END, weatherOf } from './faults.ts';
import { checkEnd, checkNow, type Played } from './laws.ts';
import { Machine } from './machine.ts';
import { Network } from './network.ts';
import { Scraper } from './scraper.ts';
import { World } from './world.ts';

export interface StoryOptions {
  readonly seed: number;
  /** Of the trouble, in milliseconds; hours of rest come after it. */
  readonly duration: number;
  /** In place of those that the seed makes. */
  readonly faults?: readonly Fault[];
}

export interface StoryResult {
  readonly faults: readonly Fault[];
  /** Laws that were broken, in the order of their breaking. */
  readonly broken: readonly string[];
  /** What happened, a line each. */
  readonly lines: readonly string[];
  readonly requests: number;
}

/** A whole second, as jobs and pools tell no less. */
const START = Date.UTC(2026, 0, 5, 9);
const MINUTE = 60_000;
const STEP = 10_000;
const REFRESH = '5m';

/** Plays one story from beginning to end: the same seed, and the same faults, tell the same. */
export async function play({ seed, duration, faults: given }: StoryOptions): Promise<StoryResult> {
  const draws = (stream: string) => drawsOf(seededRandom(seed, stream));
  const shape = draws('shape');
  const hosts = shape.pick([1, 1, 2]);
  const isSharded = hosts === 2 && shape.chance(0.3);
  const members = shape.integer(1, 3);
  const time = createVirtualTime(START);
  const { clock, timers } = time;
  const world = new World(time, draws('world'));
  const cluster = new AlertmanagerCluster(members);
  const faults = given ?? planFaults(draws('faults'), { duration, hosts, members });
  const lines: string[] = [];
  const say = (text: string) => lines.push(`${new Date(clock()).toISOString().slice(5, 19)}  ${text}`);

  const eventsPerPoll = shape.pick([40, 10_000]);
  const schedule = shape.pick(['scrape', 'scrape', 'background']);
  const config = (minInterval: string) =>
    configOf({
      collection: { min_interval: minInterval, schedule },
      // So few that a burst takes several reads.
      limits: { events_per_poll: eventsPerPoll },
      state: { file: '/data/state' },
      alerting: {
        interval: '2m',
        alertmanagers: cluster.members.map((_, index) => ({
          url: `http://alertmanager.invalid:${index + 1}`,
        })),
      },
      projects: [
        {
          ...prodAt('http://cloud.invalid'),
          discovery: {
            services: { enabled: true, refresh: REFRESH },
            training_jobs: { enabled: true, refresh: REFRESH },
            pools: { enabled: true, refresh: REFRESH },
          },
        },
      ],
    });
  const interval = shape.pick([1, 5, 5]);
  const configs = [config(`${interval}m`), config(`${interval + 1}m`)] as const;
  let chosen = 0;
  const unexpected: string[] = [];
  const note = (level: string) => (message: string, fields?: object) => {
    const text = `${level}: ${message} ${JSON.stringify(fields ?? {})}`;
    if (/unexpected/.test(text)) unexpected.push(text);
  };
  const log: Logger = { debug: () => {}, info: note('info'), warn: note('warn'), error: note('error') };
  const networks: Network[] = [];
  const machines = Array.from({ length: hosts }, (_, index) => {
    const network = new Network(world.cloud, time, draws(`network ${index}`));
    networks.push(network);
    return new Machine({
      config: () => configs[chosen % configs.length] ?? configs[0],
      time,
      network,
      cluster,
      draws: draws(`machine ${index}`),
      shard: isSharded ? { index, count: hosts } : { index: 0, count: 1 },
      log,
    });
  });
  const scrapers = machines.map(() => [new Scraper('fast', 2 * MINUTE), new Scraper('slow', 5 * MINUTE)]);
  const played: Played = {
    networks,
    start: START,
    clock,
    world,
    cluster,
    machines,
    scrapers,
    faults,
    isSharded,
    unexpected,
    broken: [],
  };

  const active = new Set<Fault>();
  const begin = (fault: Fault) => {
    say(describe(fault));
    active.add(fault);
    const machine = machines[fault.host];
    if (machine === undefined) return;
    if (fault.kind === 'kill') machine.kill();
    else if (fault.kind === 'power loss') machine.losePower();
    else if (fault.kind === 'restart') void machine.stop();
    else if (fault.kind === 'reload') {
      chosen += 1;
      machine.reload();
    } else if (fault.kind === 'disk full') machine.disk.room = 3_000;
    else if (fault.kind === 'slow disk') machine.disk.slowness = 50;
    else if (fault.kind === 'stuck event log') machine.isLogStuck = true;
    else if (fault.kind === 'clock step') machine.clockError += fault.by;
    else if (fault.kind === 'alertmanager killed') cluster.kill(fault.member);
    else if (fault.kind === 'alertmanager unreachable') machine.unreachable.add(fault.member);
    setWeather(fault.host);
  };
  const end = (fault: Fault) => {
    active.delete(fault);
    const machine = machines[fault.host];
    if (machine === undefined) return;
    if (fault.kind === 'kill' || fault.kind === 'power loss' || fault.kind === 'restart') {
      if (machine.running === undefined) machine.start();
    } else if (fault.kind === 'disk full') machine.disk.room = Number.POSITIVE_INFINITY;
    else if (fault.kind === 'slow disk') machine.disk.slowness = 1;
    else if (fault.kind === 'stuck event log') machine.isLogStuck = false;
    else if (fault.kind === 'clock step') machine.clockError -= fault.by;
    else if (fault.kind === 'alertmanager unreachable') machine.unreachable.delete(fault.member);
    else if (fault.kind === 'alertmanager killed') {
      const member = cluster.members[fault.member];
      if (member !== undefined) member.isUp = true;
    }
    setWeather(fault.host);
  };
  const setWeather = (host: number) => {
    const network = networks[host];
    if (network !== undefined) network.weather = weatherOf([...active].filter((each) => each.host === host));
  };

  for (const machine of machines) machine.start();
  await time.pass(STEP);
  world.live();
  for (const [index, own] of scrapers.entries()) {
    for (const scraper of own) void scrapeAgainAndAgain(scraper, index);
  }

  async function scrapeAgainAndAgain(scraper: Scraper, index: number): Promise<void> {
    for (;;) {
      const running = machines[index]?.running;
      const scraping = running === undefined ? undefined : scraper.scrape(running);
      await Promise.race([scraping ?? timers.sleep(0), timers.sleep(10_000)]);
      await timers.sleep(scraper.interval);
    }
  }

  const whole = duration + QUIET_END;
  let stopped = false;
  while (clock() - START < whole && played.broken.length === 0) {
    const now = clock() - START;
    for (const fault of active) if (fault.at + fault.lasts <= now) end(fault);
    for (const fault of faults) if (fault.at <= now && fault.at > now - STEP) begin(fault);
    if (!stopped && now > duration - MINUTE) {
      world.stop();
      stopped = true;
      for (const fault of active) end(fault);
    }
    await time.pass(STEP);
    cluster.flush(clock());
    if (now % (5 * MINUTE) < STEP) checkNow(played);
  }
  if (played.broken.length === 0) await checkEnd(played, time.pass);
  for (const text of played.broken) say(`BROKEN: ${text}`);
  for (const machine of machines) machine.kill();
  return {
    faults,
    broken: played.broken,
    lines,
    requests: networks.reduce((sum, { requests }) => sum + requests, 0),
  };
}
