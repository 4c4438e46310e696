import type { TotalSink, Totals } from '../kinds/totals.ts';
import type { Addition } from '../metrics/total-series.ts';

/** So many facts of one target are remembered, and those beyond it only while they are told. */
const FACTS_MAX = 2_000;

/**
 * What one target has added to the totals of its project, fact by fact. The state file holds it together with the
 * totals, so that each fact counts once over restarts too:
 *
 *     told      ended; node_seconds 30     ended; node_seconds 45     the same after a restart
 *     added     ended; node_seconds 30            node_seconds 15     nothing
 */
export class Contributions {
  readonly #taken: Map<string, number>;

  /** @param saved what a process before this one had added */
  constructor(saved: Readonly<Record<string, number>> = {}) {
    this.#taken = new Map(Object.entries(saved));
  }

  /** What a target has to add since this was asked last. */
  take<S>(totals: Totals<S> | undefined, state: S, since: number): readonly Addition[] {
    const additions: Addition[] = [];
    const told = new Set<string>();
    const add = (fact: string, addition: Addition, amount: number): void => {
      const name = `${addition.family.name} ${fact}`;
      told.add(name);
      const before = this.#taken.get(name) ?? 0;
      if (amount <= before) return;
      this.#taken.set(name, amount);
      additions.push(
        addition.family.type === 'histogram' ? addition : { ...addition, value: amount - before },
      );
    };
    const sink: TotalSink = {
      amount: (fact, family, labels, amount) => add(fact, { family, labels, value: amount }, amount),
      once(fact, family, labels, at, value = 1) {
        if (at >= since) add(fact, { family, labels, value }, 1);
      },
      now: () => {},
    };
    totals?.tell(state, since, sink);
    if (this.#taken.size > FACTS_MAX) {
      for (const name of this.#taken.keys()) if (!told.has(name)) this.#taken.delete(name);
    }
    return additions;
  }

  state(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#taken);
  }
}

/** What there is of one target now. */
export function presentOf<S>(totals: Totals<S> | undefined, state: S, since: number): readonly Addition[] {
  const present: Addition[] = [];
  totals?.tell(state, since, {
    amount: () => {},
    once: () => {},
    now: (family, labels) => present.push({ family, labels, value: 1 }),
  });
  return present;
}
