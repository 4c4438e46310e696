import {
  type Dialect,
  type DialectOptions,
  DOCUMENTED_DIALECT,
  withOptions,
} from '../../src/simulator/dialect.ts';
import { anyDialect } from '../simulator-kit/any-dialect.ts';
import type { Draws } from './draws.ts';
import { drawPace, type Pace } from './pace.ts';

/** What one story is about. Durations are milliseconds. */
export interface Shape extends Pace {
  /** Each has a part of the targets; else each has all, and they are replicas. */
  readonly isSharded: boolean;
  readonly alertmanagers: number;
  /** Before Alertmanagers tell that an alert is over. */
  readonly groupInterval: number;
  readonly dialect: Dialect;
  readonly schedule: 'scrape' | 'background';
  readonly projects: number;
  /** What the exporters are known by to the cloud. */
  readonly auth: 'token' | 'password';
}

const MINUTE = 60_000;
const REPLICAS_LIST_WITHIN = 10 * MINUTE;

export function drawShape(draws: Draws): Shape {
  const { pick, integer, chance } = draws;
  const pace = drawPace(draws);
  const { hosts } = pace;
  // Replicas that list so rarely contradict each other for longer than any group waits.
  const isSharded = hosts > 1 && (pace.refresh > REPLICAS_LIST_WITHIN || chance(0.4));
  return {
    ...pace,
    isSharded,
    alertmanagers: integer(1, 3),
    // Within it a replica that listed a little later says that the alert goes on: once one was stopped for a while, it
    // may be later by all the time between two listings. One alone must be in time.
    groupInterval: hosts > 1 ? 6 * MINUTE + (isSharded ? 0 : pace.refresh) : MINUTE,
    dialect: chance(0.5) ? DOCUMENTED_DIALECT : withOptions(DOCUMENTED_DIALECT, manyPages(anyDialect(pick))),
    schedule: pick(['scrape', 'scrape', 'scrape', 'background']),
    projects: pick([1, 1, 1, 2]),
    auth: pick(['token', 'token', 'password']),
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
