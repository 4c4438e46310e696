import type { DetailTable } from '../detail.ts';
import type { Condition } from '../problem.ts';
import { counted } from '../standing.ts';
import type { Maintenance } from './scheduled-events.ts';

/** What is planned for the nodes of a pool. Plain JSON; instants are Unix milliseconds. */
export interface PlannedMaintenance {
  /** When the listing was asked for that told it last. */
  readonly asOf: number;
  /** What starts first comes first. */
  readonly planned: readonly Planned[];
}

interface Planned extends Maintenance {
  /** When it was first told. */
  readonly seenAt: number;
  /** How many it stands for, where that is not one. */
  readonly count?: number;
}

/** So many are told one by one, and those that start later together, as `other`. */
const TOLD_MAX = 50;
/** What is authorised is announced so long before it starts. Milliseconds. */
const NOTICE = 24 * 3_600_000;
/** The more it presses, the earlier. */
const PRESSING = ['executing', 'inquiring', 'scheduled', 'other'] as const;

/** Takes in what a listing told. */
export function foldMaintenance(
  before: PlannedMaintenance | undefined,
  told: readonly Maintenance[],
  asOf: number,
): PlannedMaintenance {
  const seenBefore = new Map(before?.planned.map(({ id, seenAt }) => [id, seenAt]));
  const planned = told
    .map((each) => ({ ...each, seenAt: seenBefore.get(each.id) ?? asOf }))
    .sort((a, b) => startOf(a) - startOf(b) || (a.id < b.id ? -1 : 1));
  return { asOf, planned: [...planned.slice(0, TOLD_MAX), ...together(planned.slice(TOLD_MAX))] };
}

function together(planned: readonly Planned[]): readonly Planned[] {
  const [first] = planned;
  if (first === undefined) return [];
  const { start, publishedAt, seenAt } = first;
  const state = PRESSING.find((each) => planned.some((other) => other.state === each)) ?? 'other';
  const times = {
    ...(start === undefined ? {} : { start }),
    ...(publishedAt === undefined ? {} : { publishedAt }),
  };
  return [{ id: 'other', type: 'other', state, seenAt, count: planned.length, ...times }];
}

function startOf({ start = Number.POSITIVE_INFINITY }: Maintenance): number {
  return start;
}

/** What somebody should know of now: it waits for an answer, it is under way, or it is near. */
export function pressing({ planned, asOf }: PlannedMaintenance): readonly Planned[] {
  return planned.filter(
    (each) =>
      each.state === 'inquiring' ||
      each.state === 'executing' ||
      (each.state === 'scheduled' && startOf(each) <= asOf + NOTICE),
  );
}

/** A condition for each kind of maintenance, as long as some of it presses. */
export function maintenanceConditions(maintenance: PlannedMaintenance): readonly Condition[] {
  const pressed = pressing(maintenance);
  return [...new Set(pressed.map(({ type }) => type))].map((type) => {
    const planned = pressed.filter((each) => each.type === type);
    const told = planned.map(({ publishedAt, seenAt }) => Math.min(publishedAt ?? seenAt, seenAt));
    return {
      alertname: 'ModelArtsPoolMaintenance',
      severity: 'warning',
      summary: `has planned maintenance: ${type}`,
      labels: { reason: type },
      message: planned.map(wordsOf).join('\n'),
      since: Math.min(...told),
      at: Math.max(...told),
      events: planned.reduce((sum, { count = 1 }) => sum + count, 0),
      expires: false,
    };
  });
}

const STATE_WORDS = {
  inquiring: 'waits to be authorised',
  scheduled: 'is planned',
  executing: 'is under way',
  other: 'is announced',
} as const;

function wordsOf({ node = 'a node', type, state, start, message, count }: Planned): string {
  const who = count === undefined ? node : `${count} more`;
  const when = start === undefined ? '' : `, from ${new Date(start).toISOString()}`;
  const why = message === undefined ? '' : `: ${message}`;
  return `${who}: ${type} ${STATE_WORDS[state]}${when}${why}`;
}

/** What one wants to know at once. */
export function maintenanceRemarks({ planned }: PlannedMaintenance): string[] {
  const nodes = (isIt: (each: Planned) => boolean) =>
    planned.filter(isIt).reduce((sum, { count = 1 }) => sum + count, 0);
  const underWay = nodes(({ state }) => state === 'executing');
  const ahead = nodes(({ state }) => state !== 'executing');
  return [
    ...(underWay === 0 ? [] : [`${counted(underWay, 'node')} under maintenance`]),
    ...(ahead === 0 ? [] : [`${counted(ahead, 'node')} to be maintained`]),
  ];
}

export function maintenanceTable({ planned }: PlannedMaintenance): DetailTable {
  return {
    title: 'Planned maintenance',
    columns: ['Node', 'What', 'State', 'Start'],
    rows: planned.map(({ node, type, state, start, count }) => [
      { text: count === undefined ? (node ?? 'not told') : `${count} more` },
      { verdict: type.replaceAll('_', ' '), news: 'none' },
      { verdict: state, news: state === 'executing' ? 'bad' : 'none' },
      start === undefined ? { verdict: 'not told', news: 'none' } : { instant: start },
    ]),
    empty: 'No maintenance is planned.',
  };
}
