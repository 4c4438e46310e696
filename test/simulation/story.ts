import { seededRandom } from '../../src/simulator/seeded-random.ts';
import { createVirtualTime } from '../simulator-kit/virtual-time.ts';
import { AlertmanagerCluster } from './alertmanagers.ts';
import { drawsOf } from './draws.ts';
import { describe, type Fault, planFaults, weatherOf } from './faults.ts';
import { Identity } from './identity.ts';
import type { Played } from './laws/played.ts';
import { Censor } from './laws/secrecy.ts';
import { everythingSettles } from './laws/serving.ts';
import { Judge } from './laws.ts';
import { Machine } from './machine.ts';
import { Network } from './network.ts';
import { Operator } from './operator.ts';
import { Scraper } from './scraper.ts';
import { drawShape } from './shape.ts';
import { troubleOf } from './troubles.ts';
import { World } from './world.ts';

export interface StoryOptions {
  readonly seed: number;
  /** Of the trouble, in milliseconds; hours of rest come after it. A story at short intervals tells less. */
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
  /** Milliseconds of targets that were watched, all together. */
  readonly targetTime: number;
}

/** A whole second, as jobs and pools tell no less. */
const START = Date.UTC(2026, 0, 5, 9);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const STEP = 10_000;
const LOOK_EVERY = HOUR;
const SCRAPE_TIMEOUT = 10_000;

/** Plays one story from beginning to end: the same seed, and the same faults, tell the same. */
export async function play({ seed, duration, faults: given }: StoryOptions): Promise<StoryResult> {
  const draws = (stream: string) => drawsOf(seededRandom(seed, stream));
  const shape = drawShape(draws('shape'));
  const { hosts, alertmanagers, groupInterval, dialect } = shape;
  const time = createVirtualTime(START);
  const { clock, timers } = time;
  const troubled = Math.min(duration, shape.longest);
  const faults = given ?? planFaults(draws('faults'), shape, troubled - Math.min(HOUR, troubled / 4));
  const lines: string[] = [];
  const say = (text: string) => lines.push(`${new Date(clock()).toISOString().slice(5, 19)}  ${text}`);

  const world = new World(time, draws('world'), shape);
  const cluster = new AlertmanagerCluster(alertmanagers, groupInterval);
  const censor = new Censor();
  const machines: Machine[] = [];
  const identity = new Identity(world.cloud, shape.auth);
  const operator = new Operator(identity, shape, () => machines);
  const networks = Array.from(
    { length: hosts },
    (_, index) =>
      new Network({
        cloud: world.cloud,
        dialect,
        time,
        draws: draws(`network ${index}`),
        identity,
      }),
  );
  for (const [index, network] of networks.entries()) {
    machines.push(
      new Machine({
        config: (machine) => operator.config(machine),
        time,
        network,
        cluster,
        draws: draws(`machine ${index}`),
        shard: shape.isSharded ? { index, count: hosts } : { index: 0, count: 1 },
        log: censor.log,
        onText: censor.look,
      }),
    );
  }
  const scrapers = machines.map(() =>
    shape.scrapeIntervals.map((interval, place) => new Scraper(place === 0 ? 'fast' : 'slow', interval)),
  );
  const broken: string[] = [];
  const played: Played = {
    start: START,
    clock,
    shape,
    world,
    cluster,
    machines,
    networks,
    scrapers,
    faults,
    broken,
  };
  const judge = new Judge(played, censor);

  const active = new Set<Fault>();
  const turn = (fault: Fault, what: 'begin' | 'end') => {
    const { name, host, member } = fault;
    const [machine, network] = [machines[host], networks[host]];
    if (machine === undefined || network === undefined) return;
    if (what === 'begin') active.add(fault);
    else active.delete(fault);
    const scraper = scrapers[host]?.[fault.at % shape.scrapeIntervals.length];
    troubleOf(name)[what]?.({ machine, cluster, member, operator, scraper });
    network.weather = weatherOf([...active].filter((each) => each.host === host));
  };

  async function scrapeAgainAndAgain(scraper: Scraper, machine: Machine): Promise<void> {
    for (;;) {
      const answered = new AbortController();
      const answer = machine.running && !scraper.isAway ? scraper.scrape(machine.running) : undefined;
      answer?.then((text) => {
        censor.look('metrics', text);
        answered.abort('over');
      });
      if (answer !== undefined) await timers.sleep(SCRAPE_TIMEOUT, answered.signal).catch(() => {});
      await timers.sleep(scraper.interval);
    }
  }

  say(JSON.stringify(shape));
  for (const machine of machines) machine.start();
  await time.pass(STEP);
  world.live();
  for (const [index, machine] of machines.entries())
    for (const scraper of scrapers[index] ?? []) void scrapeAgainAndAgain(scraper, machine);

  let targetTime = 0;
  const playUntil = async (end: number) => {
    while (clock() - START < end && broken.length === 0) {
      const now = clock() - START;
      for (const fault of active) if (fault.at + fault.lasts <= now) turn(fault, 'end');
      for (const fault of faults) {
        if (fault.at > now || fault.at <= now - STEP) continue;
        say(describe(fault));
        turn(fault, 'begin');
      }
      await time.pass(STEP);
      cluster.flush(clock());
      if (now % LOOK_EVERY >= STEP) continue;
      targetTime += LOOK_EVERY * world.targets().length;
      judge.look();
    }
  };

  await playUntil(troubled);
  world.stop();
  for (const fault of active) turn(fault, 'end');
  await playUntil(troubled + shape.quietEnd);
  for (const [index, { running }] of machines.entries())
    for (const scraper of scrapers[index] ?? [])
      if (running !== undefined) void scraper.scrape(running, true);
  await time.pass(MINUTE);
  if (broken.length === 0) judge.sum();
  if (broken.length === 0) {
    for (const machine of machines) void machine.stop();
    await time.pass(MINUTE);
    everythingSettles(played);
  }
  for (const text of broken) say(`BROKEN: ${text}`);
  for (const machine of machines) machine.kill();
  const requests = networks.reduce((sum, each) => sum + each.requests, 0);
  return { faults, broken, lines, requests, targetTime };
}
