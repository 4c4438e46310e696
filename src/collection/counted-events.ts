import type { EventCounts } from '../metrics/event-totals.ts';

/** How many events the totals of one target have, and how many of these are news to the total of its project. */
export class CountedEvents {
  #counts: EventCounts;
  #taken: EventCounts;

  /** @param saved what a process before this one had taken */
  constructor(saved: EventCounts = { problems: 0, others: 0 }) {
    this.#counts = saved;
    this.#taken = saved;
  }

  add(count: number, isProblem: boolean): void {
    const { problems, others } = this.#counts;
    this.#counts = isProblem ? { problems: problems + count, others } : { problems, others: others + count };
  }

  /** The events since this was asked last. */
  take(): EventCounts {
    const { problems, others } = this.#counts;
    const taken = this.#taken;
    this.#taken = this.#counts;
    return { problems: problems - taken.problems, others: others - taken.others };
  }

  state(): EventCounts {
    return this.#counts;
  }
}
