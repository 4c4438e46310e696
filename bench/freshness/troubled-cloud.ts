import type { KindName } from '../../src/kind-table.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { type Random, seededRandom } from '../../src/simulator/seeded-random.ts';
import type { Timers } from '../../src/timers.ts';
import { PROJECT } from '../fleet.ts';
import { mixOf } from './mix.ts';

/** A problem that began, and where the listing shows it too or only an event tells it. */
export interface Trouble {
  readonly kind: KindName;
  readonly id: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly isListed: boolean;
}

/** What the cloud tells whoever watches it. */
export interface Watcher {
  /** A problem begins; what follows from it is not there yet. */
  onTrouble(trouble: Trouble): void;
  /** Listings show something else of a target from now on. */
  onChange(id: string): void;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Normal events, and updates of services. */
const EVENTS = 0.2;
const UPDATES = 0.04;
const UPDATE_TAKES = 4 * MINUTE;
/** A trouble is over by then, and its alert too. */
const TROUBLE_LASTS = 20 * MINUTE;
const REST = HOUR;

/** A cloud with a fleet that lives its life: events, updates, jobs that end, and troubles. */
export class TroubledCloud {
  readonly cloud = new Cloud();
  readonly #timers: Timers;
  readonly #clock: () => number;
  readonly #random: Random;
  readonly #targets: number;
  readonly #watcher: Watcher;
  /** Of what lives. */
  readonly #ids: readonly (readonly [KindName, string])[];
  /** When each may have its next trouble. */
  readonly #restsUntil = new Map<string, number>();
  #jobsMade = 0;
  #isTroubled = true;

  constructor(
    targets: number,
    seed: number,
    time: { readonly timers: Timers; readonly clock: () => number },
    watcher: Watcher,
  ) {
    this.#timers = time.timers;
    this.#clock = time.clock;
    this.#random = seededRandom(seed, 'troubles');
    this.#targets = targets;
    this.#watcher = watcher;
    this.cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
    const now = time.clock();
    const mix = mixOf(targets);
    // The newest first, as they are listed.
    const ages = (count: number, from: number, span: number) =>
      numbered(count, () => from + this.#within(span)).sort((a, b) => a - b);
    const services = ages(mix.services, 0, 60 * 24 * HOUR).map((age, n) => {
      this.cloud.addService(PROJECT, { service_id: `service-${n}`, publish_at: now - age });
      return `service-${n}`;
    });
    const jobs = ages(mix.jobs, 0, 20 * HOUR).map((age) => this.#addJob(now - age));
    for (const age of ages(mix.endedJobs, 24 * HOUR, 5 * 24 * HOUR)) this.#endJob(this.#addJob(now - age));
    const pools = numbered(mix.pools, (n) => `pool-${n}`);
    for (const name of pools) this.cloud.addPool(PROJECT, { name, created_at: now - 90 * 24 * HOUR });
    this.#ids = [
      ...services.map((id) => ['service', id] as const),
      ...jobs.map((id) => ['training_job', id] as const),
      ...pools.map((id) => ['pool', id] as const),
    ];
  }

  /**
   * Lets things happen, from now on.
   * @param troubles of each sort per hour
   */
  start(troubles: number): void {
    void this.#keep(troubles, () => this.#isTroubled && this.#trouble(true));
    void this.#keep(troubles, () => this.#isTroubled && this.#trouble(false));
    void this.#keep(this.#targets * EVENTS, () => this.#tell());
    void this.#keep(this.#targets * UPDATES, () => this.#update());
  }

  /** No more troubles begin; the rest goes on. */
  calmDown(): void {
    this.#isTroubled = false;
  }

  /** Does a work so many times an hour, at random. */
  async #keep(perHour: number, work: () => void): Promise<void> {
    for (;;) {
      await this.#timers.sleep((-Math.log(1 - this.#random()) * HOUR) / perHour);
      work();
    }
  }

  #trouble(isListed: boolean): void {
    const now = this.#clock();
    const found = this.#pick(([, id]) => (this.#restsUntil.get(id) ?? 0) <= now);
    if (found === undefined) return;
    const [kind, id] = found;
    this.#restsUntil.set(id, now + TROUBLE_LASTS + REST);
    this.#watcher.onTrouble({ kind, id, at: now, isListed });
    if (kind === 'service') this.#troubleService(id, isListed, now);
    else if (kind === 'pool') this.#troublePool(id, isListed, now);
    else this.#troubleJob(id, isListed, now);
  }

  #troubleService(id: string, isListed: boolean, now: number): void {
    const event_info = 'Failed to start service. The health check failed.';
    this.cloud.addServiceEvent(id, { event_type: 'abnormal', event_info, occur_time: now });
    if (!isListed) return;
    this.#setStatus(id, 'failed', now);
    void this.#after(TROUBLE_LASTS, (at) => {
      this.#setStatus(id, 'running', at);
      this.cloud.addServiceEvent(id, {
        event_type: 'normal',
        event_info: 'Service started.',
        occur_time: at,
      });
    });
  }

  #troublePool(id: string, isListed: boolean, now: number): void {
    const warn = (reason: string, message: string, at: number) =>
      this.cloud.addPoolEvent(id, { type: 'Warning', reason, message, firstTimestamp: at });
    if (!isListed) {
      warn('NodeFault', `A fault of node 192.168.0.${Math.floor(this.#within(250))} at ${now}`, now);
      return;
    }
    warn('PoolStatusChange', 'Pool status changed, from Running to Abnormal', now);
    this.#setPhase(id, 'Abnormal');
    void this.#after(TROUBLE_LASTS, (at) => {
      const [reason, message] = ['PoolStatusChange', 'Pool status changed, from Abnormal to Running'];
      this.cloud.addPoolEvent(id, { type: 'Normal', reason, message, firstTimestamp: at });
      this.#setPhase(id, 'Running');
    });
  }

  #troubleJob(id: string, isListed: boolean, now: number): void {
    const level = isListed ? 'Error' : 'Warning';
    this.cloud.addJobEvent(id, {
      time: now,
      level,
      source: 'Job',
      message: `Something went wrong at ${now}.`,
    });
    if (!isListed) return;
    const job = this.cloud.job(id);
    job.phase = 'Failed';
    job.end_time = now;
    this.#watcher.onChange(id);
    // It runs again under the same name, so that there are always as many.
    void this.#after(TROUBLE_LASTS, () => {
      job.phase = 'Running';
      job.end_time = undefined;
      this.#watcher.onChange(id);
    });
  }

  /** Something normal happens to somebody. */
  #tell(): void {
    const found = this.#pick(() => true);
    if (found === undefined) return;
    const [kind, id] = found;
    const now = this.#clock();
    if (kind === 'service') {
      const event_info = `[model 0.0.1] instance ${now} is ready`;
      this.cloud.addServiceEvent(id, { event_type: 'normal', event_info, occur_time: now });
    } else if (kind === 'training_job') {
      this.cloud.addJobEvent(id, { time: now, level: 'Info', source: 'Task', message: `Epoch ${now}.` });
    }
  }

  #update(): void {
    const now = this.#clock();
    const found = this.#pick(([kind, id]) => kind === 'service' && (this.#restsUntil.get(id) ?? 0) <= now);
    if (found === undefined) return;
    const [, id] = found;
    const record = this.cloud.addUpdateRecord(id, { result: 'RUNNING', update_time: now, config: [] });
    this.#setStatus(id, 'deploying', now);
    void this.#after(UPDATE_TAKES, (at) => {
      record.result = 'SUCCESS';
      this.cloud.addServiceEvent(id, {
        event_type: 'normal',
        event_info: 'Service started.',
        occur_time: at,
      });
      if (this.cloud.service(id).status === 'deploying') this.#setStatus(id, 'running', at);
    });
  }

  #setStatus(id: string, status: 'running' | 'deploying' | 'failed', now: number): void {
    this.cloud.setServiceStatus(id, status, now);
    this.#watcher.onChange(id);
  }

  #setPhase(id: string, phase: 'Running' | 'Abnormal'): void {
    this.cloud.pool(id).phase = phase;
    this.#watcher.onChange(id);
  }

  #addJob(createdAt: number): string {
    this.#jobsMade += 1;
    const id = `job-${this.#jobsMade}`;
    this.cloud.addJob(PROJECT, { id, create_time: createdAt, start_time: createdAt + MINUTE, node_count: 4 });
    return id;
  }

  #endJob(id: string): void {
    const job = this.cloud.job(id);
    job.phase = 'Completed';
    job.end_time = job.create_time + 20 * HOUR;
  }

  async #after(duration: number, work: (now: number) => void): Promise<void> {
    await this.#timers.sleep(duration);
    work(this.#clock());
  }

  #pick(isRight: (target: readonly [KindName, string]) => boolean): readonly [KindName, string] | undefined {
    for (let tries = 0; tries < 20; tries += 1) {
      const target = this.#ids[Math.floor(this.#within(this.#ids.length))];
      if (target !== undefined && isRight(target)) return target;
    }
    return undefined;
  }

  #within(span: number): number {
    return Math.floor(this.#random() * span);
  }
}

function numbered<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}
