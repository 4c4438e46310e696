import type { Occurrence, Page, Sighting } from '../kinds/event.ts';

/** When an identity may be forgotten. */
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
  readonly resume: number | null;
  readonly beganAt: number | null;
  readonly againFrom: { readonly cursor: number | null } | null;
  /** Identity, count, last instant. */
  readonly known: readonly (readonly [string, number, number])[];
}

/** What one response brought. */
export interface Admission<E> {
  readonly occurrences: readonly Occurrence<E>[];
  /** Items that could not be read and were not counted before. */
  readonly malformed: number;
}

/** An identity whose count can grow is forgotten when an unfiltered read no longer returns it, but not until its last event is so old. Milliseconds. */
const FORGET_AFTER = 24 * 3_600_000;
/** Bounds of a ledger whose events can grow, and of the malformed items remembered. */
const KNOWN_MAX = 20_000;
const MALFORMED_MAX = 1_000;

/**
 * Decides which events of one target are new. The API gives no ids, so an event is its content, and
 * several identical events are told by how many of them one response holds. Taking in a response is
 * idempotent and monotonic: the count known of an identity is the largest that any response showed.
 * Pages, overlaps, repeats and any order therefore give the same sum.
 */
export class Ledger<E> {
  readonly #forgetting: Forgetting;
  readonly #known = new Map<string, Known>();
  readonly #malformed = new Map<string, number>();
  /** Identities returned by the current read, kept only where forgetting needs them. */
  readonly #returned = new Set<string>();
  /** Newest instant admitted, never later than the clock at that moment. */
  #cursor: number | undefined;
  /** Identities that ended before it are forgotten, so sightings from there are not looked at. */
  #horizon = Number.NEGATIVE_INFINITY;
  /** Where a read that stopped at its limit goes on. */
  #resume: number | undefined;
  /** The cursor when the read under way began, which may take several polls. */
  #beganAt: number | undefined;
  /** What came late during a read of several polls is behind the cursor that it began with: from there again. */
  #againFrom: { readonly cursor: number | undefined } | undefined;

  constructor(forgetting: Forgetting, state?: LedgerState) {
    this.#forgetting = forgetting;
    if (state === undefined) return;
    this.#cursor = state.cursor ?? undefined;
    this.#horizon = state.horizon ?? Number.NEGATIVE_INFINITY;
    this.#resume = state.resume ?? undefined;
    this.#beganAt = state.beganAt ?? undefined;
    this.#againFrom = state.againFrom === null ? undefined : { cursor: state.againFrom.cursor ?? undefined };
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
    // Nothing is forgotten during a read of several polls, however much they bring: what they brought is
    // read again once they are done.
    if (this.#resume !== undefined) return this.#resume;
    const base = this.#againFrom === undefined ? this.#cursor : this.#againFrom.cursor;
    this.#beganAt = this.#cursor;
    const since = base === undefined ? start : base - overlap;
    if (base !== undefined && this.#forgetting === 'behind_overlap') {
      this.#horizon = Math.max(this.#horizon, since);
      for (const [key, known] of this.#known) if (known.last < this.#horizon) this.#known.delete(key);
    }
    return Math.max(since, this.#horizon);
  }

  /** Takes in one response. */
  admit(page: Page<E>, now: number): Admission<E> {
    const occurrences: Occurrence<E>[] = [];
    for (const [key, { event, first, last, count, records }] of merge(page.sightings)) {
      const known = this.#known.get(key);
      if (known === undefined && last < this.#horizon) continue;
      if (this.#forgetting === 'no_longer_returned') this.#returned.add(key);
      if (known === undefined && first < this.#horizon && this.#forgetting === 'no_longer_returned') {
        // It was forgotten and has grown, nobody knows by how much.
        occurrences.push({ event, at: last, count: 1 });
      } else if (known === undefined) {
        occurrences.push({ event, at: first, count: records });
        if (count > records) occurrences.push({ event, at: last, count: count - records });
      } else if (count > known.count) {
        occurrences.push({ event, at: last, count: count - known.count });
      }
      this.#known.set(key, {
        count: Math.max(count, known?.count ?? 0),
        last: Math.max(last, known?.last ?? last),
      });
      this.#cursor = Math.max(this.#cursor ?? Number.NEGATIVE_INFINITY, Math.min(last, now));
    }
    return { occurrences, malformed: this.#admitMalformed(page.malformed) };
  }

  /** Closes a read that came to its end. */
  end(result: { resume?: number; exhaustive?: boolean }, now: number): void {
    if (result.resume === undefined) {
      this.#againFrom = this.#resume === undefined ? undefined : { cursor: this.#beganAt };
    }
    this.#resume = result.resume;
    if (this.#forgetting !== 'no_longer_returned') return;
    if (result.exhaustive) {
      for (const [key, known] of this.#known) {
        if (!this.#returned.has(key) && known.last < now - FORGET_AFTER) this.#forget(key, known);
      }
    }
    if (this.#known.size > KNOWN_MAX) this.#evict();
  }

  /** Skips what the overlap would read again, once: its texts have changed, its events have not. */
  skipOverlap(): void {
    if (this.#cursor === undefined) return;
    this.#horizon = Math.max(this.#horizon, this.#cursor + 1);
    this.#known.clear();
  }

  state(): LedgerState {
    return {
      cursor: this.#cursor ?? null,
      horizon: Number.isFinite(this.#horizon) ? this.#horizon : null,
      resume: this.#resume ?? null,
      beganAt: this.#beganAt ?? null,
      againFrom: this.#againFrom === undefined ? null : { cursor: this.#againFrom.cursor ?? null },
      known: [...this.#known].map(([key, { count, last }]) => [key, count, last] as const),
    };
  }

  #admitMalformed(keys: readonly string[]): number {
    let fresh = 0;
    const here = new Map<string, number>();
    for (const key of keys) here.set(key, (here.get(key) ?? 0) + 1);
    for (const [key, count] of here) {
      const before = this.#malformed.get(key) ?? 0;
      fresh += Math.max(0, count - before);
      this.#malformed.delete(key);
      this.#malformed.set(key, Math.max(count, before));
    }
    for (const key of this.#malformed.keys()) {
      if (this.#malformed.size <= MALFORMED_MAX) break;
      this.#malformed.delete(key);
    }
    return fresh;
  }

  #evict(): void {
    const oldest = [...this.#known]
      .sort(([, a], [, b]) => a.last - b.last)
      .slice(0, this.#known.size - KNOWN_MAX);
    for (const [key, known] of oldest) this.#forget(key, known);
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
}

/** Identical items of one response are as many events. */
function merge<E>(sightings: readonly Sighting<E>[]): Map<string, Merged<E>> {
  const merged = new Map<string, Merged<E>>();
  for (const { key, event, first, last, count } of sightings) {
    const same = merged.get(key);
    if (same === undefined) {
      merged.set(key, { event, first, last, count, records: 1 });
      continue;
    }
    if (last > same.last) same.event = event;
    same.last = Math.max(same.last, last);
    same.count += count;
    same.records += 1;
  }
  return merged;
}
