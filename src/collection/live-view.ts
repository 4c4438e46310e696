import type { KindName } from '../kind-table.ts';
import type { Standing } from '../kinds/standing.ts';
import type { Target } from './target.ts';
import type { TargetView } from './target-view.ts';

/** A view that looks when it is asked: of ten thousand targets a page shows fifty, and a filter looks at little. */
export class LiveView implements TargetView {
  readonly #target: Target;
  readonly #clock: () => number;
  readonly project: string;
  readonly kind: KindName;
  readonly id: string;

  constructor(target: Target, clock: () => number) {
    this.#target = target;
    this.#clock = clock;
    this.project = target.project.name;
    this.kind = target.kind.name;
    this.id = target.id;
  }

  get region(): string {
    return this.#target.project.region;
  }

  get name(): string | undefined {
    return this.#target.name;
  }

  get origin(): TargetView['origin'] {
    return this.#target.origin;
  }

  get deleted(): boolean {
    return this.#target.isDeleted;
  }

  get standing(): Standing | undefined {
    return this.#target.standing;
  }

  get up(): boolean | undefined {
    return this.#target.reads.health.up;
  }

  get lastAttempt(): number | undefined {
    return this.#target.reads.health.lastAttempt;
  }

  get lastSuccess(): number | undefined {
    return this.#target.reads.health.lastSuccess;
  }

  get duration(): number | undefined {
    return this.#target.reads.health.duration;
  }

  get error(): TargetView['error'] {
    const { error } = this.#target.reads.health;
    return error === undefined || this.deleted ? undefined : { reason: error.reason, message: error.message };
  }

  get problemHours(): readonly number[] {
    return this.#target.chronicle.problemHours(this.#clock());
  }

  get recent(): TargetView['recent'] {
    return this.#target.counting.tally.recent(this.#clock());
  }
}
