import type { KindName } from '../../src/kind-table.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import type { PoolEvent } from '../../src/simulator/model.ts';
import type { Timers } from '../../src/timers.ts';
import { PROJECT } from '../configuration.ts';
import { countEvents } from '../simulator-kit/ground-truth.ts';
import type { Draws } from './draws.ts';

/** Something that somebody is to be told of. Unix milliseconds. */
export interface Incident {
  readonly alertname: string;
  readonly target: string;
  readonly at: number;
  endedAt?: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** How much later than others an event of an earlier time may come. */
const LATE_MAX = 4 * MINUTE;
/** Shorter ones may fall between two reads. */
const INCIDENT_MIN = 20 * MINUTE;
/** Between two incidents of one target, so that each is one of its own. */
const REST = 2 * HOUR;

/** A cloud in which things happen at random, and the list of what somebody is to be told. */
export class World {
  readonly cloud = new Cloud();
  readonly incidents: Incident[] = [];
  /** Targets that were deleted, and when. */
  readonly deleted = new Map<string, number>();
  /** Events of targets that were deleted, by kind: nobody knows which of them were read before. */
  readonly deletedEvents = new Map<KindName, number>();
  readonly start: number;
  readonly #clock: () => number;
  readonly #timers: Timers;
  readonly #draws: Draws;
  readonly #newest = new Map<string, number>();
  readonly #restsUntil = new Map<string, number>();
  readonly #repeated: PoolEvent[] = [];
  #made = 0;
  /** Once it is over nothing happens any more. */
  #isOver = false;

  constructor(time: { readonly clock: () => number; readonly timers: Timers }, draws: Draws) {
    this.#clock = time.clock;
    this.#timers = time.timers;
    this.#draws = draws;
    this.start = time.clock();
    this.cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
    for (let count = draws.integer(2, 4); count > 0; count -= 1) this.#create('service');
    for (let count = draws.integer(2, 4); count > 0; count -= 1) this.#create('training_job');
    for (let count = draws.integer(1, 2); count > 0; count -= 1) this.#create('pool');
    this.#giveHistory();
  }

  live(): void {
    const targets = () => this.targets().length;
    void this.#again(
      () => (20 * MINUTE) / targets(),
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
      () => 3 * HOUR,
      () => this.#create(this.#draws.pick(['service', 'training_job', 'pool'])),
    );
    void this.#again(
      () => 5 * HOUR,
      () => this.#delete(),
    );
  }

  stop(): void {
    this.#isOver = true;
  }

  targets(): readonly (readonly [KindName, string])[] {
    const { services, jobs, pools } = this.cloud.project(PROJECT);
    return [
      ...[...services.keys()].map((id) => ['service', id] as const),
      ...[...jobs.keys()].map((id) => ['training_job', id] as const),
      ...[...pools.keys()].map((id) => ['pool', id] as const),
    ];
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
    if (kind === 'service') this.cloud.addService(PROJECT, { service_id: id, publish_at: now });
    else if (kind === 'training_job') this.cloud.addJob(PROJECT, { id, create_time: now, start_time: now });
    else this.cloud.addPool(PROJECT, { name: id, created_at: now });
    // What burst before it was found counts too.
    for (let count = this.#draws.integer(0, 5); count > 0; count -= 1) this.#tellOf(kind, id, now);
  }

  /** What happened before the start, and must neither be counted nor told. */
  #giveHistory(): void {
    for (const [kind, id] of this.targets()) {
      for (let count = this.#draws.integer(0, 30); count > 0; count -= 1) {
        this.#addEvent(kind, id, this.start - this.#draws.integer(HOUR, 20 * HOUR), true);
      }
    }
  }

  #tell(): void {
    const [kind, id] = this.#draws.pick(
      this.targets().filter(([each, target]) => !this.#hasEnded(each, target)),
    );
    for (let count = this.#draws.integer(1, this.#draws.chance(0.02) ? 150 : 4); count > 0; count -= 1) {
      this.#tellOf(kind, id, this.#clock());
    }
    for (const event of this.#repeated) {
      if (this.#draws.chance(0.05) && this.#exists(event)) {
        this.cloud.growPoolEvent(event, this.#clock(), this.#draws.integer(1, 3));
      }
    }
  }

  #exists(event: PoolEvent): boolean {
    return [...this.cloud.project(PROJECT).pools.values()].some(({ events }) => events.includes(event));
  }

  #tellOf(kind: KindName, id: string, now: number): void {
    const before = this.#newest.get(id) ?? this.start;
    const at = this.#draws.chance(0.2)
      ? Math.max(this.start, before - this.#draws.integer(0, LATE_MAX))
      : now;
    this.#newest.set(id, Math.max(before, at));
    this.#addEvent(kind, id, at, false);
  }

  #addEvent(kind: KindName, id: string, at: number, isOld: boolean): void {
    const { pick, integer, chance } = this.#draws;
    if (kind === 'service') {
      const event_type = isOld ? pick(['normal', 'abnormal']) : 'normal';
      const event_info = pick(['preparing environment', `instance ${integer(1, 3)} is ready`, '']);
      this.cloud.addServiceEvent(id, { event_type, event_info, occur_time: at });
    } else if (kind === 'training_job') {
      const level = isOld ? pick(['Info', 'Warning', 'Error']) : 'Info';
      const message = pick(['Training job is running.', `Epoch ${integer(1, 9)} ends.`]);
      this.cloud.addJobEvent(id, { time: at, level, source: pick(['K8S', 'Job', 'Task']), message });
    } else {
      this.#made += 1;
      const message = `Nodes changed, the ${this.#made}th time`;
      const event = { type: 'Normal', reason: 'PoolResourcesStatusChange', message, firstTimestamp: at };
      const added = this.cloud.addPoolEvent(id, event);
      if (!isOld && chance(0.2)) this.#repeated.push(added);
    }
  }

  /** A service is updated, which mostly works. */
  #update(): void {
    const found = this.#rested('service');
    if (found === undefined) return;
    const now = this.#clock();
    this.#restsUntil.set(found, now + REST);
    const record = this.cloud.addUpdateRecord(found, { result: 'RUNNING', update_time: now, config: [] });
    void this.#after(this.#draws.integer(1, 5) * MINUTE, () => {
      record.result = 'SUCCESS';
    });
  }

  #trouble(): void {
    const kind = this.#draws.pick(['service', 'training_job', 'pool'] as const);
    const target = this.#rested(kind);
    if (target === undefined) return;
    const at = this.#clock();
    const lasts = INCIDENT_MIN + this.#draws.gap(20 * MINUTE);
    this.#restsUntil.set(target, at + lasts + REST);
    if (kind === 'service') this.#failService(target, at, lasts);
    else if (kind === 'pool') this.#breakPool(target, at, lasts);
    else this.#failJob(target, at);
  }

  #failService(target: string, at: number, lasts: number): void {
    const incident = this.#note('ModelArtsServiceFailed', target, at);
    this.cloud.setServiceStatus(target, 'failed', at);
    void this.#after(lasts, (now) => {
      if (this.deleted.has(target)) return;
      this.cloud.setServiceStatus(target, 'running', now);
      incident.endedAt = now;
    });
  }

  #breakPool(target: string, at: number, lasts: number): void {
    const incident = this.#note('ModelArtsPoolAbnormal', target, at);
    const change = (from: string, to: string, type: string, now: number) => {
      const message = `Pool status changed, from ${from} to ${to}`;
      this.cloud.addPoolEvent(target, { type, reason: 'PoolStatusChange', message, firstTimestamp: now });
      this.cloud.pool(target).phase = to;
    };
    change('Running', 'Abnormal', 'Warning', at);
    void this.#after(lasts, (now) => {
      if (this.deleted.has(target)) return;
      change('Abnormal', 'Running', 'Normal', now);
      incident.endedAt = now;
    });
  }

  #failJob(target: string, at: number): void {
    this.#note('ModelArtsTrainingJobFailed', target, at);
    const job = this.cloud.job(target);
    job.phase = 'Failed';
    job.end_time = at;
    this.cloud.addJobEvent(target, {
      time: at,
      level: 'Error',
      source: 'Job',
      message: 'Training job failed.',
    });
  }

  #note(alertname: string, target: string, at: number): Incident {
    const incident = { alertname, target, at };
    this.incidents.push(incident);
    return incident;
  }

  #delete(): void {
    const kind = this.#draws.pick(['service', 'training_job'] as const);
    const target = this.#rested(kind);
    if (target === undefined || this.targets().length < 4) return;
    this.deleted.set(target, this.#clock());
    const counts = countEvents(this.cloud, this.start).filter((each) => each.target === target);
    const events = counts.reduce((sum, { count }) => sum + count, this.deletedEvents.get(kind) ?? 0);
    this.deletedEvents.set(kind, events);
    if (kind === 'service') this.cloud.removeService(target);
    else this.cloud.removeJob(target);
  }

  /** One that nothing happened to lately. */
  #rested(kind: KindName): string | undefined {
    const now = this.#clock();
    const rested = this.targets().filter(
      ([each, id]) => each === kind && (this.#restsUntil.get(id) ?? 0) <= now && !this.#hasEnded(each, id),
    );
    return rested.length === 0 ? undefined : this.#draws.pick(rested)[1];
  }

  #hasEnded(kind: KindName, id: string): boolean {
    return kind === 'training_job' && this.cloud.job(id).end_time !== undefined;
  }
}
