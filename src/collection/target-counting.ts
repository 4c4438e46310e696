import { isProblem, type Occurrence } from '../kinds/event.ts';
import type { Kind } from '../kinds/kind.ts';
import { EVENTS } from '../metrics/event-totals.ts';
import type { Addition } from '../metrics/total-series.ts';
import { Contributions } from './contributions.ts';
import { Tally, type TallyOptions } from './tally.ts';
import type { TargetRecord } from './target-record.ts';
import type { TargetSettings } from './target-settings.ts';

/** Which events of one target count, and how many there were. Instants are Unix milliseconds. */
export class TargetCounting {
  readonly #contributions: Contributions;
  readonly #kind: Kind<unknown, unknown, unknown>;
  #settings: TargetSettings;
  #knownAt: number;
  #tally: Tally;
  /** The events, by whether they are problems, that are news to the totals of the project. */
  readonly #news = new Map<boolean, number>();

  /** @param record what is remembered, if the target was collected before */
  constructor(
    kind: Kind<unknown, unknown, unknown>,
    settings: TargetSettings,
    now: number,
    record: TargetRecord | undefined,
  ) {
    this.#kind = kind;
    this.#settings = settings;
    this.#knownAt = record?.knownAt ?? now;
    this.#tally = new Tally(this.#tallyOptions(), record?.tally);
    this.#contributions = new Contributions(record?.added);
  }

  get settings(): TargetSettings {
    return this.#settings;
  }

  get tally(): Tally {
    return this.#tally;
  }

  /** When the target became known. */
  get knownAt(): number {
    return this.#knownAt;
  }

  /** Events before it are history: they do not count in totals. */
  get since(): number {
    return Math.max(this.#inResolution(this.#settings.countingSince), this.lookbackStart);
  }

  /** The first instant that one-shot alerts look at. */
  get lookbackStart(): number {
    return this.#inResolution(this.#knownAt - this.#settings.lookback);
  }

  /** What is already counted stays. */
  configure(settings: TargetSettings): void {
    this.#settings = settings;
    this.#tally = this.#tally.with(this.#tallyOptions());
  }

  /** What became known in the future was noted by a clock that was ahead. */
  letGoOfFuture(now: number): void {
    this.#knownAt = Math.min(this.#knownAt, now);
  }

  /** What the target has to add to the totals of its project since this was asked last. */
  takeAdditions(state: unknown): readonly Addition[] {
    const events = [...this.#news].map(([isProblem, value]) => ({
      family: EVENTS,
      labels: { problem: String(isProblem) },
      value,
    }));
    this.#news.clear();
    return [...events, ...this.#contributions.take(this.#kind.totals, state, this.since)];
  }

  add(occurrence: Occurrence<unknown>, now: number): void {
    const { classify, notice } = this.#kind.events;
    const { since } = this;
    const classes = classify(occurrence.event);
    if (classes !== undefined) this.#tally.add(classes, occurrence, since, now);
    if (occurrence.at < since) return;
    const isBad = isProblem(notice(occurrence));
    this.#news.set(isBad, (this.#news.get(isBad) ?? 0) + occurrence.count);
  }

  record(): Pick<TargetRecord, 'knownAt' | 'tally' | 'added'> {
    return {
      knownAt: this.#knownAt,
      tally: this.#tally.state(),
      added: this.#contributions.state(),
    };
  }

  /** If the API tells no milliseconds, an event of the very second counts. */
  #inResolution(instant: number): number {
    return this.#kind.reading.timesAreWholeSeconds ? Math.floor(instant / 1000) * 1000 : instant;
  }

  #tallyOptions(): TallyOptions {
    const { window, limits } = this.#settings;
    const { knownClasses, unknownValuesMax } = this.#kind.events;
    return { known: knownClasses, window, values: unknownValuesMax?.(limits) ?? Number.POSITIVE_INFINITY };
  }
}
