import type { KindName } from '../kind-table.ts';
import type { Labels, TotalFamily } from './family.ts';
import { LabelBounds } from './label-bounds.ts';
import type { Format } from './lines.ts';
import type { Scrapers } from './scrapers.ts';
import { SeriesStore } from './series-store.ts';
import { type Addition, emptySeries, grow, linesOf, type TotalSeries } from './total-series.ts';

/** What all targets of one kind in a project add up to: plain JSON, as the state file holds it. */
export interface ProjectTotal {
  readonly project: string;
  readonly kind: KindName;
  series: readonly TotalSeries[];
  /** The series that not every scraper had seen at 0. */
  unseen: readonly string[];
}

/** Where the totals begin. */
export interface ProjectTotalsBefore {
  /** Since when the exporter counts, in Unix milliseconds. */
  readonly countingSince: number;
  /** Those of the process before this one. */
  readonly totals: readonly ProjectTotal[];
}

/** A project's totals of one kind, as they are now. */
export interface TotalsEntry {
  readonly project: string;
  readonly kind: KindName;
  /** By family and labels. */
  readonly series: Map<string, TotalSeries>;
  readonly bounds: LabelBounds;
  unseen: readonly string[];
  /** Takes the total as it is now, for the next save, and gives back what exposes it. */
  capture(): () => void;
}

/**
 * Counters, histograms and counts of what is there now, of all targets of a kind in a project together. Those that
 * grow exist with 0 from the start and never become less: what a target has added stays when the target is removed.
 */
export class ProjectTotals {
  readonly #families: Readonly<Partial<Record<KindName, readonly TotalFamily[]>>>;
  readonly #store: SeriesStore;
  readonly #created: number;
  readonly #entries = new Map<string, TotalsEntry>();
  #shown: ReadonlySet<string> = new Set();
  #valuesMax = Number.POSITIVE_INFINITY;

  constructor(
    families: Readonly<Partial<Record<KindName, readonly TotalFamily[]>>>,
    scrapers: Pick<Scrapers, 'count' | 'seenByAll'>,
    { countingSince, totals }: ProjectTotalsBefore,
  ) {
    this.#families = families;
    this.#created = countingSince;
    // Whoever reads the exporter's own metrics sees the totals, and nobody else does.
    this.#store = new SeriesStore([...new Set(Object.values(families).flat())], {
      get count() {
        return scrapers.count;
      },
      seenByAll: () => scrapers.seenByAll(undefined),
      forget: () => {},
    });
    for (const total of totals) this.#restore(total);
  }

  /**
   * Shows the totals of these projects and kinds, and of no others.
   * @param valuesMax distinct values of a label whose values are not known beforehand
   */
  configure(
    wanted: readonly Pick<ProjectTotal, 'project' | 'kind'>[],
    valuesMax = Number.POSITIVE_INFINITY,
  ): void {
    this.#valuesMax = valuesMax;
    for (const { bounds } of this.#entries.values()) bounds.max = valuesMax;
    const before = this.#shown;
    this.#shown = new Set(wanted.map(nameOf));
    for (const entry of this.#entries.values()) {
      if (!this.#shown.has(nameOf(entry))) this.#store.delete(keyOf(entry));
    }
    for (const each of wanted) {
      if (this.#families[each.kind] === undefined || before.has(nameOf(each))) continue;
      const entry = this.#find(each);
      this.#show(entry, this.#linesOf(entry), entry.unseen);
    }
  }

  /** The bounds on what labels of a project's series may hold, also those of single targets. */
  boundsOf(project: string, kind: KindName): LabelBounds {
    return this.#find({ project, kind }).bounds;
  }

  /** Adds what a target has come to, as far as it is of these families. @returns the total that has changed */
  add(project: string, kind: KindName, additions: readonly Addition[]): TotalsEntry | undefined {
    const own = additions.filter(({ family }) => this.#families[kind]?.includes(family));
    if (own.length === 0) return undefined;
    const entry = this.#find({ project, kind });
    for (const { family, labels, value } of own) grow(this.#seriesOf(entry, family, labels), family, value);
    return entry;
  }

  /** Replaces the counts of what is there now. @returns the total that has changed */
  setNow(project: string, kind: KindName, counts: readonly Addition[]): TotalsEntry | undefined {
    const gauges = (this.#families[kind] ?? []).filter(({ type }) => type === 'gauge');
    if (gauges.length === 0) return undefined;
    const entry = this.#find({ project, kind });
    const before = JSON.stringify(this.#gaugesOf(entry));
    for (const [key, { family }] of entry.series) {
      if (gauges.some(({ name }) => name === family)) entry.series.delete(key);
    }
    for (const family of gauges) for (const labels of family.known) this.#seriesOf(entry, family, labels);
    for (const { family, labels, value } of counts)
      grow(this.#seriesOf(entry, family, labels), family, value);
    return JSON.stringify(this.#gaugesOf(entry)) === before ? undefined : entry;
  }

  #capture(entry: TotalsEntry): () => void {
    if (!this.#shown.has(nameOf(entry))) return () => {};
    const lines = this.#linesOf(entry);
    entry.unseen = this.#store.unseen(keyOf(entry), lines);
    const { unseen } = entry;
    return () => {
      if (this.#shown.has(nameOf(entry))) this.#show(entry, lines, unseen);
    };
  }

  /** Those to be captured again, as every scraper has seen a series of theirs at 0 by now. */
  grownUp(): TotalsEntry[] {
    return this.#store.grownUp('everything').map(({ project, kind }) => this.#find({ project, kind }));
  }

  /** What the state file is to hold: not what is there now, as a listing tells that anew. */
  state(): readonly ProjectTotal[] {
    const entries = [...this.#entries.values()].filter(({ series }) => series.size > 0);
    return entries.map((entry) => {
      const gauges = new Set(this.#gaugesOf(entry));
      const { project, kind, unseen } = entry;
      return {
        project,
        kind,
        unseen,
        series: [...entry.series.values()].filter((each) => !gauges.has(each)),
      };
    });
  }

  /** @param isScrape a scraper is shown 0 where it has not seen it yet; everybody else sees true values */
  text(format: Format, isScrape: boolean): string {
    return [...this.#store.chunks(format, { isScrape })].join('');
  }

  #gaugesOf({ kind, series }: TotalsEntry): TotalSeries[] {
    const gauges = (this.#families[kind] ?? []).filter(({ type }) => type === 'gauge');
    return [...series.values()].filter(({ family }) => gauges.some(({ name }) => name === family));
  }

  #show(entry: TotalsEntry, lines: ReturnType<typeof linesOf>, unseen: readonly string[]): void {
    this.#store.put(keyOf(entry), lines, { created: this.#created, unseen });
  }

  #linesOf({ project, kind, series }: TotalsEntry) {
    return linesOf({ project, kind }, this.#families[kind] ?? [], [...series.values()]);
  }

  #restore({ project, kind, series, unseen }: ProjectTotal): void {
    const entry = this.#find({ project, kind });
    for (const { family: name, labels, values } of series) {
      const family = this.#families[kind]?.find((each) => each.name === name);
      if (family === undefined) continue;
      const own = this.#seriesOf(entry, family, labels);
      // Another version may have had other buckets.
      if (own.values.length === values.length) own.values = [...values];
    }
    entry.unseen = unseen;
  }

  #find({ project, kind }: Pick<ProjectTotal, 'project' | 'kind'>): TotalsEntry {
    const name = nameOf({ project, kind });
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      const created: TotalsEntry = {
        project,
        kind,
        series: new Map(),
        bounds: new LabelBounds(this.#valuesMax),
        unseen: [],
        capture: () => this.#capture(created),
      };
      entry = created;
      this.#entries.set(name, entry);
      for (const family of this.#families[kind] ?? []) {
        if (family.type !== 'gauge') for (const labels of family.known) this.#seriesOf(entry, family, labels);
      }
      entry.unseen = this.#store.unseen(keyOf(entry), this.#linesOf(entry));
    }
    return entry;
  }

  #seriesOf({ series, bounds }: TotalsEntry, family: TotalFamily, labels: Labels): TotalSeries {
    const isKnown = family.known.some((known) => family.labels.every((name) => known[name] === labels[name]));
    const shown = family.labels.map((name) => {
      const value = labels[name] ?? '';
      return [name, isKnown || isClosed(family, name, value) ? value : bounds.take(name, value)] as const;
    });
    const key = JSON.stringify([family.name, shown]);
    let found = series.get(key);
    if (found === undefined) {
      found = emptySeries(family, Object.fromEntries(shown));
      series.set(key, found);
    }
    return found;
  }
}

/** The value is among those that are known beforehand. */
function isClosed({ known }: TotalFamily, name: string, value: string): boolean {
  return known.some((labels) => labels[name] === value);
}

function keyOf({ project, kind }: Pick<ProjectTotal, 'project' | 'kind'>) {
  return { project, kind, id: '' };
}

function nameOf({ project, kind }: Pick<ProjectTotal, 'project' | 'kind'>): string {
  return `${kind} ${project}`;
}
