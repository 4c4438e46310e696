import { KIND_NAMES } from '../kind-table.ts';
import { keyOf, type TargetKey } from '../target-key.ts';
import type { Family } from './family.ts';
import { type Format, metadata } from './lines.ts';

/** One target's rendered lines, a string per family in the order of the store's families; empty: no samples. */
type Row = readonly string[];

interface Entry {
  readonly key: TargetKey;
  /** Replaced, never changed, so that a scrape under way keeps the rows it began with. */
  row: Row;
  deleted: boolean;
}

/** Length of a chunk in UTF-16 units: large enough to be cheap, small enough to be sent without a stall. */
const CHUNK = 65_536;
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

  /** @param families every family that will be put, in the order of the exposition */
  constructor(families: readonly Family[]) {
    this.#families = families;
    this.#indexes = new Map(families.map((family, index) => [family, index]));
    this.#empty = families.map(() => '');
  }

  /** Replaces everything of a target at once. */
  put(key: TargetKey, lines: ReadonlyMap<Family, string>): void {
    const entry = this.#entry(key);
    const row = [...this.#empty];
    for (const [family, text] of lines) {
      const index = this.#index(family);
      const before = entry.row[index];
      // Equal lines keep the strings that have already grown old in the heap.
      row[index] = before === text ? before : text;
    }
    entry.row = row;
  }

  /** Replaces the lines of one family of a target; the empty string removes them. */
  patch(key: TargetKey, family: Family, text: string): void {
    const index = this.#index(family);
    const entry = this.#entry(key);
    if (entry.row[index] !== text) entry.row = entry.row.with(index, text);
  }

  /** Removes a target; an unknown one is no error. */
  delete(key: TargetKey): void {
    const name = keyOf(key);
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    entry.deleted = true;
    entry.row = this.#empty;
    this.#removed = true;
    this.#entries.delete(name);
    // What is deleted is to go too where nobody ever scrapes.
    if (this.#ordered.length + this.#added.length > 2 * this.#entries.size + DELETED_MAX) this.#order();
  }

  /**
   * The exposition of all targets, or of the selected ones, as it is at the first `next()`, in chunks of
   * about 64 kB. Each family that has samples appears once, with its metadata.
   */
  *chunks(format: Format, select?: (key: TargetKey) => boolean): Generator<string, void> {
    const entries = this.#order();
    const chosen = select === undefined ? entries : entries.filter(({ key }) => select(key));
    yield* this.#write(
      chosen.map(({ row }) => row),
      format,
    );
  }

  /** The exposition of one target; nothing where it is unknown. */
  *chunksOf(key: TargetKey, format: Format): Generator<string, void> {
    const entry = this.#entries.get(keyOf(key));
    if (entry !== undefined) yield* this.#write([entry.row], format);
  }

  *#write(rows: readonly Row[], format: Format): Generator<string, void> {
    // Read row by row, which is how they lie in memory; family by family it takes half as long again.
    const texts = this.#families.map((): string[] => []);
    for (const row of rows) {
      for (let index = 0; index < row.length; index += 1) {
        const text = row[index] ?? '';
        if (text !== '') texts[index]?.push(text);
      }
    }
    let chunk = '';
    for (const [index, family] of this.#families.entries()) {
      const own = texts[index] ?? [];
      if (own.length > 0) chunk += metadata(family, format);
      for (const text of own) {
        chunk += text;
        if (chunk.length < CHUNK) continue;
        yield chunk;
        chunk = '';
      }
    }
    if (chunk !== '') yield chunk;
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
      entry = { key: { project: key.project, kind: key.kind, id: key.id }, row: this.#empty, deleted: false };
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
