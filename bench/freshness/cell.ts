import type { CourseOptions } from './course.ts';

/** A fleet at a quota, named as in `380@0.67`, or `380@0.67x2` where a pair shares the quota. */
export interface Cell extends CourseOptions {
  readonly name: string;
}

const FLEETS = [40, 380, 2_000, 10_000];
/** Requests in five minutes, by how many they are per second. */
const QUOTAS: Readonly<Record<string, number>> = { '0.67': 200, '3.3': 1_000, '20': 6_000 };
const PERIOD = 300;
/** At which targets are read where all fit. */
const INTERVAL = 30;
/** Problems of each sort, on which a percentile is to stand. */
const PROBLEMS = 80;
/** Of each sort per target and hour, and per fleet at least. */
const TROUBLES = 0.02;
const TROUBLES_MIN = 8;
/** The same where a round takes so many seconds at most: more of them take no requests from the others. */
const TROUBLES_OF_ROOMY: readonly (readonly [round: number, troubles: number])[] = [
  [INTERVAL, 0.3],
  [120, 0.06],
];
/** Each takes two to four of the requests, which are to be for the others. */
const TROUBLES_PER_REQUEST = 0.01;
/** The configured rate, by default: a quota that is as large is never refused, and need not be learnt. */
const RATE_LIMIT = 20;
const LEARNING_HOURS = 1.5;

/**
 * @param names of cells; all fleets at all quotas, and a pair, where none is named
 * @throws Error where there is no such cell
 */
export function cellsOf(names: readonly string[]): readonly Cell[] {
  if (names.length > 0) return names.map(cellOf);
  const all = FLEETS.flatMap((targets) => Object.keys(QUOTAS).map((rate) => `${targets}@${rate}`));
  return [...all, '380@0.67x2'].map(cellOf);
}

function cellOf(name: string): Cell {
  const found = /^(?<targets>\d+)@(?<rate>[\d.]+)(?:x(?<replicas>\d))?$/.exec(name)?.groups;
  const quota = QUOTAS[found?.['rate'] ?? ''];
  if (found === undefined || quota === undefined) {
    throw new Error(`no cell ${name}: name one as in 380@${Object.keys(QUOTAS).join(', 380@')}`);
  }
  const targets = Number(found['targets']);
  const replicas = Number(found['replicas'] ?? 1);
  const round = (targets * PERIOD * replicas) / quota;
  const perHour = (quota * 3_600) / PERIOD;
  const [, part = TROUBLES] = TROUBLES_OF_ROOMY.find(([roundMax]) => round <= roundMax) ?? [];
  const troubles = Math.max(TROUBLES_MIN, Math.min(targets * part, perHour * TROUBLES_PER_REQUEST));
  const isLearnt = targets / INTERVAL > quota / PERIOD && quota / PERIOD < RATE_LIMIT;
  return {
    name,
    targets,
    quota,
    replicas,
    startHours: isLearnt ? LEARNING_HOURS : 0.1,
    hours: PROBLEMS / troubles / replicas,
    troubles,
  };
}
