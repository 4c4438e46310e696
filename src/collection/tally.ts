import type { Occurrence } from '../kinds/event.ts';
import type { Classes } from '../kinds/kind.ts';
import { Window } from './window.ts';

/** A tally as the state file holds it. */
export interface TallyState {
  readonly totals: readonly (readonly [Classes, number])[];
  readonly last: readonly (readonly [string, number])[];
  readonly recent: readonly (readonly [string, readonly (readonly [number, number])[]])[];
}

export interface TallyOptions {
  /** Label values that exist with 0. */
  readonly known: readonly Classes[];
  /** Milliseconds. */
  readonly window: number;
  /** Distinct values of the second label beside the known ones, then `other`. */
  readonly values: number;
}

/** Counts the events of one target: in total by all labels, and within the window by the first one. */
export class Tally {
  readonly #options: TallyOptions;
  readonly #totals = new Map<string, { readonly labels: Classes; count: number }>();
  /** Values of the second label that have series; undefined of a kind that has no such label. */
  readonly #values = new Set<string | undefined>();
  readonly #valuesMax: number;
  readonly #recent = new Map<string, Window>();
  readonly #last = new Map<string, number>();
  /** Undefined until somebody asks for them as they now are. */
  #shown: { readonly counts: Readonly<Record<string, number>>; readonly until: number } | undefined;

  constructor(options: TallyOptions, state?: TallyState) {
    this.#options = options;
    this.#valuesMax = new Set(options.known.map(([, second]) => second)).size + options.values;
    for (const labels of options.known) this.#count(labels, 0);
    for (const [labels, total] of state?.totals ?? []) this.#count(labels, total);
    for (const [label, at] of state?.last ?? []) this.#last.set(label, at);
    for (const [label, entries] of state?.recent ?? [])
      this.#recent.set(label, new Window(options.window, entries));
  }

  /** The same counts under other options; itself if they are the same. */
  with(options: TallyOptions): Tally {
    const { window, values } = this.#options;
    return options.window === window && options.values === values ? this : new Tally(options, this.state());
  }

  /** @param countingSince events before it are recent or last, but not in the totals */
  add(labels: Classes, { at, count }: Occurrence<unknown>, countingSince: number, now: number): void {
    this.#count(labels, at >= countingSince ? count : 0);
    const [first] = labels;
    this.#last.set(first, Math.max(at, this.#last.get(first) ?? at));
    if (at > now - this.#options.window) this.#window(first).add(at, count);
    this.#shown = undefined;
  }

  /** Label values with their totals. */
  totals(): (readonly [Classes, number])[] {
    return [...this.#totals.values()].map(({ labels, count }) => [labels, count]);
  }

  /** Counts within the window: the same object until they change. */
  recent(now: number): Readonly<Record<string, number>> {
    if (this.#shown === undefined || this.#shown.until <= now) {
      const totals = [...this.#recent].map(([label, window]) => [label, window.total(now)] as const);
      this.#shown = { counts: Object.fromEntries(totals), until: this.nextChange() };
    }
    return this.#shown.counts;
  }

  /** Unix milliseconds, for the classes that had an event. */
  last(): [string, number][] {
    return [...this.#last];
  }

  /** When `recent` changes by itself. */
  nextChange(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const window of this.#recent.values()) next = Math.min(next, window.nextChange());
    return next;
  }

  state(): TallyState {
    return {
      totals: this.totals(),
      last: this.last(),
      recent: [...this.#recent].map(([label, window]) => [label, window.entries()]),
    };
  }

  #count([first, ...rest]: Classes, count: number): void {
    const [second] = rest;
    if (!this.#values.has(second)) {
      if (this.#values.size < this.#valuesMax) this.#values.add(second);
      else rest = ['other'];
    }
    this.#window(first);
    const labels: Classes = [first, ...rest];
    const key = JSON.stringify(labels);
    const total = this.#totals.get(key);
    if (total === undefined) this.#totals.set(key, { labels, count });
    else total.count += count;
  }

  #window(label: string): Window {
    let window = this.#recent.get(label);
    if (window === undefined) {
      window = new Window(this.#options.window);
      this.#recent.set(label, window);
    }
    return window;
  }
}
