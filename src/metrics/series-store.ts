import { KIND_NAMES } from '../kind-table.ts';
import { keyOf, type TargetKey } from '../target-key.ts';
import { accumulates, type Family } from './family.ts';
import { type Row, writeFamilies } from './family-writer.ts';
import { type Format, withCreated } from './lines.ts';
import { Newborns, unseenSeries, zeroed } from './newborns.ts';
import { covers, isTarget, type Scope } from './scope.ts';
import type { Scrapers } from './scrapers.ts';

/** What is known of the beginning of a target's counters. */
export interface Birth {
  /** Since when they count, in Unix milliseconds; undefined where nobody knows. */
  readonly created?: number;
  /** The counter series that not every scraper has seen at 0; left out: as the store itself knows. */
  readonly unseen?: readonly string[];
}

interface Entry {
  readonly key: TargetKey;
  /** Replaced, never changed, so that a scrape under way keeps the rows it began with. */
  row: Row;
  /** What scrapers are shown, where that differs: newborn counters as 0. */
  held: Row | undefined;
  /** The row as OpenMetrics has it, made when first asked for. */
  openmetrics: Row | undefined;
  created: number | undefined;
  readonly newborns: Newborns;
  /** Those of the newborns that every scraper has seen by now. */
  readonly seen: Set<string>;
  deleted: boolean;
}

export interface Selection {
  /** Undefined: all targets. */
  readonly select?: ((key: TargetKey) => boolean) | undefined;
  /** For a scraper: counters that it has not seen at 0 yet are shown as 0. Everybody else sees true values. */
  readonly isScrape?: boolean;
}

/** For whom nobody scrapes. */
const NOBODY = { count: 0, seenByAll: () => 0, forget: () => {} };
/** So many deleted targets, and as many as there are others, may wait for the next scrape. */
const DELETED_MAX = 1_000;

/**
 * The series of all targets as rendered lines. A target's lines are rendered when its data change;
 * a scrape only strings them together, family by family.
 */
export class SeriesStore {
  readonly #families: readonly Family[];
  readonly #indexes: ReadonlyMap<Family, number>;
  readonly #empty: Row;
  readonly #entries = new Map<string, Entry>();
  /** Ordered by project, kind and id; brought up to date by the next scrape. */
  #ordered: Entry[] = [];
  readonly #added: Entry[] = [];
  #removed = false;
  /** Those that have newborns. */
  readonly #expecting = new Set<Entry>();
  readonly #scrapers: Pick<Scrapers, 'count' | 'seenByAll' | 'forget'>;

  /** @param families every family that will be put, in the order of the exposition */
  constructor(
    families: readonly Family[],
    scrapers: Pick<Scrapers, 'count' | 'seenByAll' | 'forget'> = NOBODY,
  ) {
    this.#families = families;
    this.#scrapers = scrapers;
    this.#indexes = new Map(families.map((family, index) => [family, index]));
    this.#empty = families.map(() => '');
  }

  /** Replaces everything of a target at once. */
  put(key: TargetKey, lines: ReadonlyMap<Family, string>, birth: Birth = {}): void {
    const { created, unseen = this.unseen(key, lines) } = birth;
    const entry = this.#entry(key);
    const row = [...this.#empty];
    for (const [family, text] of lines) {
      const index = this.#index(family);
      const before = entry.row[index];
      // Equal lines keep the strings that have already grown old in the heap.
      row[index] = before === text ? before : text;
    }
    entry.row = row;
    entry.openmetrics = undefined;
    entry.created = created;
    entry.newborns.retain(unseen, this.#scrapers.count);
    entry.seen.clear();
    this.#hold(entry);
  }

  /**
   * Replaces the lines of a family of gauges; the empty string removes them.
   */
  patch(key: TargetKey, family: Family, text: string): void {
    const index = this.#index(family);
    const entry = this.#entry(key);
    if (entry.row[index] === text) return;
    entry.row = entry.row.with(index, text);
    entry.held = entry.held?.with(index, text);
    entry.openmetrics = entry.openmetrics?.with(index, text);
  }

  /** The counter series among a target's new lines that are to be shown as 0 first. */
  unseen(key: TargetKey, lines: ReadonlyMap<Family, string>): string[] {
    const entry = this.#entries.get(keyOf(key));
    return [...lines].flatMap(([family, text]) => {
      if (!accumulates(family)) return [];
      return unseenSeries(entry?.row[this.#index(family)] ?? '', text, entry);
    });
  }

  /**
   * Finds what every scraper has seen at 0 by now, and returns the targets that are to be put again for that.
   * @param scope only these are looked at
   */
  grownUp(scope: Scope): TargetKey[] {
    const keys: TargetKey[] = [];
    for (const { key, newborns, seen } of this.#expectingIn(scope)) {
      const before = seen.size;
      for (const series of newborns.shownBefore(this.#scrapers.seenByAll(key))) seen.add(series);
      if (seen.size > before) keys.push(key);
    }
    return keys;
  }

  /** Removes a target; an unknown one is no error. */
  delete(key: TargetKey): void {
    const name = keyOf(key);
    const entry = this.#entries.get(name);
    // It may have been probed before it had any series.
    this.#scrapers.forget(key);
    if (entry === undefined) return;
    entry.deleted = true;
    entry.row = this.#empty;
    entry.held = undefined;
    entry.openmetrics = undefined;
    this.#expecting.delete(entry);
    this.#removed = true;
    this.#entries.delete(name);
    // What is deleted is to go too where nobody ever scrapes.
    if (this.#ordered.length + this.#added.length > 2 * this.#entries.size + DELETED_MAX) this.#order();
  }

  /**
   * The exposition of all targets, or of the selected ones, as it is at this moment, in chunks of about 64 kB.
   * Each family that has samples appears once, with its metadata.
   */
  chunks(format: Format, { select, isScrape = false }: Selection = {}): Generator<string, void> {
    const entries = this.#order();
    const chosen = select === undefined ? entries : entries.filter(({ key }) => select(key));
    return writeFamilies(
      this.#families,
      chosen.map((entry) => this.#rowOf(entry, format, isScrape)),
      format,
    );
  }

  /** The exposition of one target; nothing where it is unknown. */
  chunksOf(key: TargetKey, format: Format, isScrape = false): Generator<string, void> {
    const entry = this.#entries.get(keyOf(key));
    return writeFamilies(
      this.#families,
      entry === undefined ? [] : [this.#rowOf(entry, format, isScrape)],
      format,
    );
  }

  #expectingIn(scope: Scope): readonly Entry[] {
    if (!isTarget(scope)) return [...this.#expecting].filter(({ key }) => covers(scope, key));
    const entry = this.#entries.get(keyOf(scope));
    return entry !== undefined && this.#expecting.has(entry) ? [entry] : [];
  }

  #rowOf(entry: Entry, format: Format, isScrape: boolean): Row {
    if (format === 'text') return isScrape ? (entry.held ?? entry.row) : entry.row;
    if (isScrape && entry.held !== undefined) return this.#withCreated(entry.held, entry.created);
    entry.openmetrics ??= this.#withCreated(entry.row, entry.created);
    return entry.openmetrics;
  }

  #withCreated(row: Row, created: number | undefined): Row {
    if (created === undefined) return row;
    return row.map((text, index) => {
      const family = this.#families[index];
      return family !== undefined && accumulates(family) ? withCreated(text, family, created / 1000) : text;
    });
  }

  #hold(entry: Entry): void {
    const { newborns, row } = entry;
    if (newborns.size === 0) this.#expecting.delete(entry);
    else this.#expecting.add(entry);
    const held = row.map((text, index) => {
      const family = this.#families[index];
      const mayBeHeld = newborns.size > 0 && family !== undefined && accumulates(family);
      return mayBeHeld ? zeroed(text, newborns) : text;
    });
    entry.held = held.every((text, index) => text === row[index]) ? undefined : held;
  }

  #index(family: Family): number {
    const index = this.#indexes.get(family);
    if (index === undefined) throw new Error(`the series store does not know the family ${family.name}`);
    return index;
  }

  #entry(key: TargetKey): Entry {
    const name = keyOf(key);
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      entry = {
        key: { project: key.project, kind: key.kind, id: key.id },
        row: this.#empty,
        held: undefined,
        openmetrics: undefined,
        created: undefined,
        newborns: new Newborns(),
        seen: new Set(),
        deleted: false,
      };
      this.#entries.set(name, entry);
      this.#added.push(entry);
    }
    return entry;
  }

  /** Sorting a sorted run followed by the few new ones takes about linear time. */
  #order(): readonly Entry[] {
    if (this.#added.length > 0 || this.#removed) {
      const entries = [...this.#ordered, ...this.#added.splice(0).sort(compare)];
      this.#ordered = entries.filter(({ deleted }) => !deleted).sort(compare);
      this.#removed = false;
    }
    return this.#ordered;
  }
}

function compare({ key: a }: Entry, { key: b }: Entry): number {
  if (a.project !== b.project) return a.project < b.project ? -1 : 1;
  if (a.kind !== b.kind) return KIND_NAMES.indexOf(a.kind) - KIND_NAMES.indexOf(b.kind);
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
