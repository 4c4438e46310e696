import { KIND_NAMES, type KindName } from '../kind-table.ts';
import type { Family } from './family.ts';
import { type Format, targetLines } from './lines.ts';
import type { Scrapers } from './scrapers.ts';
import { SeriesStore } from './series-store.ts';

/** How many events, by whether they are problems, as the field `problem` of the event log says. */
export interface EventCounts {
  readonly problems: number;
  readonly others: number;
}

/** What all targets of one kind in a project have counted: plain JSON, as the state file holds it. */
export interface EventTotal {
  readonly project: string;
  readonly kind: KindName;
  problems: number;
  others: number;
  /** The series that not every scraper had seen at 0. */
  unseen: readonly string[];
}

/** Where the totals begin. */
export interface EventTotalsBefore {
  /** Since when the exporter counts, in Unix milliseconds. */
  readonly countingSince: number;
  /** Those of the process before this one. */
  readonly totals: readonly EventTotal[];
}

const EVENTS: Family = {
  name: 'modelarts_events_total',
  type: 'counter',
  help: "Events of all targets of a kind together that occurred since the exporter's epoch.",
};

/**
 * The events of all targets together, by project and kind. They exist with 0 from the start and never become
 * less: what a target has counted stays when it is removed, and also when it is forgotten.
 */
export class EventTotals {
  readonly #series: SeriesStore;
  readonly #created: number;
  readonly #totals = new Map<string, EventTotal>();
  #projects: ReadonlySet<string> = new Set();

  constructor(scrapers: Pick<Scrapers, 'count' | 'seenByAll'>, { countingSince, totals }: EventTotalsBefore) {
    this.#created = countingSince;
    // Whoever reads the exporter's own metrics sees the totals, and nobody else does.
    this.#series = new SeriesStore([EVENTS], {
      get count() {
        return scrapers.count;
      },
      seenByAll: () => scrapers.seenByAll(undefined),
      forget: () => {},
    });
    for (const total of totals) this.#totals.set(nameOf(total), { ...total });
  }

  /** Shows the totals of these projects, and of no others. */
  configure(projects: readonly string[]): void {
    const before = this.#projects;
    this.#projects = new Set(projects);
    for (const total of this.#totals.values()) {
      if (!this.#projects.has(total.project)) this.#series.delete(keyOf(total));
    }
    for (const project of this.#projects) {
      if (before.has(project)) continue;
      for (const kind of KIND_NAMES) this.#show(this.#find(project, kind));
    }
  }

  /** Adds what a target has counted. @returns the total that has changed */
  add(project: string, kind: KindName, { problems, others }: EventCounts): EventTotal | undefined {
    if (problems === 0 && others === 0) return undefined;
    const total = this.#find(project, kind);
    total.problems += problems;
    total.others += others;
    return total;
  }

  /** Takes a total as it is now, for the next save, and gives back what exposes it. */
  capture(total: EventTotal): () => void {
    if (this.#projects.has(total.project)) total.unseen = this.#series.unseen(keyOf(total), linesOf(total));
    const captured = { ...total };
    return () => {
      if (this.#projects.has(total.project)) this.#show(captured);
    };
  }

  /** Those to be captured again, as every scraper has seen a series of theirs at 0 by now. */
  grownUp(): EventTotal[] {
    return this.#series.grownUp('everything').map(({ project, kind }) => this.#find(project, kind));
  }

  /** What the state file is to hold. */
  state(): readonly EventTotal[] {
    return [...this.#totals.values()];
  }

  /** @param isScrape a scraper is shown 0 where it has not seen it yet; everybody else sees true values */
  text(format: Format, isScrape: boolean): string {
    return [...this.#series.chunks(format, { isScrape })].join('');
  }

  #show(total: EventTotal): void {
    const { unseen } = total;
    this.#series.put(keyOf(total), linesOf(total), { created: this.#created, unseen });
  }

  #find(project: string, kind: KindName): EventTotal {
    const name = nameOf({ project, kind });
    let total = this.#totals.get(name);
    if (total === undefined) {
      total = { project, kind, problems: 0, others: 0, unseen: [] };
      total.unseen = this.#series.unseen(keyOf(total), linesOf(total));
      this.#totals.set(name, total);
    }
    return total;
  }
}

function linesOf({ project, kind, problems, others }: EventTotal): Map<Family, string> {
  const { sink, lines } = targetLines({ project, kind });
  sink(EVENTS, { problem: 'true' }, problems);
  sink(EVENTS, { problem: 'false' }, others);
  return lines();
}

function keyOf({ project, kind }: Pick<EventTotal, 'project' | 'kind'>) {
  return { project, kind, id: '' };
}

function nameOf({ project, kind }: Pick<EventTotal, 'project' | 'kind'>): string {
  return `${kind} ${project}`;
}
