import {
  type Dialect,
  type DialectOptions,
  DOCUMENTED_DIALECT,
  withOptions,
} from '../../src/simulator/dialect.ts';
import { anyDialect } from '../simulator-kit/any-dialect.ts';
import type { Draws } from './draws.ts';

/** What one story is about. Durations are milliseconds. */
export interface Shape {
  /** Exporters, each on a host of its own. */
  readonly hosts: number;
  /** Each has a part of the targets; else each has all, and they are replicas. */
  readonly isSharded: boolean;
  readonly alertmanagers: number;
  /** Before Alertmanagers tell that an alert is over. */
  readonly groupInterval: number;
  readonly dialect: Dialect;
  readonly schedule: 'scrape' | 'background';
  readonly eventsPerPoll: number;
  readonly minInterval: number;
  readonly alertInterval: number;
  /** Between two listings. */
  readonly refresh: number;
  /** Of two scrapers of each exporter. */
  readonly scrapeIntervals: readonly number[];
  /** From one trouble to the next on average. */
  readonly troubleEvery: number;
  /** Which part of the time that was asked for is told: what goes on at short intervals takes longer to play. */
  readonly part: number;
  readonly projects: number;
  /** What the exporters are known by to the cloud. */
  readonly auth: 'token' | 'password';
  /** Time at the end in which all is well, so that what is late can come. */
  readonly quietEnd: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export function drawShape(draws: Draws): Shape {
  const { pick, integer, chance } = draws;
  const hosts = pick([1, 1, 1, 1, 2, 3]);
  return {
    hosts,
    isSharded: hosts > 1 && chance(0.4),
    alertmanagers: integer(1, 3),
    // Within it a replica that listed a little later says that the alert goes on; one alone must be in time.
    groupInterval: hosts > 1 ? 6 * MINUTE : MINUTE,
    dialect: chance(0.5) ? DOCUMENTED_DIALECT : withOptions(DOCUMENTED_DIALECT, manyPages(anyDialect(pick))),
    schedule: pick(['scrape', 'scrape', 'scrape', 'background']),
    // So few that a burst takes several reads.
    eventsPerPoll: pick([40, 10_000]),
    ...(chance(0.1) ? brisk(draws) : calm(draws)),
    projects: pick([1, 1, 1, 2]),
    auth: pick(['token', 'token', 'password']),
  };
}

function calm({ pick }: Draws) {
  return {
    minInterval: pick([5 * MINUTE, 10 * MINUTE]),
    alertInterval: pick([5 * MINUTE, 10 * MINUTE]),
    refresh: 10 * MINUTE,
    scrapeIntervals: [pick([3 * MINUTE, 5 * MINUTE, 10 * MINUTE]), 10 * MINUTE],
    troubleEvery: pick([20 * MINUTE, HOUR, 3 * HOUR]),
    part: 1,
    quietEnd: 2 * HOUR,
  };
}

function brisk({ pick }: Draws) {
  return {
    minInterval: pick([15 * SECOND, 30 * SECOND]),
    alertInterval: pick([15 * SECOND, 30 * SECOND]),
    refresh: 30 * SECOND,
    scrapeIntervals: [15 * SECOND, pick([30 * SECOND, MINUTE])],
    troubleEvery: pick([5 * MINUTE, 20 * MINUTE]),
    part: 1 / 12,
    quietEnd: HOUR,
  };
}

/** Pages as large as a server may cut them, where smaller ones would only take time. */
function manyPages(options: DialectOptions): DialectOptions {
  const pageCap = 50;
  return {
    ...options,
    serviceEvents: { ...options.serviceEvents, pageCap },
    trainingJobEvents: { ...options.trainingJobEvents, pageCap },
    poolEvents: { ...options.poolEvents, pageCap },
    inference: { ...options.inference, pageCap },
  };
}
