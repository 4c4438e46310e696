import type { Occurrence } from '../event.ts';
import { type PoolEvent, RESOURCES_CHANGE, STATUS_CHANGE } from './events.ts';

/** What an event's text tells: statuses in lower case, or node counts such as `1/0/0/0`. */
export interface Change {
  readonly from: string;
  readonly to: string;
  /** Unix seconds that the text itself tells; 0 where it does not. */
  readonly stamp: number;
}

/** A change and when it happened. */
export type ToldChange = Change & Occurrence<PoolEvent>;

const STATUS = /^Pool status changed, from (?<from>[^,]{0,64}) to (?<to>[^\s,.]{1,64})/;
const NODES =
  /count from (?<from>[\d/]{1,40}) to (?<to>\d{1,9}\/\d{1,9}\/\d{1,9}\/\d{1,9})(?:, timestamp: (?<stamp>\d{1,12}))?/;

/** The change of status that a PoolStatusChange tells; undefined for any other event or text. */
export function statusChangeOf({ reason, message }: PoolEvent): Change | undefined {
  return reason === STATUS_CHANGE ? changeIn(STATUS, message) : undefined;
}

/** The change of node counts that a PoolResourcesStatusChange tells; undefined for any other event or text. */
export function nodesChangeOf({ reason, message }: PoolEvent): Change | undefined {
  if (reason !== RESOURCES_CHANGE || !message.startsWith('Pool resources status changed')) return undefined;
  return changeIn(NODES, message);
}

function changeIn(text: RegExp, message: string): Change | undefined {
  const groups = text.exec(message)?.groups;
  if (groups === undefined) return undefined;
  const { from = '', to = '', stamp = '0' } = groups;
  return { from: from.trim().toLowerCase(), to: to.toLowerCase(), stamp: Number(stamp) };
}

/** The newest moment of which changes were told: another read may tell more of them. Plain JSON. */
export interface NewestMoment {
  readonly at: number;
  readonly stamp: number;
  /** What the pool was before it, where that is known. */
  readonly before: string | null;
  readonly changes: readonly Pick<Change, 'from' | 'to'>[];
}

/** More changes of one second are not put in order. */
const CHANGES_MAX = 64;

/**
 * The changes that events tell, in the order in which they happened, but for those that come before what is known
 * already. Event times are whole seconds and some servers list the newest event first, so that of two changes in one
 * second the texts themselves tell which came first, also where the later one was read before: "from Running to
 * Abnormal" precedes "from Abnormal to Running".
 * @param current what the pool is before all of them, where it is known
 */
export function takeChanges(
  occurrences: readonly Occurrence<PoolEvent>[],
  changeOf: (event: PoolEvent) => Change | undefined,
  current: string | undefined,
  newest: NewestMoment | undefined,
): { readonly changes: readonly ToldChange[]; readonly newest: NewestMoment | undefined } {
  const told = occurrences.flatMap((occurrence): ToldChange[] => {
    const change = changeOf(occurrence.event);
    return change === undefined ? [] : [{ ...occurrence, ...change }];
  });
  const [first] = told;
  if (first === undefined) return { changes: [], newest };
  const goesOn = newest !== undefined && told.some((change) => isOf(change, newest));
  const known: readonly ToldChange[] = goesOn
    ? newest.changes.map((change) => ({ ...first, ...newest, ...change }))
    : [];
  const ordered = inOrder([...known, ...told], goesOn ? (newest.before ?? undefined) : current);
  const changes = ordered.slice(ordered.findLastIndex((change) => known.includes(change)) + 1);
  const last = ordered.at(-1) ?? first;
  if (newest !== undefined && (last.at < newest.at || (last.at === newest.at && last.stamp < newest.stamp)))
    return { changes, newest };
  const begin = ordered.findIndex((change) => isOf(change, last));
  const before = goesOn && isOf(newest, last) ? newest.before : (ordered[begin - 1]?.to ?? current ?? null);
  const together = ordered.slice(begin).map(({ from, to }) => ({ from, to }));
  const { at, stamp } = last;
  return { changes, newest: { at, stamp, before, changes: together.slice(-CHANGES_MAX) } };
}

type Moment = Pick<NewestMoment, 'at' | 'stamp'>;

function isOf(a: Moment, b: Moment): boolean {
  return a.at === b.at && a.stamp === b.stamp;
}

/** @param before what the pool was before all of them, where it is known */
function inOrder(told: readonly ToldChange[], before: string | undefined): ToldChange[] {
  const changes = told.toSorted((a, b) => a.at - b.at || a.stamp - b.stamp);
  const ordered: ToldChange[] = [];
  for (let start = 0; start < changes.length; start = ordered.length) {
    const moment = changes[start] as ToldChange;
    const end = changes.findIndex((change, index) => index > start && !isOf(change, moment));
    const together = changes.slice(start, end < 0 ? undefined : end);
    ordered.push(...chained(together, ordered.at(-1)?.to ?? before));
  }
  return ordered;
}

/** Each change goes on from what the one before it led to; where none does, from where no other leads. */
function chained(together: readonly ToldChange[], before: string | undefined): ToldChange[] {
  const left = [...together];
  const chain: ToldChange[] = [];
  while (left.length > 1) {
    const reached = new Set(left.map(({ to }) => to));
    const current = chain.at(-1)?.to ?? before;
    const next =
      left.find(({ from }) => from === current) ?? left.find(({ from }) => !reached.has(from)) ?? left[0];
    chain.push(...left.splice(left.indexOf(next as ToldChange), 1));
  }
  return [...chain, ...left];
}
