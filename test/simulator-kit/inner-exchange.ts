import type { Operation } from '../../src/modelarts/api.ts';
import { errorOf } from '../../src/modelarts/error-answer.ts';
import type { Exchange } from '../../src/modelarts/http-exchange.ts';
import type { Throttle } from '../../src/simulator/access/throttle.ts';
import { type Answer, contentText, modelArtsError, Refusal } from '../../src/simulator/answer.ts';
import type { Cloud } from '../../src/simulator/cloud.ts';
import { type Dialect, DOCUMENTED_DIALECT } from '../../src/simulator/dialect.ts';
import { ENDPOINTS } from '../../src/simulator/endpoints/endpoints.ts';
import type { Timers } from '../../src/timers.ts';

export interface InnerExchangeOptions {
  readonly cloud: Cloud;
  /** Undefined: nobody is refused. */
  readonly throttle: Pick<Throttle, 'check'> | undefined;
  /** The documented one by default. */
  readonly dialect?: Dialect;
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly timers: Timers;
  /** Of each request, in milliseconds. */
  readonly latency: number;
  readonly onAnswer?: (operation: Operation, status: number, path: string) => void;
  /** What is answered instead of what the cloud would. */
  readonly instead?: (operation: Operation, path: string) => Answer | undefined;
}

const ROUTES = ENDPOINTS.map(({ path, answer }) => ({
  path: new RegExp(`^${path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
  answer,
}));

/**
 * The simulated cloud without HTTP, in place of a client's exchange: only so can time be virtual, since nobody knows
 * when a socket has nothing more to say.
 */
export function createInnerExchange(options: InnerExchangeOptions): Exchange {
  const { cloud, throttle, clock, timers, latency, onAnswer, instead } = options;
  const { dialect = DOCUMENTED_DIALECT } = options;

  function answerTo({ method, url, body = '', headers }: Parameters<Exchange>[0]): Answer {
    for (const { path, answer } of ROUTES) {
      const params = path.exec(url.pathname)?.groups;
      if (params === undefined) continue;
      const id = params['project'] ?? '';
      const now = clock();
      const refusal = throttle?.check(id, now, '0', dialect);
      if (refusal !== undefined) return refusal;
      const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
      try {
        return answer({
          cloud,
          project: cloud.project(id),
          dialect,
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
    if (latency > 0) await timers.sleep(latency / 2);
    const answer = instead?.(operation, url.pathname) ?? answerTo(call);
    if (latency > 0) await timers.sleep(latency / 2);
    onAnswer?.(operation, answer.status, url.pathname);
    const http = { status: answer.status, headers: answer.headers ?? {}, text: contentText(answer) };
    if (answer.status !== 200) throw errorOf(operation, http, [], clock());
    return http;
  };
}
