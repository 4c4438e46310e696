import type { Api } from '../modelarts/api.ts';
import type { FailureReason } from '../modelarts/errors.ts';

/** Ends a refresh that has sent enough requests for once; the next one goes on. */
export class EnoughForOnce extends Error {
  override readonly name = 'EnoughForOnce';
}

/** Requests for events that one refresh sends while others wait for theirs. */
const REQUESTS_MAX = 10;
/** Pages that are kept. A read of more begins anew, from what it has counted by then. */
const PAGES_MAX = 300;
/** After these, what was fetched still holds. */
const PASSING: readonly (FailureReason | undefined)[] = [
  undefined,
  'throttled',
  'timeout',
  'network',
  'server',
];

/**
 * The pages of a read that takes several refreshes, as a request failed in its middle or it had sent enough for once.
 * The next refresh takes the same steps from the same instant, but gets from here what was fetched before. Example: a
 * burst of 3,000 events in one second takes 60 requests, of which nothing counts until all are there; under a quota of
 * 200 in five minutes they would never be sent in one go. Taking in a page twice changes nothing in the ledger.
 */
export class ReadProgress {
  /** Where the read began, in Unix milliseconds. */
  readonly since: number;
  readonly #pages = new Map<string, unknown>();
  #requests = 0;
  #polls = 0;

  constructor(since: number) {
    this.since = since;
  }

  /** A refresh begins. */
  begin(): void {
    this.#requests = 0;
    this.#polls += 1;
  }

  /** Pages of it were fetched some time apart. */
  get tookPolls(): boolean {
    return this.#polls > 1;
  }

  /**
   * Fetches a page, unless an earlier refresh did.
   * @param what tells the page from every other of this read
   * @throws EnoughForOnce
   */
  async page<T>(api: Api, what: unknown, fetch: () => Promise<T>): Promise<T> {
    const key = JSON.stringify(what);
    if (this.#pages.has(key)) return this.#pages.get(key) as T;
    if (this.#requests >= REQUESTS_MAX && api.isScarce?.()) throw new EnoughForOnce();
    this.#requests += 1;
    const page = await fetch();
    this.#pages.set(key, page);
    return page;
  }

  /** @param reason why the refresh ended early; undefined: it had sent enough */
  isWorthKeeping(reason: FailureReason | undefined): boolean {
    return this.#pages.size > 0 && this.#pages.size <= PAGES_MAX && PASSING.includes(reason);
  }
}
