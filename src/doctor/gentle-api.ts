import type { Api, ApiRequest, Operation } from '../modelarts/api.ts';
import { ApiError } from '../modelarts/errors.ts';

/** Requests to one project at most. */
const REQUESTS_MAX = 80;
/** Pages of one listing; what is beyond them is not counted. */
const LIST_PAGES_MAX = 10;

/** What became of the first request of each call: undefined if it worked. */
export type Outcomes = ReadonlyMap<Operation, ApiError | undefined>;

/** An API that sends each request once, however often it is asked, and only so many of them. */
export class GentleApi implements Api {
  readonly #api: Api;
  readonly #answers = new Map<string, Promise<unknown>>();
  readonly #outcomes = new Map<Operation, ApiError | undefined>();
  #listPages = Number.POSITIVE_INFINITY;
  #isListCut = false;
  /** The quota is used up, or nobody answers: to ask on would be neither gentle nor of use. */
  #refusal: ApiError | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Why nothing more was asked, where that is so. */
  get refusal(): ApiError | undefined {
    return this.#refusal;
  }

  get outcomes(): Outcomes {
    return this.#outcomes;
  }

  /** Reads a listing as far as its first pages go, and says whether more would have followed. */
  async listed<T>(list: (api: Api) => Promise<T>): Promise<{ readonly found: T; readonly isCut: boolean }> {
    this.#listPages = LIST_PAGES_MAX;
    this.#isListCut = false;
    try {
      return { found: await list(this), isCut: this.#isListCut };
    } finally {
      this.#listPages = Number.POSITIVE_INFINITY;
    }
  }

  request(request: ApiRequest): Promise<unknown> {
    const { operation, version, path, query = {}, headers = {}, body } = request;
    const key = JSON.stringify([operation, version, path, query, headers, body]);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    if (this.#listPages === 0) {
      // An empty page ends every listing.
      this.#isListCut = true;
      return Promise.resolve({});
    }
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    if (this.#answers.size >= REQUESTS_MAX)
      return Promise.reject(new ApiError('other', `${operation}: not asked, after ${REQUESTS_MAX} requests`));
    this.#listPages -= 1;
    const answer = this.#send(request);
    this.#answers.set(key, answer);
    return answer;
  }

  async #send(request: ApiRequest): Promise<unknown> {
    const { operation } = request;
    // In this mode the gateway tells the quota.
    const headers = { ...request.headers, 'X-Apig-Mode': 'debug' };
    try {
      const body = await this.#api.request({ ...request, headers });
      this.#outcomes.set(operation, undefined);
      return body;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!this.#outcomes.has(operation)) this.#outcomes.set(operation, error);
      const isAnswered = [...this.#outcomes.values()].some(
        (each) => each === undefined || each.status !== undefined,
      );
      if (error.reason === 'throttled' || !isAnswered) this.#refusal = error;
      throw error;
    }
  }
}
