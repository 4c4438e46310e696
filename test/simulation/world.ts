import { KIND_NAMES, type KindName } from '../../src/kind-table.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import type { Timers } from '../../src/timers.ts';
import { PROJECT } from '../configuration.ts';
import { countEvents } from '../simulator-kit/ground-truth.ts';
import type { Draws } from './draws.ts';
import { type Again, INHABITANTS } from './inhabitants.ts';
import type { Shape } from './shape.ts';

/** Something that somebody is to be told of. Unix milliseconds. */
export interface Incident {
  readonly alertname: string;
  readonly target: string;
  readonly at: number;
  endedAt?: number;
}

/** The projects that there may be. */
export const PROJECTS = [
  { name: 'prod', id: PROJECT },
  { name: 'lab', id: 'fedcba9876543210fedcba9876543210' },
] as const;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** How long after it happened an event may come, which is less than an overlap. */
const LATE_MAX = 4 * MINUTE;
/** Events of a burst, of which several reads bring a part each. */
const BURST = [80, 150] as const;
/** Events that may still happen again. */
const REPEATED_MAX = 20;

/** The alert of an update that failed. */
export const UPDATE_FAILED = 'ModelArtsServiceUpdateFailed';

interface Repeated {
  readonly target: string;
  readonly again: Again;
}

/** A cloud in which things happen at random, and the list of what somebody is to be told. */
export class World {
  readonly cloud = new Cloud();
  readonly incidents: Incident[] = [];
  /** All targets that there were, and when each came into being. */
  readonly created = new Map<string, number>();
  /** Targets that were deleted, and when. */
  readonly deleted = new Map<string, number>();
  /** Events of targets that were deleted, by kind: nobody knows which of them were read before. */
  readonly deletedEvents = new Map<KindName, number>();
  /** Targets that had another name once: what happened between two scrapes with either name, neither shows. */
  readonly renamed = new Set<string>();
  readonly start: number;
  readonly #clock: () => number;
  readonly #timers: Timers;
  readonly #draws: Draws;
  readonly #shape: Shape;
  readonly #restsUntil = new Map<string, number>();
  readonly #repeated: Repeated[] = [];
  readonly #ended = new Set<string>();
  #made = 0;
  /** Once it is over nothing happens any more. */
  #isOver = false;

  constructor(time: { readonly clock: () => number; readonly timers: Timers }, draws: Draws, shape: Shape) {
    this.#clock = time.clock;
    this.#timers = time.timers;
    this.#draws = draws;
    this.#shape = shape;
    this.start = time.clock();
    for (const { id } of PROJECTS.slice(0, shape.projects)) this.cloud.addProject({ id, name: 'cn-north-4' });
    for (const kind of KIND_NAMES) {
      for (let count = draws.integer(1, 2); count > 0; count -= 1) this.#create(kind);
    }
    this.#giveHistory();
  }

  live(): void {
    const targets = () => this.targets().length;
    void this.#again(
      () => this.#shape.happensEvery / targets(),
      () => this.#tell(),
    );
    void this.#again(
      () => (4 * HOUR) / targets(),
      () => this.#update(),
    );
    void this.#again(
      () => (8 * HOUR) / targets(),
      () => this.#trouble(),
    );
    void this.#again(
      () => (8 * HOUR) / targets(),
      () => this.#shock(),
    );
    void this.#again(
      () => 4 * HOUR,
      () => this.#create(this.#draws.pick(KIND_NAMES)),
    );
    void this.#again(
      () => 5 * HOUR,
      () => this.#delete(),
    );
    void this.#again(
      () => 8 * HOUR,
      () => this.#rename(),
    );
  }

  stop(): void {
    this.#isOver = true;
  }

  targets(): readonly (readonly [KindName, string])[] {
    const { projects } = this.cloud;
    return KIND_NAMES.flatMap((kind) =>
      projects.flatMap((project) =>
        [...INHABITANTS[kind].list(project).keys()].map((id) => [kind, id] as const),
      ),
    );
  }

  /** It does nothing any more, and is read rarely. */
  hasEnded(target: string): boolean {
    return this.#ended.has(target);
  }

  async #again(mean: () => number, work: () => void): Promise<void> {
    for (;;) {
      await this.#timers.sleep(this.#draws.gap(mean()));
      if (this.#isOver) return;
      work();
    }
  }

  async #after(duration: number, work: (now: number) => void): Promise<void> {
    await this.#timers.sleep(duration);
    work(this.#clock());
  }

  #create(kind: KindName): void {
    this.#made += 1;
    const now = this.#clock();
    const id = `${kind}-${this.#made}`;
    this.created.set(id, now);
    INHABITANTS[kind].create(this.cloud, this.#draws.pick(this.cloud.projects).id, id, now);
    // What burst before it was found counts too.
    for (let count = this.#draws.integer(0, 5); count > 0; count -= 1) this.#tellOf(kind, id, now);
  }

  /** What happened so long before the start that it must neither be counted nor told. */
  #giveHistory(): void {
    for (const [kind, id] of this.targets()) {
      for (let count = this.#draws.integer(0, 30); count > 0; count -= 1) {
        this.#made += 1;
        const at = this.start - this.#draws.integer(this.#shape.resolveAfter + 30 * MINUTE, 20 * HOUR);
        INHABITANTS[kind].tellOld(this.cloud, id, at, this.#made, this.#draws);
      }
    }
  }

  #tell(): void {
    const [kind, id] = this.#draws.pick(this.targets().filter(([, target]) => !this.hasEnded(target)));
    const isBurst = this.#draws.chance(0.02);
    const [least, most] = isBurst ? BURST : [1, 4];
    for (let count = this.#draws.integer(least, most); count > 0; count -= 1) {
      this.#tellOf(kind, id, this.#clock());
    }
    if (isBurst) {
      this.#tellLate(kind, id, this.#clock());
      // It may take several reads, and what came behind it would be told late.
      const rest = this.#clock() + this.#shape.incidents.rest;
      this.#restsUntil.set(id, Math.max(this.#restsUntil.get(id) ?? 0, rest));
    }
    for (const { target, again } of this.#repeated) {
      if (!this.#draws.chance(0.05) || this.deleted.has(target)) continue;
      again(this.#clock(), this.#draws.integer(1, 3));
    }
  }

  /** An event from before a burst comes when a part of the burst has been read. */
  #tellLate(kind: KindName, target: string, before: number): void {
    const delay = this.#draws.integer(MINUTE, LATE_MAX);
    const at = Math.max(this.start, before - this.#draws.integer(0, LATE_MAX - delay));
    void this.#after(delay, () => {
      this.#made += 1;
      if (!this.deleted.has(target)) INHABITANTS[kind].tell(this.cloud, target, at, this.#made, this.#draws);
    });
  }

  #tellOf(kind: KindName, id: string, now: number): void {
    const at = this.#draws.chance(0.2) ? Math.max(this.start, now - this.#draws.integer(0, LATE_MAX)) : now;
    this.#made += 1;
    const again = INHABITANTS[kind].tell(this.cloud, id, at, this.#made, this.#draws);
    if (again === undefined || !this.#draws.chance(0.2)) return;
    this.#repeated.push({ target: id, again });
    if (this.#repeated.length > REPEATED_MAX) this.#repeated.shift();
  }

  /** A service is updated, which mostly works; if it fails, a later one does not. Each begins with an event. */
  #update(): void {
    const found = this.#rested('service');
    if (found === undefined) return;
    const now = this.#clock();
    const fails = this.#draws.chance(0.3);
    const lasts = this.#incidentLasts();
    this.#restsUntil.set(found, now + (fails ? lasts : 0) + this.#shape.incidents.rest);
    this.#tellOf('service', found, now);
    const record = this.cloud.addUpdateRecord(found, { result: 'RUNNING', update_time: now, config: [] });
    void this.#after(this.#draws.integer(1, 5) * MINUTE, (at) => {
      record.result = fails ? 'FAIL' : 'SUCCESS';
      if (!fails || this.deleted.has(found)) return;
      const incident = this.#note(UPDATE_FAILED, found, at);
      void this.#after(lasts, (end) => {
        if (this.deleted.has(found)) return;
        this.#tellOf('service', found, end);
        this.cloud.addUpdateRecord(found, { result: 'SUCCESS', update_time: end, config: [] });
        incident.endedAt = end;
      });
    });
  }

  /** A problem event, after which all is as before. */
  #shock(): void {
    const kind = this.#draws.pick(KIND_NAMES);
    const { shock } = INHABITANTS[kind];
    const target = shock === undefined ? undefined : this.#rested(kind);
    if (shock === undefined || target === undefined) return;
    const at = this.#clock();
    this.#restsUntil.set(target, at + this.#shape.incidents.rest);
    this.#note(shock.alertname, target, at);
    shock.tell(this.cloud, target, at);
  }

  #trouble(): void {
    const kind = this.#draws.pick(KIND_NAMES);
    const target = this.#rested(kind);
    if (target === undefined) return;
    const at = this.#clock();
    const lasts = this.#incidentLasts();
    this.#restsUntil.set(target, at + lasts + this.#shape.incidents.rest);
    const incident = this.#note(INHABITANTS[kind].alertname, target, at);
    const mend = INHABITANTS[kind].break(this.cloud, target, at);
    if (mend === undefined) this.#ended.add(target);
    else
      void this.#after(lasts, (now) => {
        if (this.deleted.has(target)) return;
        mend(now);
        incident.endedAt = now;
      });
  }

  #note(alertname: string, target: string, at: number): Incident {
    const incident: Incident = { alertname, target, at };
    this.incidents.push(incident);
    return incident;
  }

  #delete(): void {
    const kind = this.#draws.pick(KIND_NAMES);
    const { remove } = INHABITANTS[kind];
    const target = this.#rested(kind);
    if (remove === undefined || target === undefined || this.targets().length < 5) return;
    this.deleted.set(target, this.#clock());
    const counts = countEvents(this.cloud, this.start).filter((each) => each.target === target);
    const events = counts.reduce((sum, { count }) => sum + count, this.deletedEvents.get(kind) ?? 0);
    this.deletedEvents.set(kind, events);
    remove(this.cloud, target);
  }

  #rename(): void {
    const kind = this.#draws.pick(KIND_NAMES);
    const target = this.#rested(kind);
    if (target === undefined) return;
    this.#made += 1;
    this.renamed.add(target);
    // What is told before a listing shows the new name is told again with it.
    this.#restsUntil.set(target, this.#clock() + 2 * this.#shape.refresh);
    INHABITANTS[kind].rename(this.cloud, target, `name ${this.#made}`);
  }

  #incidentLasts(): number {
    const { shortest, longest } = this.#shape.incidents;
    return Math.min(longest, shortest + this.#draws.gap(20 * MINUTE));
  }

  /** One that nothing happened to lately. */
  #rested(kind: KindName): string | undefined {
    const now = this.#clock();
    const rested = this.targets().filter(
      ([each, id]) => each === kind && (this.#restsUntil.get(id) ?? 0) <= now && !this.hasEnded(id),
    );
    return rested.length === 0 ? undefined : this.#draws.pick(rested)[1];
  }
}
