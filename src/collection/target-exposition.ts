import type { KindName } from '../kind-table.ts';
import type { Family } from '../metrics/family.ts';
import type { ProjectTotals, TotalsEntry } from '../metrics/project-totals.ts';
import type { Scope } from '../metrics/scope.ts';
import type { SeriesStore } from '../metrics/series-store.ts';
import type { TargetKey } from '../target-key.ts';
import type { Timers } from '../timers.ts';
import { GroupCommit } from './group-commit.ts';
import { Target } from './target.ts';
import { recentSeries, targetSeries } from './target-series.ts';
import type { TargetStore } from './target-store.ts';

export interface TargetExpositionOptions {
  readonly clock: () => number;
  readonly timers: Timers;
  readonly series: SeriesStore;
  readonly store: TargetStore;
  readonly metrics: { readonly eventTotals: ProjectTotals };
  readonly totals: ProjectTotals;
}

/** Brings what is known of targets to the state file, and then to the series that scrapers are shown. */
export class TargetExposition {
  readonly #options: TargetExpositionOptions;
  readonly #commits: GroupCommit<Target | TotalsEntry>;

  constructor(options: TargetExpositionOptions) {
    this.#options = options;
    const { store, timers } = options;
    this.#commits = new GroupCommit({
      timers,
      save: store.isDurable ? () => store.save() : undefined,
      capture: (item) => (item instanceof Target ? this.#capture(item) : item.capture()),
      // A target shows what is true even so; a total is for long ranges, in which it must not go back at a restart.
      mustBeSaved: (item) => !(item instanceof Target),
    });
  }

  /**
   * Returns when the target's series are shown: with a state file that is when they are saved. What the target has
   * counted is saved together with the total that it is part of.
   */
  show(target: Target): Promise<void> {
    this.#addToTotals(target);
    return this.#commits.commit(target);
  }

  /** A read of the target begins. */
  readBegins(target: Target): void {
    this.#options.store.readBegins(target);
  }

  /** The read is over; what it brought may still have to be shown. */
  readEnded(target: Target): void {
    this.#options.store.readEnded(target);
  }

  /** Shows what changed without a read. Amid a read nothing is done: the end of the read shows everything. */
  update(target: Target): void {
    if (!target.reads.isUnderWay) void this.show(target);
  }

  /** Shows at once what is remembered of a target: it was saved. What is not among `unseen` was born before. */
  restore(target: Target, unseen: readonly string[]): void {
    const { series, store } = this.#options;
    store.put(target, unseen);
    series.put(target.key, this.#seriesOf(target), { created: target.counting.since, unseen });
  }

  /** Shows how many of the targets of a project and kind are in which state, as a listing has told. */
  showPresent(project: string, kind: KindName, targets: readonly Target[]): void {
    const present = targets.flatMap((target) => target.present);
    const changed = this.#options.totals.setNow(project, kind, present);
    if (changed !== undefined) void this.#commits.commit(changed);
  }

  /** Shows a removed target no more, and remembers it for a while. */
  remove(target: Target): void {
    const { series, store } = this.#options;
    // A read that is over may have brought what is not shown yet.
    if (!target.reads.isUnderWay) this.#addToTotals(target);
    store.remove(target, series.unseen(target.key, this.#seriesOf(target)));
    series.delete(target.key);
  }

  /** Brings the windows of the targets to now: events leave them as time passes. */
  moveWindows(targets: readonly Target[]): void {
    const now = this.#options.clock();
    for (const target of targets) {
      if (!target.reads.hasSucceeded || target.counting.tally.nextChange() > now) continue;
      this.#options.series.patch(target.key, target.kind.events.families.recent, recentSeries(target, now));
    }
  }

  /**
   * Shows with their values the counters that every scraper has seen at 0 by now.
   * @param scope what a scraper has just seen; nothing else can have grown up
   */
  reveal(scope: Scope, find: (key: TargetKey) => Target | undefined): void {
    const { series, metrics, totals } = this.#options;
    for (const key of series.grownUp(scope)) {
      const target = find(key);
      if (target !== undefined) this.update(target);
    }
    if (scope !== 'everything') return;
    for (const total of [...metrics.eventTotals.grownUp(), ...totals.grownUp()])
      void this.#commits.commit(total);
  }

  /** Saves what is known, and returns when it is shown. */
  flush(): Promise<void> {
    return this.#commits.flush();
  }

  /** Returns when what is known is saved, together with what else is to be. */
  saveSoon(): Promise<void> {
    return this.#commits.saved();
  }

  #addToTotals(target: Target): void {
    const { metrics, totals } = this.#options;
    const { project, kind } = target.key;
    const additions = target.counting.takeAdditions(target.state);
    for (const each of [metrics.eventTotals, totals]) {
      const changed = each.add(project, kind, additions);
      if (changed !== undefined) void this.#commits.commit(changed);
    }
  }

  #seriesOf(target: Target): Map<Family, string> {
    const { clock, totals } = this.#options;
    const { project, kind } = target.key;
    return targetSeries(target, clock(), totals.boundsOf(project, kind));
  }

  #capture(target: Target): () => void {
    const { series, store } = this.#options;
    const lines = this.#seriesOf(target);
    const unseen = series.unseen(target.key, lines);
    const created = target.counting.since;
    store.put(target, unseen);
    return () => {
      if (!target.isRemoved) series.put(target.key, lines, { created, unseen });
    };
  }
}
