import type { Operation } from '../../src/modelarts/api.ts';
import { errorOf, type HttpAnswer } from '../../src/modelarts/error-answer.ts';
import { ApiError } from '../../src/modelarts/errors.ts';
import type { Exchange, ExchangeOptions } from '../../src/modelarts/http-exchange.ts';
import { Throttle } from '../../src/simulator/access/throttle.ts';
import { contentText } from '../../src/simulator/answer.ts';
import type { Cloud } from '../../src/simulator/cloud.ts';
import type { Dialect } from '../../src/simulator/dialect.ts';
import type { Timers } from '../../src/timers.ts';
import { createInnerExchange } from '../simulator-kit/inner-exchange.ts';
import type { Draws } from './draws.ts';
import type { Identity } from './identity.ts';

/** How the way to the cloud is troubled at the moment. */
export interface Weather {
  /** Of each request: the connection breaks, nobody answers, the server fails, the answer is no JSON. */
  broken: number;
  hanging: number;
  failing: number;
  garbled: number;
  /** Milliseconds on average. */
  latency: number;
  /** Requests in five minutes; undefined: as many as one likes. */
  quota: number | undefined;
  /** The credential is refused, whatever it is. */
  isLockedOut: boolean;
}

export const FAIR: Weather = {
  broken: 0,
  hanging: 0,
  failing: 0,
  garbled: 0,
  latency: 80,
  quota: undefined,
  isLockedOut: false,
};

const QUOTA_PERIOD = 300_000;

export interface NetworkOptions {
  readonly cloud: Cloud;
  readonly dialect: Dialect;
  readonly time: { readonly clock: () => number; readonly timers: Timers };
  readonly draws: Draws;
  readonly identity: Identity;
}

/** The way from one exporter to the cloud. Answers overtake each other. */
export class Network {
  weather: Weather = FAIR;
  requests = 0;
  /** When each was last sent, in Unix milliseconds. */
  readonly asked = new Map<Operation, number>();
  /** When IAM last gave no token, in Unix milliseconds: who has none asks for nothing else. */
  lastWithoutToken = 0;
  /** When requests were refused for the quota and for the credential. Unix milliseconds. */
  readonly refusals: { readonly at: number; readonly status: 401 | 429 }[] = [];
  readonly #options: NetworkOptions;
  #throttle: { readonly limit: number; readonly throttle: Throttle } | undefined;

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  /** @param options of the client, whose patience ends a request that hangs */
  exchange({ timeout, timers, signal, observer, clock: hostClock }: ExchangeOptions): Exchange {
    const { cloud, dialect, time, draws, identity } = this.#options;
    const { clock } = time;
    const exchange: Exchange = async (call) => {
      const { operation, secrets } = call;
      const { weather } = this;
      const fail = (status: number, reason: string) => {
        // Servers repeat what they were sent.
        const error = { error_code: 'APIGW.0500', error_msg: `${reason}: ${secrets.join(' ')}` };
        return errorOf(operation, { status, headers: {}, text: JSON.stringify(error) }, secrets, clock());
      };
      this.requests += 1;
      this.asked.set(operation, clock());
      await timers.sleep(draws.gap(weather.latency));
      if (signal.aborted) throw new ApiError('other', `${operation}: the client is closed`);
      if (draws.chance(weather.broken)) throw new ApiError('network', `${operation}: ECONNRESET`);
      if (draws.chance(weather.hanging)) {
        await timers.sleep(timeout, signal).catch(() => {});
        throw new ApiError('timeout', `${operation}: no answer within ${timeout} ms`);
      }
      if (draws.chance(weather.failing)) throw fail(503, 'unavailable');
      const isToken = operation === 'iam_token';
      if (weather.isLockedOut || !(isToken || identity.accepts(secrets, projectOf(call.url), clock()))) {
        this.refusals.push({ at: clock(), status: 401 });
        throw fail(401, 'refused');
      }
      if (isToken) return this.#issueToken(call);
      const inner = createInnerExchange({
        cloud,
        dialect,
        throttle: this.#throttleOf(weather.quota),
        clock,
        timers,
        latency: 0,
        onAnswer: (_operation, status) => {
          if (status === 429) this.refusals.push({ at: clock(), status });
        },
      });
      const answer = await inner(call);
      observer.onClockSkew((clock() - hostClock()) / 1000);
      if (draws.chance(weather.garbled)) return { ...answer, text: answer.text.slice(0, -1) };
      return answer;
    };
    return async (call) => {
      try {
        return await exchange(call);
      } catch (error) {
        if (call.operation === 'iam_token') this.lastWithoutToken = clock();
        throw error;
      }
    };
  }

  /** @throws ApiError where IAM refuses it */
  #issueToken({ operation, url, body = '', secrets }: Parameters<Exchange>[0]): HttpAnswer {
    const { identity, time } = this.#options;
    const now = time.clock();
    const answer = identity.issueToken(body, url.searchParams, now);
    const { status, headers = {} } = answer;
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const http = {
      status,
      headers: { date: new Date(now).toUTCString(), ...Object.fromEntries(lower) },
      text: contentText(answer),
    };
    if (status !== 201) throw errorOf(operation, http, secrets, now);
    return http;
  }

  #throttleOf(limit: number | undefined): Throttle | undefined {
    if (limit === undefined) return undefined;
    if (this.#throttle?.limit !== limit) {
      this.#throttle = { limit, throttle: new Throttle({ limit, period: QUOTA_PERIOD }) };
    }
    return this.#throttle.throttle;
  }
}

/** The id of the project that a request is about: `/v1/ID/...`. */
function projectOf({ pathname }: URL): string {
  return pathname.split('/')[2] ?? '';
}
