import { AHEAD_MAX } from '../clock-steps.ts';
import type { Occurrence, Page, Sighting } from '../kinds/event.ts';
import { MalformedItems } from './malformed-items.ts';

/** When the identity of an event may be forgotten. */
export type Forgetting =
  /** Once it is behind the overlap: the event never changes and is not read again. */
  | 'behind_overlap'
  /** Once an unfiltered read no longer returns it: its count may still grow. */
  | 'no_longer_returned';

/** What is known of one content identity. */
interface Known {
  count: number;
  last: number;
}

/** A ledger as the state file holds it. */
export interface LedgerState {
  readonly cursor: number | null;
  readonly horizon: number | null;
  readonly longRead: { readonly resume: number | null; readonly cursorBefore: number | null } | null;
  /** Identity, count, last instant. */
  readonly known: readonly (readonly [string, number, number])[];
}

/** A read that stopped at its limit and takes several polls; it is remembered until the read after it has ended. */
interface LongRead {
  /** Where the next poll goes on; undefined once the read has come to its end. */
  readonly resume: number | undefined;
  /** The cursor when the read began; undefined if there was none. */
  readonly cursorBefore: number | undefined;
}

/** What one response brought. */
export interface Admission<E> {
  readonly occurrences: readonly Occurrence<E>[];
  /** Items that could not be read and were not counted before. */
  readonly malformed: number;
}

/** An identity whose count can grow is forgotten when an unfiltered read no longer returns it, but not until its last event is so old. Milliseconds. */
const FORGET_AFTER = 24 * 3_600_000;
/** Bound of a ledger whose events can grow. */
const KNOWN_MAX = 20_000;

/**
 * Decides which events of one target are new. The API gives events no ids, so an event is its content, and the
 * number of identical events is how many of them one response holds. Taking in a response twice changes nothing,
 * and the count known of an identity is the largest that any response showed, so pages, overlaps, repeats and any
 * order of them give the same sum.
 *
 * ```
 *      forgotten      |      known, and read again      |       new
 * ────────────────────┼─────────────────────────────────┼──────────────► time
 *                  horizon                            cursor
 *                     └──────────── overlap ────────────┘
 * ```
 *
 * A read begins one overlap before the cursor, because events may arrive late. What it returns from there is
 * compared with the known identities. Before the horizon no identity is known any more, so nothing from there
 * counts: it was counted when it was known.
 *
 * A first read, or one after a long downtime, may stop at its limit and go on with the next poll, and so does a read
 * that was cut off by a failure. Meanwhile the cursor moves far ahead. An event that arrives late during such a long
 * read may be behind where it is by then, and more than an overlap behind the cursor at its end. So the read after it
 * begins one overlap before the cursor that the long read began with.
 */
export class Ledger<E> {
  readonly #forgetting: Forgetting;
  readonly #known = new Map<string, Known>();
  readonly #malformed = new MalformedItems();
  /** Identities returned by the current read, kept only where forgetting needs them. */
  readonly #returned = new Set<string>();
  /** Newest instant admitted, never later than the clock at that moment. */
  #cursor: number | undefined;
  /** Identities that ended before it are forgotten, so sightings from there are not looked at. */
  #horizon = Number.NEGATIVE_INFINITY;
  #longRead: LongRead | undefined;
  /** The cursor when the read under way began, polls ago if it is a long one. */
  #cursorBefore: number | undefined;

  constructor(forgetting: Forgetting, state?: LedgerState) {
    this.#forgetting = forgetting;
    if (state === undefined) return;
    this.#cursor = state.cursor ?? undefined;
    this.#horizon = state.horizon ?? Number.NEGATIVE_INFINITY;
    if (state.longRead !== null) {
      const { resume, cursorBefore } = state.longRead;
      this.#longRead = { resume: resume ?? undefined, cursorBefore: cursorBefore ?? undefined };
    }
    for (const [key, count, last] of state.known) this.#known.set(key, { count, last });
  }

  get cursor(): number | undefined {
    return this.#cursor;
  }

  /**
   * Opens a read and says from which instant on.
   * @param start where a target without any event begins
   * @param overlap milliseconds before the cursor that are read again
   */
  begin(start: number, overlap: number): number {
    this.#returned.clear();
    const longRead = this.#longRead;
    // Nothing is forgotten during a long read: the read after it returns the same events again.
    if (longRead?.resume !== undefined) {
      this.#cursorBefore = longRead.cursorBefore;
      return longRead.resume;
    }
    this.#cursorBefore = this.#cursor;
    const base = longRead === undefined ? this.#cursor : longRead.cursorBefore;
    const since = base === undefined ? start : base - overlap;
    if (base !== undefined && this.#forgetting === 'behind_overlap') {
      this.#horizon = Math.max(this.#horizon, since);
      for (const [key, known] of this.#known) if (known.last < this.#horizon) this.#known.delete(key);
    }
    return Math.max(since, this.#horizon);
  }

  /** How many events at or after an instant are known. */
  countSince(instant: number): number {
    let events = 0;
    for (const { count, last } of this.#known.values()) if (last >= instant) events += count;
    return events;
  }

  /** Takes in one response. */
  admit(page: Page<E>, now: number): Admission<E> {
    const occurrences: Occurrence<E>[] = [];
    for (const [key, { event, first, last, count, records, repeats }] of merge(page.sightings)) {
      const known = this.#known.get(key);
      if (known === undefined && last < this.#horizon) continue;
      if (this.#forgetting === 'no_longer_returned') this.#returned.add(key);
      if (known !== undefined) {
        if (count > known.count) occurrences.push({ event, at: last, count: count - known.count });
      } else if (first < this.#horizon) {
        // A record whose first event is before the horizon and whose last is after it: it was forgotten, and has grown
        // since. Nobody knows by how much, so it counts as one more.
        occurrences.push({ event, at: last, count: 1 });
      } else {
        occurrences.push({ event, at: first, count: records });
        for (const [at, times] of repeats) occurrences.push({ event, at, count: times });
      }
      this.#known.set(key, {
        count: Math.max(count, known?.count ?? 0),
        last: Math.max(last, known?.last ?? last),
      });
      this.#cursor = Math.max(this.#cursor ?? Number.NEGATIVE_INFINITY, Math.min(last, now));
    }
    return { occurrences, malformed: this.#malformed.admit(page.malformed) };
  }

  /** Closes a read that came to its end, one that was cut off meanwhile after several polls. */
  end(result: { resume?: number | undefined; exhaustive?: boolean; tookPolls?: boolean }, now: number): void {
    const wasLong = this.#longRead?.resume !== undefined;
    const isLong = wasLong || result.tookPolls || result.resume !== undefined;
    this.#longRead = isLong ? { resume: result.resume, cursorBefore: this.#cursorBefore } : undefined;
    if (this.#forgetting !== 'no_longer_returned') return;
    if (result.exhaustive) {
      for (const [key, known] of this.#known) {
        if (!this.#returned.has(key) && known.last < now - FORGET_AFTER) this.#forget(key, known);
      }
    }
    if (this.#known.size > KNOWN_MAX) this.#evict();
  }

  /** Gives up a read that took several polls and came to no end. */
  abandon(): void {
    this.#longRead ??= { resume: undefined, cursorBefore: this.#cursorBefore };
  }

  /** Skips what the overlap would read again, once: its texts have changed, its events have not. */
  skipOverlap(): void {
    if (this.#cursor === undefined) return;
    this.#horizon = Math.max(this.#horizon, this.#cursor + 1);
    this.#known.clear();
  }

  /**
   * Goes on from now where the cursor is ahead of it: it was set by a clock, here or there, that was wrong, and what
   * happens now would be taken for old.
   * @returns whether it was ahead
   */
  letGoOfFuture(now: number): boolean {
    // Without a cursor nothing was read yet.
    if (this.#cursor === undefined) return false;
    const newest = Math.max(this.#cursor, this.#horizon, this.#longRead?.resume ?? now);
    if (newest <= now + AHEAD_MAX) return false;
    this.#cursor = Math.min(this.#cursor, now);
    this.#horizon = Math.min(this.#horizon, now);
    this.#longRead = undefined;
    return true;
  }

  state(): LedgerState {
    return {
      cursor: this.#cursor ?? null,
      horizon: Number.isFinite(this.#horizon) ? this.#horizon : null,
      longRead:
        this.#longRead === undefined
          ? null
          : {
              resume: this.#longRead.resume ?? null,
              cursorBefore: this.#longRead.cursorBefore ?? null,
            },
      known: [...this.#known].map(([key, { count, last }]) => [key, count, last] as const),
    };
  }

  #evict(): void {
    const newestFirst = [...this.#known].sort(([, a], [, b]) => b.last - a.last);
    for (const [key, known] of newestFirst.slice(KNOWN_MAX)) this.#forget(key, known);
  }

  /** Should the API show it again, it is not to look new. */
  #forget(key: string, { last }: Known): void {
    this.#known.delete(key);
    this.#horizon = Math.max(this.#horizon, last + 1);
  }
}

interface Merged<E> {
  event: E;
  first: number;
  last: number;
  count: number;
  records: number;
  /** How often it happened again, by the instant that each record tells as its last. */
  readonly repeats: Map<number, number>;
}

/** Identical items of one response are as many events. */
function merge<E>(sightings: readonly Sighting<E>[]): Map<string, Merged<E>> {
  const merged = new Map<string, Merged<E>>();
  for (const { key, event, first, last, count } of sightings) {
    const same = merged.get(key) ?? { event, first, last, count: 0, records: 0, repeats: new Map() };
    merged.set(key, same);
    if (last > same.last) same.event = event;
    same.last = Math.max(same.last, last);
    same.count += count;
    same.records += 1;
    if (count > 1) same.repeats.set(last, (same.repeats.get(last) ?? 0) + count - 1);
  }
  return merged;
}
