import { errorOf } from '../../src/modelarts/error-answer.ts';
import { ApiError, type FailureReason } from '../../src/modelarts/errors.ts';
import type { Exchange, ExchangeOptions } from '../../src/modelarts/http-exchange.ts';
import { CredentialStore, type Credentials, DEFAULT_TOKEN } from '../../src/simulator/access/credentials.ts';
import { EcsMetadata } from '../../src/simulator/access/ecs-metadata.ts';
import { Gatekeeper } from '../../src/simulator/access/gatekeeper.ts';
import { Iam } from '../../src/simulator/access/iam.ts';
import { contentText } from '../../src/simulator/answer.ts';
import type { Cloud } from '../../src/simulator/cloud.ts';
import { type DialectOptions, DOCUMENTED_DIALECT, withOptions } from '../../src/simulator/dialect.ts';
import { type Arrival, attempt } from '../../src/simulator/gateway.ts';
import { createRoutes } from '../../src/simulator/routes.ts';
import { seededRandom } from '../../src/simulator/seeded-random.ts';
import type { Fault } from './faults/fault.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import { answerInstead, spoil } from './faults/faulty-answer.ts';
import { RequestLog } from './request-log.ts';

export interface SocketlessSimulatorOptions {
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly cloud: Cloud;
  /** Left out: the token `DEFAULT_TOKEN` opens every project. */
  readonly credentials?: Credentials;
  readonly dialect?: DialectOptions;
  /** Of the probability of faults; 1 by default. */
  readonly seed?: number;
}

/** The simulator as far as it can be had without HTTP, in place of a client's exchange. */
export interface SocketlessSimulator {
  readonly url: string;
  readonly cloud: Cloud;
  readonly faults: FaultPlan;
  readonly requests: RequestLog;
  readonly createExchange: (
    options: Pick<ExchangeOptions, 'timeout'> & Partial<Pick<ExchangeOptions, 'observer'>>,
  ) => Exchange;
}

const REQUESTS_LOGGED = 100;

interface Lost {
  readonly reason: FailureReason;
  readonly message: string;
  readonly isTooLarge?: boolean;
}

const TIMEOUT: Lost = { reason: 'timeout', message: 'no answer in time' };
const CUT: Lost = { reason: 'network', message: 'ECONNRESET' };
const FLOOD: Lost = { reason: 'malformed', message: 'body too large', isTooLarge: true };

/** What the exchange over HTTP makes of what happens to connections. */
const LOST: Readonly<Partial<Record<Fault['kind'], Lost>>> = {
  hang: TIMEOUT,
  reset: CUT,
  cut: CUT,
  huge: FLOOD,
  gzip_bomb: FLOOD,
};

/** The cloud with its gateway, IAM and metadata service, for what takes many requests and is no matter of connections. */
export function createSocketlessSimulator(options: SocketlessSimulatorOptions): SocketlessSimulator {
  const { now, cloud, credentials = { tokens: [{ token: DEFAULT_TOKEN }] }, seed = 1 } = options;
  const dialect = withOptions(DOCUMENTED_DIALECT, options.dialect ?? {});
  const store = new CredentialStore(credentials);
  const routes = createRoutes({
    cloud,
    gatekeeper: new Gatekeeper(store),
    throttle: undefined,
    iam: new Iam(cloud, store, {}),
    ecsMetadata: new EcsMetadata(store, {}),
  }).map((route) => ({
    ...route,
    pattern: new RegExp(`^${route.path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
  }));
  const faults = new FaultPlan(seededRandom(seed, 'faults'));
  const requests = new RequestLog(REQUESTS_LOGGED);

  const createExchange: SocketlessSimulator['createExchange'] =
    ({ timeout, observer }) =>
    async ({ operation, method, url, headers, body = '', secrets }) => {
      const route = routes.find(
        (each) => each.method.toUpperCase() === method && each.pattern.test(url.pathname),
      );
      if (route === undefined) throw new Error(`nothing is at ${method} ${url}`);
      const arrival: Arrival = {
        method,
        url: url.pathname + url.search,
        params: decoded(route.pattern.exec(url.pathname)?.groups),
        query: url.searchParams,
        headers: lowerCased({ host: url.host, ...headers }),
        body: Buffer.from(body),
        requestId: '0',
        now: now(),
        dialect,
      };
      const note = requests.begin(arrival, route.operation);
      const finish = (status: number) => {
        note(status);
        observer?.onResponse(operation, status || 'error', 0);
      };
      const struck = { ...arrival, operation: route.operation };
      const { fault, latency } = faults.strike(route.operation, arrival.url);
      const lost = latency >= timeout ? TIMEOUT : LOST[fault?.kind ?? 'latency'];
      if (lost !== undefined) {
        const status = lost.isTooLarge ? attempt(route.answer, arrival).status : undefined;
        finish(status ?? 0);
        throw new ApiError(lost.reason, `${operation}: ${lost.message}`, { ...lost, status });
      }
      let answer = fault && answerInstead(fault, struck);
      answer ??= attempt(route.answer, arrival);
      if (fault !== undefined) answer = spoil(answer, fault, struck);
      finish(answer.status);
      const received = { date: new Date(now()).toUTCString(), ...lowerCased(answer.headers ?? {}) };
      const http = { status: answer.status, headers: received, text: contentText(answer) };
      if (http.status > 299) throw errorOf(operation, http, secrets, now());
      return http;
    };
  return { url: 'http://cloud.invalid', cloud, faults, requests, createExchange };
}

function decoded(groups: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
