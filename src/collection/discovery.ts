import { isDeepStrictEqual } from 'node:util';
import type { DiscoveryConfig } from '../config/config.ts';
import type { Discovered } from '../kinds/discovered.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Api } from '../modelarts/api.ts';
import { ApiError } from '../modelarts/errors.ts';
import type { Timers } from '../timers.ts';

export interface DiscoveryOptions<D> {
  readonly listing: Pick<Kind<unknown, unknown, D>['listing'], 'discover' | 'mayBeUnpublished'>;
  readonly settings: DiscoveryConfig;
  readonly api: Api;
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** Milliseconds between two listings at least, whatever the settings say: requests may be scarce. */
  readonly intervalMin?: () => number;
  readonly timers: Pick<Timers, 'sleep'>;
  /** Called after every listing that worked, with all that is discovered by then. */
  onUpdate(discovered: ReadonlyMap<string, Discovered<D>>): void;
  /** A listing failed; what was discovered before stays. */
  onError(error: ApiError): void;
}

/** The first wait after a failure; it doubles with each further one. */
const RETRY_MIN = 15_000;
/** How often a region that lacks the API of a kind is asked whether it has it by now. */
const UNPUBLISHED_ASKED_AFTER = 600_000;
/** Beyond it a timer would fire at once. */
const SLEEP_MAX = 2 ** 31 - 1;

/**
 * Keeps the list of one project's targets of one kind up to date, listing after listing.
 *
 * A target that a listing does not return, or that the settings exclude since it was renamed or stopped, is not
 * dropped at once: it is kept for `linger` after a listing last selected it. Example, with `linger: 1h`: selected at
 * 12:00, missing at 12:05 and 12:10, it is kept as missing until the first listing at or after 13:00. If it comes back
 * before that, the hour begins anew.
 */
export class Discovery<D> {
  readonly #options: DiscoveryOptions<D>;
  /** What the last listing returned: the next one may then be read in part. */
  #listed: ReadonlyMap<string, Discovered<D>> = new Map();
  /** What was listed, and what is missing but kept. */
  #discovered: ReadonlyMap<string, Discovered<D>> = new Map();
  /** When a listing last selected each target, in Unix milliseconds. */
  readonly #lastSeen = new Map<string, number>();
  #lastSuccess: number | undefined;
  /** A listing was read to its end. */
  #isWhole = false;
  #isTried = false;
  #failures = 0;
  /** The region does not have the API of this kind. */
  #isUnpublished = false;
  #failure: ApiError | undefined;
  #retryAfter = 0;
  #running: Promise<void> | undefined;
  /** For the next listing to tell of. */
  #doubted = new Set<string>();
  #requests = 0;

  /**
   * @param before the discovery whose place this one takes. What it discovered holds until the first listing;
   * what is missing goes on to linger if the settings are the same.
   */
  constructor(options: DiscoveryOptions<D>, before?: Discovery<D>) {
    this.#options = options;
    if (before === undefined) return;
    this.#discovered = before.#discovered;
    if (!isDeepStrictEqual(options.settings, before.#options.settings)) return;
    this.#listed = before.#listed;
    this.#isWhole = before.#isWhole;
    for (const [id, at] of before.#lastSeen) this.#lastSeen.set(id, at);
  }

  /** All that was listed, the excluded with the reason, and what is missing but kept. */
  get discovered(): ReadonlyMap<string, Discovered<D>> {
    return this.#discovered;
  }

  /** How many requests the last listing has cost. */
  get requests(): number {
    return this.#requests;
  }

  /** When the last listing that worked ended, in Unix milliseconds. */
  get lastSuccess(): number | undefined {
    return this.#lastSuccess;
  }

  /** Why the last listing failed; undefined if it worked or none has ended. */
  get failure(): ApiError | undefined {
    return this.#failure;
  }

  /** A listing has ended, whether or not it worked. */
  get hasTried(): boolean {
    return this.#isTried;
  }

  /** Refreshes again and again until the signal aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.refresh(signal);
      const { settings, intervalMin = () => 0 } = this.#options;
      const least = this.#isUnpublished ? UNPUBLISHED_ASKED_AFTER : settings.refresh;
      const refresh = Math.max(least, intervalMin());
      const wait = this.#failures === 0 ? refresh : retryDelay(this.#failures, refresh, this.#retryAfter);
      await this.#options.timers.sleep(Math.min(wait, SLEEP_MAX), signal).catch(() => {});
    }
  }

  /**
   * Reads the listing now, or waits for the reading that is under way; never rejects.
   * @param signal once aborted, what comes in is no longer told
   */
  refresh(signal?: AbortSignal): Promise<void> {
    this.#running ??= this.#refresh(signal).finally(() => {
      this.#running = undefined;
      this.#isTried = true;
    });
    return this.#running;
  }

  /**
   * Reads the listing anew for a target whose read was answered "not found". One that is under way may have begun
   * before the target was deleted. All who ask meanwhile share the next one. Never rejects.
   */
  async lookFor(id: string, signal?: AbortSignal): Promise<void> {
    this.#doubted.add(id);
    await this.#running;
    await this.refresh(signal);
  }

  async #refresh(signal: AbortSignal | undefined): Promise<void> {
    const { listing, api, settings, clock, onUpdate, onError } = this.#options;
    try {
      const now = clock();
      const doubted = this.#doubted;
      this.#doubted = new Set();
      let requests = 0;
      const counted: Api = {
        isScarce: () => api.isScarce?.() ?? false,
        request: (request) => {
          requests += 1;
          return api.request(request);
        },
      };
      const request = {
        api: counted,
        settings,
        known: this.#listed,
        whole: !this.#isWhole,
        doubted,
        now,
      };
      const listed = await listing.discover(request).catch((error) => {
        if (listing.mayBeUnpublished && this.#listed.size === 0 && isNotFound(error)) return undefined;
        throw error;
      });
      this.#requests = requests;
      if (signal?.aborted) return;
      this.#isWhole = true;
      this.#isUnpublished = listed === undefined;
      this.#takeIn(listed ?? [], clock());
      this.#failures = 0;
      this.#failure = undefined;
      onUpdate(this.#discovered);
    } catch (error) {
      if (signal?.aborted) return;
      const failure = error instanceof ApiError ? error : unexpected(error);
      this.#failures += 1;
      this.#failure = failure;
      this.#retryAfter = failure.retryAfter ?? 0;
      onError(failure);
    }
  }

  /** Takes a listing, and drops what has been missing or excluded for `linger`. */
  #takeIn(listed: readonly Discovered<D>[], now: number): void {
    const discovered = new Map(listed.map((target) => [target.id, target]));
    this.#listed = new Map(discovered);
    const selected = new Set(listed.filter(isSelected).map(({ id }) => id));
    for (const id of selected) this.#lastSeen.set(id, now);

    for (const [id, lastSeen] of this.#lastSeen) {
      if (selected.has(id)) continue;
      const target = discovered.get(id) ?? this.#discovered.get(id);
      if (target === undefined || now - lastSeen >= this.#options.settings.linger) {
        this.#lastSeen.delete(id);
      } else {
        discovered.set(id, {
          id,
          name: target.name,
          details: target.details,
          missing: !listed.includes(target),
        });
      }
    }
    this.#discovered = discovered;
    this.#lastSuccess = now;
  }
}

/** Milliseconds until a listing that failed is tried again: soon at first, never later than the next regular one. */
export function retryDelay(failures: number, refresh: number, retryAfter: number): number {
  return Math.min(refresh, Math.max(retryAfter, RETRY_MIN * 2 ** (failures - 1)));
}

function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.reason === 'not_found';
}

function isSelected(target: Discovered<unknown>): boolean {
  return target.excluded === undefined;
}

function unexpected(cause: unknown): ApiError {
  return new ApiError('other', 'discovery failed unexpectedly', { cause });
}
