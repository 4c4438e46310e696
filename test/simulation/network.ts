import type { Operation } from '../../src/modelarts/api.ts';
import { ApiError } from '../../src/modelarts/errors.ts';
import type { Exchange, ExchangeOptions } from '../../src/modelarts/http-exchange.ts';
import { Throttle } from '../../src/simulator/access/throttle.ts';
import type { Cloud } from '../../src/simulator/cloud.ts';
import type { Timers } from '../../src/timers.ts';
import { createInnerExchange } from '../simulator-kit/inner-exchange.ts';
import type { Draws } from './draws.ts';

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
  /** The credential is refused. */
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

/** The way from one exporter to the cloud. Answers overtake each other. */
export class Network {
  weather: Weather = FAIR;
  requests = 0;
  /** When requests were refused for the quota and for the credential. Unix milliseconds. */
  readonly refusals: { readonly at: number; readonly status: 401 | 429 }[] = [];
  readonly #cloud: Cloud;
  readonly #time: { readonly clock: () => number; readonly timers: Timers };
  readonly #draws: Draws;
  #throttle: { readonly limit: number; readonly throttle: Throttle } | undefined;

  constructor(cloud: Cloud, time: { readonly clock: () => number; readonly timers: Timers }, draws: Draws) {
    this.#cloud = cloud;
    this.#time = time;
    this.#draws = draws;
  }

  /** @param options of the client, whose patience ends a request that hangs */
  exchange({ timeout, timers, signal }: ExchangeOptions): Exchange {
    const { clock } = this.#time;
    return async (call) => {
      const { operation } = call;
      const { weather } = this;
      this.requests += 1;
      await timers.sleep(this.#draws.gap(weather.latency));
      if (signal.aborted) throw new ApiError('other', `${operation}: the client is closed`);
      if (this.#draws.chance(weather.broken)) throw new ApiError('network', `${operation}: ECONNRESET`);
      if (this.#draws.chance(weather.hanging)) {
        await timers.sleep(timeout, signal).catch(() => {});
        throw new ApiError('timeout', `${operation}: no answer within ${timeout} ms`);
      }
      if (this.#draws.chance(weather.failing)) {
        throw new ApiError('server', `${operation}: HTTP 503`, { status: 503 });
      }
      if (weather.isLockedOut) {
        this.refusals.push({ at: clock(), status: 401 });
        throw new ApiError('auth', `${operation}: HTTP 401`, { status: 401 });
      }
      const inner = createInnerExchange({
        cloud: this.#cloud,
        throttle: this.#throttleOf(weather.quota),
        clock,
        timers,
        latency: 0,
        onAnswer: (_operation: Operation, status: number) => {
          if (status === 429) this.refusals.push({ at: clock(), status });
        },
      });
      const answer = await inner(call);
      if (this.#draws.chance(weather.garbled)) return { ...answer, text: answer.text.slice(0, -1) };
      return answer;
    };
  }

  #throttleOf(limit: number | undefined): Throttle | undefined {
    if (limit === undefined) return undefined;
    if (this.#throttle?.limit !== limit) {
      this.#throttle = { limit, throttle: new Throttle({ limit, period: QUOTA_PERIOD }) };
    }
    return this.#throttle.throttle;
  }
}
