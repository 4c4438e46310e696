import { LearntLimit, type RateWindow, spanOf } from './learnt-limit.ts';

/** A quota as the state file holds it. Instants are Unix milliseconds. */
export interface QuotaState {
  readonly windows: readonly RateWindow[];
  /** The last requests, which count against the quota after a restart too. */
  readonly starts: readonly number[];
}

/** Requests that are remembered. A limit that has grown beyond is none any more. */
const STARTS_MAX = 2_000;
/** A larger limit is kept as so many in a part of its period, and has room to grow. */
const LIMIT_MAX = STARTS_MAX / 2;
/** Limits of different periods that may hold at once. */
const LIMITS_MAX = 4;
/** While requests are refused, one at a time finds out whether that is over. Milliseconds. */
const TRIAL_AFTER = 1_000;
/** How far back requests tell what passes, where no limit is known. Milliseconds. */
const MEMORY = 600_000;
/** So few requests that passed, before refusals for so short a time, are no quota but a hiccup. */
const HICCUP_AFTER_MAX = 20;
const HICCUP_MAX = 30_000;
/** What fewer requests tell of a quota is a guess. */
const TELLING_MIN = 100;
/** Whoever has sent so great a part of a limit has used it up, with what is on its way and what others sent. */
const OWN_PART = 0.25;
/** So many requests may have been a limit that nobody named. */
const UNNAMED: RateWindow = { limit: 2 * TELLING_MIN, period: MEMORY };

/**
 * The quota that the API grants one user, learnt from its refusals: nothing is known of it before the first one.
 * A refusal that names its limit is believed. Where none is named, the limit is what passed before the refusal, and
 * its period the time until a request passes again: of 200 that passed in ten seconds, and refusals for the rest of
 * five minutes, 200 in five minutes are learnt. Some requests at the start and one refusal are no quota.
 */
export class Quota {
  /** By their periods: a user may have a limit per second and one per five minutes. */
  readonly #limits = new Map<number, LearntLimit>();
  /** When the last requests that were not refused were sent, the oldest first, by a monotonic clock. */
  #starts: number[] = [];
  #lastStart = Number.NEGATIVE_INFINITY;
  /** Since when requests are refused, with no window named; undefined where they pass. */
  #unexplained: number | undefined;
  #isRefused = false;
  #refusedAt = Number.NEGATIVE_INFINITY;
  /** When the last time of refusals ended: what passed before it was counted in a period that is over. */
  #passesSince = Number.NEGATIVE_INFINITY;
  #users = 0;
  #hiccupAt = Number.NEGATIVE_INFINITY;
  /** The period of the limit that was estimated. */
  #estimated: number | undefined;

  /** Requests per second; undefined while nothing was ever refused. */
  get rate(): number | undefined {
    if (this.#limits.size === 0) return undefined;
    return Math.min(...this.#windows().map(({ limit, period }) => (limit / period) * 1000));
  }

  /** How many send by it. */
  get users(): number {
    return this.#users;
  }

  /** Somebody sends by it, until what this returns is called. */
  join(): () => void {
    this.#users += 1;
    let isMember = true;
    return () => {
      if (isMember) this.#users -= 1;
      isMember = false;
    };
  }

  /** When the next request may be sent. */
  nextStart(): number {
    const starts = [...this.#limits.values()].map((limit) => limit.nextStart(this.#starts));
    if (this.#isRefused) starts.push(this.#lastStart + TRIAL_AFTER);
    return Math.max(Number.NEGATIVE_INFINITY, ...starts);
  }

  /** A request is sent. */
  sent(now: number): void {
    this.#lastStart = now;
    this.#starts.push(now);
    if (this.#starts.length > STARTS_MAX) this.#starts.shift();
    for (const [period, limit] of this.#limits) {
      limit.sent(this.#starts, now);
      if (limit.window.limit > STARTS_MAX) this.#limits.delete(period);
    }
  }

  /** A request that was sent then was let pass. */
  passed(sentAt: number, now: number): void {
    if (!this.#isRefused || sentAt <= this.#refusedAt) return;
    if (this.#unexplained !== undefined) this.#estimate(this.#unexplained, now);
    this.#unexplained = undefined;
    this.#isRefused = false;
    this.#passesSince = sentAt;
  }

  /**
   * A request was refused. Several that were on their way together are one refusal.
   * @param named the limit that the refusal names, as in `limit:200,time:5 minute`
   * @returns whether the requests of this exporter alone explain it
   */
  refused(named: RateWindow | undefined, sentAt: number, now: number): boolean {
    const index = this.#starts.lastIndexOf(sentAt);
    if (index >= 0) this.#starts.splice(index, 1);
    const isSame = sentAt <= this.#refusedAt;
    const isFirst = !this.#isRefused && !isSame;
    const { limit, period } = this.#keptTo(named);
    if (!isSame) {
      this.#isRefused = true;
      this.#refusedAt = now;
    }
    if (named !== undefined) {
      this.#unexplained = undefined;
      this.#believe(scaled(named), isFirst, now);
    } else if (isFirst) this.#unexplained = now;
    return this.#starts.filter((start) => start > now - period).length >= limit * OWN_PART;
  }

  state(toUnix: (instant: number) => number): QuotaState | undefined {
    if (this.#limits.size === 0) return undefined;
    return { windows: this.#windows(), starts: this.#starts.map((start) => Math.round(toUnix(start))) };
  }

  /** Goes on with what a process before this one has learnt. */
  restore({ windows, starts }: QuotaState, fromUnix: (instant: number) => number, now: number): void {
    for (const window of windows) this.#limits.set(window.period, new LearntLimit(window, now));
    this.#starts = starts.map(fromUnix).filter((start) => start <= now);
  }

  /** What this exporter has kept to: what is refused, or the part of it that others leave. */
  #keptTo(named: RateWindow | undefined): RateWindow {
    const told = named === undefined ? UNNAMED : scaled(named);
    const known = this.#limits.get(named === undefined ? (this.#estimated ?? 0) : told.period)?.window;
    return known !== undefined && known.limit < told.limit ? known : told;
  }

  #windows(): RateWindow[] {
    return [...this.#limits.values()].map(({ window }) => window);
  }

  #believe(named: RateWindow, isFirst: boolean, now: number): void {
    if (this.#estimated !== undefined) this.#limits.delete(this.#estimated);
    this.#estimated = undefined;
    const known = this.#limits.get(named.period);
    if (known === undefined) {
      this.#limits.set(named.period, new LearntLimit(named, now));
      const [eldest] = this.#limits.keys();
      if (this.#limits.size > LIMITS_MAX && eldest !== undefined) this.#limits.delete(eldest);
    } else if (isFirst) known.refused(this.#passedWithin(spanOf(named), now), now);
  }

  /** Learns from a time of refusals that has ended. */
  #estimate(refusedSince: number, now: number): void {
    const limits = [...this.#limits.values()];
    const estimate = this.#estimated === undefined ? undefined : this.#limits.get(this.#estimated);
    if (limits.length > 0 && (estimate === undefined || estimate.isProbing)) {
      for (const limit of limits) {
        limit.refused(this.#passedWithin(now - refusedSince + spanOf(limit.window), now), now);
      }
      return;
    }
    const since = refusedSince - (estimate === undefined ? MEMORY : spanOf(estimate.window));
    const before = this.#starts.filter((start) => start <= refusedSince && start > since);
    const [first] = before;
    if (first === undefined) return;
    const isHiccup = before.length < HICCUP_AFTER_MAX && now - refusedSince < HICCUP_MAX;
    // Twice within minutes it is none.
    const isFirstHiccup = isHiccup && refusedSince - this.#hiccupAt > MEMORY;
    if (isHiccup) this.#hiccupAt = refusedSince;
    if (isFirstHiccup) return;
    const window = scaled({ limit: before.length, period: Math.ceil(now - first) });
    if (this.#estimated !== undefined) this.#limits.delete(this.#estimated);
    this.#estimated = window.period;
    this.#limits.set(window.period, new LearntLimit(window, now, before.length < TELLING_MIN));
  }

  #passedWithin(span: number, now: number): number {
    const from = Math.max(now - span, this.#passesSince);
    return this.#starts.filter((start) => start >= from && start < now).length;
  }
}

/** The same rate in requests that can be remembered. */
function scaled({ limit, period }: RateWindow): RateWindow {
  if (limit <= LIMIT_MAX) return { limit, period };
  return { limit: LIMIT_MAX, period: Math.ceil((period * LIMIT_MAX) / limit) };
}
