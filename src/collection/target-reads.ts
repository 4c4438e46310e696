import { movedBy } from '../clock-steps.ts';
import type { ApiError } from '../modelarts/errors.ts';
import { type Health, NEVER_READ } from './health.ts';
import type { Pace } from './schedule.ts';
import { coarse, type TargetRecord } from './target-record.ts';

/** How a read ended. */
interface ReadEnd {
  /** When it began, in Unix milliseconds. */
  readonly began: number;
  /** When it ended, in Unix milliseconds. */
  readonly ended: number;
  /** Seconds. */
  readonly duration: number;
  readonly error: ApiError | undefined;
  /** The read of the events came to its end, though another endpoint may have failed. */
  readonly isComplete: boolean;
}

/** The reads of one target: when they were, how they went, and what decides when the next one is. */
export class TargetReads {
  #hasSucceeded: boolean;
  #lastRead: number | undefined;
  #isUnderWay = false;
  #requestedAt: number | undefined;
  /** Of the first read since the last one that worked. */
  #waitedForTurn: number | undefined;
  /** For how long the requests of the read that is under way have waited for theirs, in milliseconds. */
  #requestsWaited = () => 0;
  /** A listing has shown something else since the last read began. */
  #hasChanged = false;
  #health = NEVER_READ;
  /** Of a read that was answered "not found", until a listing tells whether the target was deleted. */
  #doubtfulHealth: Health | undefined;
  /** The end of the target, as the listing tells it, or the last read after it that still brought something. */
  #settledSince: number | undefined;

  /** @param record what is remembered, if the target was collected before */
  constructor(record: Pick<TargetRecord, 'hasBeenRead' | 'lastRead'> | undefined) {
    this.#hasSucceeded = record?.hasBeenRead ?? false;
    this.#lastRead = record?.lastRead;
  }

  get health(): Health {
    return this.#health;
  }

  /** A read worked, also one by a process before this one. */
  get hasSucceeded(): boolean {
    return this.#hasSucceeded;
  }

  /** When the last read that worked began, also one by a process before this one; Unix milliseconds. */
  get lastRead(): number | undefined {
    return this.#lastRead;
  }

  /** A read is under way, or its outcome not yet reported: what is known of the target is not whole. */
  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  get hasChanged(): boolean {
    return this.#hasChanged;
  }

  /** A read was answered "not found", and no listing has told since whether the target exists. */
  get isInDoubt(): boolean {
    return this.#doubtfulHealth !== undefined;
  }

  /**
   * Nothing is known to be wrong with the target, but that its turn to be read has not come: in a large fleet a
   * round takes as long as the rate limit makes it.
   */
  get awaitsTurn(): boolean {
    const { up, lastAttempt = 0, error } = this.#health;
    // Its turn came when the exporter had just used the quota up.
    if (error?.isOwnDoing) return true;
    const isQueued = !this.#isUnderWay && (this.#requestedAt ?? 0) > lastAttempt;
    return up === undefined || (up && isQueued);
  }

  /**
   * How long the first read since the last one that worked had to wait for its turn, and the requests of one that is
   * under way for theirs, in milliseconds: so much later the target may be called down.
   */
  get waitedForTurn(): number {
    return (this.#waitedForTurn ?? 0) + (this.#isUnderWay ? this.#requestsWaited() : 0);
  }

  /** @param endedAt since when nothing more happens to the target, if a listing says so */
  pace(endedAt: number | undefined): Pace {
    return {
      refreshRequestedAt: this.#requestedAt,
      reason: this.#health.error?.reason,
      settledSince: endedAt === undefined ? undefined : this.#settledSince,
      hasChanged: this.#hasChanged,
    };
  }

  /** The wall clock was set: what it dated moves along. */
  clockStepped(by: number): void {
    this.#requestedAt = movedBy(by, this.#requestedAt);
    this.#lastRead = movedBy(by, this.#lastRead);
    this.#settledSince = movedBy(by, this.#settledSince);
    const { lastAttempt, lastSuccess } = this.#health;
    this.#health = {
      ...this.#health,
      lastAttempt: movedBy(by, lastAttempt),
      lastSuccess: movedBy(by, lastSuccess),
    };
  }

  /** What is still dated in the future was noted by a clock that was ahead. */
  letGoOfFuture(now: number): void {
    if (this.#lastRead !== undefined) this.#lastRead = Math.min(this.#lastRead, now);
  }

  /** A read is asked for; it may have to wait for its turn. */
  request(now: number): void {
    this.#requestedAt = now;
  }

  /** @param throttledFor for how long requests of its project have waited for the quota, in milliseconds */
  begin(now: number, throttledFor = () => 0): void {
    this.#isUnderWay = true;
    const before = throttledFor();
    // After a reload another client counts anew.
    this.#requestsWaited = () => Math.max(0, throttledFor() - before);
    this.#waitedForTurn ??= Math.max(0, now - (this.#requestedAt ?? now));
    this.#health = { ...this.#health, lastAttempt: now };
    this.#hasChanged = false;
  }

  /**
   * Takes in how a read ended. It stays under way until `reported`.
   * @param isListed a listing may still tell that the target was deleted
   */
  end({ began, ended, duration, error, isComplete }: ReadEnd, isListed: boolean): void {
    if (error === undefined) {
      this.#lastRead = began;
      this.#waitedForTurn = undefined;
    }
    if (isComplete) this.#hasSucceeded = true;
    const lastSuccess = error === undefined ? ended : this.#health.lastSuccess;
    const health = { up: error === undefined, lastAttempt: began, lastSuccess, duration, error };
    // One that goes on being listed is not looked for at every read.
    const isNews = error?.mayBeDeleted === true && this.#health.error?.mayBeDeleted !== true;
    if (isNews && isListed) this.#doubtfulHealth = health;
    else this.#health = health;
  }

  /** Whoever is to know of the read knows now. */
  reported(): void {
    this.#isUnderWay = false;
  }

  /** No more can be learnt from a listing: the target was deleted if it is missing, and cannot be read otherwise. */
  endDoubt(): void {
    this.#health = this.#doubtfulHealth ?? this.#health;
    this.#doubtfulHealth = undefined;
  }

  /** A listing shows something else than before: what explains it is read next. */
  listingChanged(): void {
    this.#hasChanged = true;
  }

  /**
   * The target was read after its end.
   * @param since when that was, or when it was read, if it still brought something
   * @param isQuiet it brought nothing
   */
  settle(since: number | undefined, isQuiet: boolean): void {
    this.#settledSince = isQuiet ? (this.#settledSince ?? since) : since;
  }

  /** Something may happen to the target again. */
  unsettle(): void {
    this.#settledSince = undefined;
  }

  record(): Pick<TargetRecord, 'hasBeenRead' | 'lastRead'> {
    return {
      hasBeenRead: this.#hasSucceeded,
      lastRead: this.#lastRead === undefined ? undefined : coarse(this.#lastRead),
    };
  }
}
