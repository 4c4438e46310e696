import type { Operation } from '../../src/modelarts/api.ts';
import { errorOf } from '../../src/modelarts/error-answer.ts';
import type { Exchange } from '../../src/modelarts/http-exchange.ts';
import type { Throttle } from '../../src/simulator/access/throttle.ts';
import { type Answer, contentText, modelArtsError, Refusal } from '../../src/simulator/answer.ts';
import type { Cloud } from '../../src/simulator/cloud.ts';
import { DOCUMENTED_DIALECT } from '../../src/simulator/dialect.ts';
import type { Call } from '../../src/simulator/endpoints/call.ts';
import { poolEvents } from '../../src/simulator/endpoints/pool-events.ts';
import { poolList } from '../../src/simulator/endpoints/pool-list.ts';
import { serviceEvents } from '../../src/simulator/endpoints/service-events.ts';
import { serviceList } from '../../src/simulator/endpoints/service-list.ts';
import { serviceUpdateLogs } from '../../src/simulator/endpoints/service-update-logs.ts';
import { trainingJobEvents } from '../../src/simulator/endpoints/training-job-events.ts';
import { trainingJobSearch } from '../../src/simulator/endpoints/training-job-search.ts';
import type { Timers } from '../../src/timers.ts';

export interface InnerExchangeOptions {
  readonly cloud: Cloud;
  /** Undefined: nobody is refused. */
  readonly throttle: Pick<Throttle, 'check'> | undefined;
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly timers: Timers;
  /** Of each request, in milliseconds. */
  readonly latency: number;
  readonly onAnswer?: (operation: Operation, status: number, path: string) => void;
  /** What is answered instead of what the cloud would. */
  readonly instead?: (operation: Operation, path: string) => Answer | undefined;
}

const ROUTES: readonly (readonly [path: RegExp, endpoint: (call: Call) => Answer])[] = [
  [/^\/v1\/(?<project>[^/]+)\/services$/, serviceList],
  [/^\/v1\/(?<project>[^/]+)\/services\/(?<service>[^/]+)\/events$/, serviceEvents],
  [/^\/v1\/(?<project>[^/]+)\/services\/(?<service>[^/]+)\/logs$/, serviceUpdateLogs],
  [/^\/v1\/(?<project>[^/]+)\/events$/, poolEvents],
  [/^\/v2\/(?<project>[^/]+)\/pools$/, poolList],
  [/^\/v2\/(?<project>[^/]+)\/training-jobs\/(?<job>[^/]+)\/events$/, trainingJobEvents],
  [/^\/v2\/(?<project>[^/]+)\/training-job-searches$/, trainingJobSearch],
];

/**
 * The simulated cloud without HTTP, in place of a client's exchange: only so can time be virtual, since nobody knows
 * when a socket has nothing more to say.
 */
export function createInnerExchange(options: InnerExchangeOptions): Exchange {
  const { cloud, throttle, clock, timers, latency, onAnswer, instead } = options;

  function answerTo({ method, url, body = '', headers }: Parameters<Exchange>[0]): Answer {
    for (const [path, endpoint] of ROUTES) {
      const params = path.exec(url.pathname)?.groups;
      if (params === undefined) continue;
      const id = params['project'] ?? '';
      const now = clock();
      const refusal = throttle?.check(id, now, '0', DOCUMENTED_DIALECT);
      if (refusal !== undefined) return refusal;
      const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
      try {
        return endpoint({
          cloud,
          project: cloud.project(id),
          dialect: DOCUMENTED_DIALECT,
          method,
          url: url.pathname + url.search,
          params: Object.fromEntries(Object.entries(params).map(([k, v]) => [k, decodeURIComponent(v)])),
          query: url.searchParams,
          headers: Object.fromEntries(lower),
          body: Buffer.from(body),
          requestId: '0',
          now,
        });
      } catch (error) {
        if (error instanceof Refusal) return error.answer;
        throw error;
      }
    }
    return modelArtsError(404, '0101', 'The API does not exist');
  }

  return async (call) => {
    const { operation, url } = call;
    await timers.sleep(latency / 2);
    const answer = instead?.(operation, url.pathname) ?? answerTo(call);
    await timers.sleep(latency / 2);
    onAnswer?.(operation, answer.status, url.pathname);
    const http = { status: answer.status, headers: answer.headers ?? {}, text: contentText(answer) };
    if (answer.status !== 200) throw errorOf(operation, http, [], clock());
    return http;
  };
}
