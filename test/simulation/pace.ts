import type { Draws } from './draws.ts';

/** How often things go on in a story, and how long they last. Milliseconds. */
export interface Pace {
  /** So much is told at most: what goes on at short intervals takes longer to play. */
  readonly longest: number;
  /** Exporters, each on a host of its own. */
  readonly hosts: number;
  readonly minInterval: number;
  readonly alertInterval: number;
  /** So few that a burst takes several reads, or as many as one likes. */
  readonly eventsPerPoll: number;
  /** Between two listings. */
  readonly refresh: number;
  /** Of two scrapers of each exporter. */
  readonly scrapeIntervals: readonly number[];
  /** For how long a problem is told that nothing ends. */
  readonly resolveAfter: number;
  /** Shorter incidents may fall between two reads, longer ones would outlast the rest at the end of a story. */
  readonly incidents: {
    readonly shortest: number;
    readonly longest: number;
    /** Between two of one target, so that each is one of its own. */
    readonly rest: number;
  };
  /** From one event of a target to the next on average. */
  readonly happensEvery: number;
  /** From one trouble to the next on average. */
  readonly troubleEvery: number;
  /** On average, unless it is a matter of seconds. */
  readonly troubleLasts: number;
  /** From its first minutes to the end of all trouble the quota grants less than what is asked for. */
  readonly isTight: boolean;
  /** Time at the end in which all is well, so that what is late can come. */
  readonly quietEnd: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Rare for a server: who misses one such scrape comes back after nine minutes. */
const RARELY = 4.5 * MINUTE;

/** Half of the stories tell a whole day at long intervals, the others some hours of it at shorter ones. */
export function drawPace(draws: Draws): Pace {
  const pace = draws.pick([slow, slow, slow, slow, slow, calm, calm, calm, calm, brisk]);
  return pace(draws);
}

function slow({ pick }: Draws): Pace {
  return {
    longest: DAY,
    // Each more has to be played.
    hosts: pick([1, 1, 1, 1, 1, 2]),
    eventsPerPoll: 10_000,
    minInterval: 30 * MINUTE,
    happensEvery: 40 * MINUTE,
    alertInterval: 30 * MINUTE,
    refresh: 30 * MINUTE,
    scrapeIntervals: [RARELY, RARELY],
    resolveAfter: 90 * MINUTE,
    incidents: { shortest: 70 * MINUTE, longest: 100 * MINUTE, rest: 3 * HOUR },
    troubleEvery: pick([HOUR, 3 * HOUR, 6 * HOUR]),
    troubleLasts: 20 * MINUTE,
    isTight: false,
    quietEnd: 3 * HOUR,
  };
}

function calm({ pick }: Draws): Pace {
  return {
    longest: 6 * HOUR,
    hosts: pick([1, 1, 1, 1, 2, 3]),
    eventsPerPoll: pick([40, 10_000]),
    happensEvery: 20 * MINUTE,
    minInterval: pick([5 * MINUTE, 10 * MINUTE]),
    alertInterval: pick([5 * MINUTE, 10 * MINUTE]),
    refresh: 10 * MINUTE,
    scrapeIntervals: [pick([2 * MINUTE, 3 * MINUTE, RARELY]), RARELY],
    resolveAfter: 30 * MINUTE,
    incidents: { shortest: 20 * MINUTE, longest: 45 * MINUTE, rest: 2 * HOUR },
    troubleEvery: pick([20 * MINUTE, HOUR, 3 * HOUR]),
    troubleLasts: 10 * MINUTE,
    isTight: false,
    quietEnd: 2 * HOUR,
  };
}

function brisk({ pick, chance }: Draws): Pace {
  return {
    longest: 40 * MINUTE,
    hosts: pick([1, 1, 1, 1, 2, 3]),
    eventsPerPoll: pick([40, 10_000]),
    happensEvery: 20 * MINUTE,
    minInterval: pick([15 * SECOND, 30 * SECOND]),
    alertInterval: pick([15 * SECOND, 30 * SECOND]),
    refresh: 30 * SECOND,
    scrapeIntervals: [15 * SECOND, pick([30 * SECOND, MINUTE])],
    resolveAfter: 30 * MINUTE,
    incidents: { shortest: 20 * MINUTE, longest: 45 * MINUTE, rest: 2 * HOUR },
    troubleEvery: pick([5 * MINUTE, 20 * MINUTE]),
    troubleLasts: 10 * MINUTE,
    // Only at short intervals is more asked for than any quota grants.
    isTight: chance(0.3),
    quietEnd: HOUR,
  };
}
