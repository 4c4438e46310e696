import { isProblem, type Occurrence } from '../kinds/event.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Told } from '../kinds/moment.ts';
import type { Outlook, Standing } from '../kinds/standing.ts';
import type { FailureReason } from '../modelarts/errors.ts';
import { type Unseen, withRead } from './unseen.ts';

/** How far back a timeline shows what happened, in hours. */
export const HOURS_SHOWN = 24;
const HOUR = 3_600_000;
/** Of each list. A target that changes more often than that is seen to do so. */
const CHANGES_MAX = 100;
const SAVED_MAX = 30;

/** From this instant on, in Unix milliseconds. */
interface StandingChange {
  readonly at: number;
  readonly status: string;
  readonly outlook: Outlook;
}

interface NodesChange {
  readonly at: number;
  readonly nodes: Readonly<Record<string, number>>;
}

/** How a target stood over time, each list oldest first. */
export interface Course {
  readonly standings: readonly StandingChange[];
  readonly nodes: readonly NodesChange[];
  /** When it could not be read. */
  readonly unseen: readonly Unseen[];
}

/** A chronicle as the state file holds it. */
export interface ChronicleState extends Course {
  /** Problems by the hour, told by hours since 1970. */
  readonly problems: readonly (readonly [hour: number, count: number])[];
}

const QUIET: readonly number[] = Array.from({ length: HOURS_SHOWN }, () => 0);

/** What a target went through in the last day, for timelines: changes only, and few of them. */
export class Chronicle {
  #standings: StandingChange[];
  #nodes: NodesChange[];
  #unseen: Unseen[];
  readonly #problems: Map<number, number>;

  constructor(state?: ChronicleState) {
    this.#standings = [...(state?.standings ?? [])];
    this.#nodes = [...(state?.nodes ?? [])];
    this.#unseen = [...(state?.unseen ?? [])];
    this.#problems = new Map(state?.problems);
  }

  addProblems(at: number, count: number, now: number): void {
    const hour = Math.floor(at / HOUR);
    const oldest = Math.floor(now / HOUR) - HOURS_SHOWN;
    if (hour <= oldest) return;
    this.#problems.set(hour, (this.#problems.get(hour) ?? 0) + count);
    for (const each of this.#problems.keys()) if (each <= oldest) this.#problems.delete(each);
  }

  /** Takes in what an event tells; events of a first read tell of the past. */
  addTold(at: number, { status, outlook = 'other', nodes }: Told): void {
    if (status !== undefined)
      this.#standings = withChange(this.#standings, { at, status, outlook }, sameStanding);
    if (nodes !== undefined) this.#nodes = withChange(this.#nodes, { at, nodes }, sameNodes);
  }

  /** Takes in how the target stands now. */
  addStanding({ status, outlook, since, nodes }: Standing, now: number): void {
    const last = this.#standings.at(-1);
    if (last === undefined || last.status !== status || last.outlook !== outlook) {
      const at = Math.min(now, Math.max(since ?? now, last?.at ?? 0));
      this.addTold(at, { status, outlook });
    }
    if (nodes !== undefined && !sameNodes({ nodes }, this.#nodes.at(-1))) this.addTold(now, { nodes });
  }

  /** Takes in how a read went. @param why it failed; undefined: it worked */
  addRead(at: number, why: FailureReason | undefined): void {
    this.#unseen = withRead(this.#unseen, at, why).slice(-CHANGES_MAX);
  }

  addOccurrence(
    { events, showing }: Kind<unknown, unknown, unknown>,
    occurrence: Occurrence<unknown>,
    now: number,
  ): void {
    const { at, count, event } = occurrence;
    if (isProblem(events.notice(occurrence))) this.addProblems(at, count, now);
    const told = showing.told?.(event);
    if (told !== undefined) this.addTold(at, told);
  }

  course(): Course {
    return { standings: this.#standings, nodes: this.#nodes, unseen: this.#unseen };
  }

  /** Problems of each of the last 24 hours, the oldest first; the last one is under way. */
  problemHours(now: number): readonly number[] {
    if (this.#problems.size === 0) return QUIET;
    const current = Math.floor(now / HOUR);
    return QUIET.map((_, index) => this.#problems.get(current - (HOURS_SHOWN - 1) + index) ?? 0);
  }

  state(): ChronicleState | undefined {
    const isEmpty =
      this.#standings.length + this.#nodes.length + this.#unseen.length + this.#problems.size === 0;
    if (isEmpty) return undefined;
    return {
      standings: this.#standings.slice(-SAVED_MAX),
      nodes: this.#nodes.slice(-SAVED_MAX),
      unseen: this.#unseen.slice(-SAVED_MAX),
      problems: [...this.#problems],
    };
  }
}

/** The list with a change in its place in time, unless it changes nothing there. */
function withChange<T extends { readonly at: number }>(
  list: T[],
  change: T,
  isSame: (a: T, b: T | undefined) => boolean,
): T[] {
  const after = list.findIndex(({ at }) => at > change.at);
  const index = after < 0 ? list.length : after;
  if (isSame(change, list[index - 1])) return list;
  return list.toSpliced(index, 0, change).slice(-CHANGES_MAX);
}

function sameStanding(a: StandingChange, b: StandingChange | undefined): boolean {
  return a.status === b?.status && a.outlook === b.outlook;
}

function sameNodes(a: Pick<NodesChange, 'nodes'>, b: Pick<NodesChange, 'nodes'> | undefined): boolean {
  if (b === undefined) return false;
  return Object.entries(a.nodes).every(([state, count]) => (b.nodes[state] ?? 0) === count);
}
