import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiError } from '../../src/modelarts/errors.ts';
import { createExchange, type Exchange, type ExchangeOptions } from '../../src/modelarts/http-exchange.ts';
import { createSocketlessSimulator } from '../simulator-kit/socketless-simulator.ts';
import { startTestSimulator, type TestSimulator } from '../simulator-kit/test-simulator.ts';
import { createTestExporter } from '../test-exporter.ts';
import { CASES, type Case, timeoutOf } from './cases.ts';
import {
  configAt,
  ENVIRONMENT,
  happen,
  MINUTE,
  PROJECT_NAMES,
  PROJECTS,
  START,
  simulatorOptions,
} from './projects.ts';

type Call = Parameters<Exchange>[0];
type Way = Pick<TestSimulator, 'url' | 'faults'> & {
  readonly createExchange: (options: ExchangeOptions) => Exchange;
};

const now = () => START + MINUTE;
/** Where all requests are struck, nothing comes in time, however short it is. */
const timeoutFor = (given: Case) => (given.isSlow ? 500 : timeoutOf(given));

/** All that an exporter asks of a cloud with each kind of credentials, to be asked again. */
async function record({ url, createExchange: open }: Way) {
  const asked: { readonly call: Call; readonly wire: ExchangeOptions }[] = [];
  const exporter = await createTestExporter(configAt(url, MINUTE), {
    clock: now,
    env: ENVIRONMENT,
    createExchange: (wire) => {
      const exchange = open(wire);
      return (call) => {
        asked.push({ call, wire });
        return exchange(call);
      };
    },
  });
  await exporter.collector.discover();
  await exporter.collector.collect(Number.POSITIVE_INFINITY);
  const nameOf = ({ operation, method, url: { pathname, search } }: Call) =>
    `${operation} ${method} ${pathname}${search}`;
  const sorted = asked.toSorted((a, b) => (nameOf(a.call) < nameOf(b.call) ? -1 : 1));
  return {
    calls: sorted.map(({ call }) => call),
    names: sorted.map(({ call }) => nameOf(call)),
    outcomes: (timeout: number) =>
      Promise.all(sorted.map(({ call, wire }) => outcome(open({ ...wire, timeout }), call))),
    stop: exporter.stop,
  };
}

/** What the client makes of a request: all that anything behind it knows. */
async function outcome(exchange: Exchange, call: Call) {
  try {
    const { status, headers, text } = await exchange(call);
    const hasToken = 'x-subject-token' in headers;
    // What is issued is numbered.
    return { status, date: headers.date, hasToken, text: text.replaceAll(/0\d{5}|token-\d+/g, '') };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { reason, status, code, retryAfter, limit, isTooLarge, mayBeDeleted } = error;
    return { reason, status, code, retryAfter, limit, isTooLarge, mayBeDeleted };
  }
}

const options = simulatorOptions(now);
for (const name of PROJECT_NAMES) happen(options.cloud, name, START + 1_000, 0);
const socketless = createSocketlessSimulator(options);
let server: TestSimulator;
let overHttp: Awaited<ReturnType<typeof record>>;
let inside: Awaited<ReturnType<typeof record>>;
beforeAll(async () => {
  server = await startTestSimulator(options);
  overHttp = await record({ url: server.url, faults: server.faults, createExchange });
  inside = await record(socketless);
});
afterAll(async () => {
  for (const { stop } of [overHttp, inside]) await stop();
  await server.close();
});

test('all is asked with each kind of credentials, over HTTP as without sockets', () => {
  expect(overHttp.names).toEqual(inside.names);
  const operations = (id: string) => {
    const ofProject = inside.calls.filter(({ url }) => url.pathname.includes(id));
    return [...new Set(ofProject.map(({ operation }) => operation))];
  };
  for (const name of PROJECT_NAMES) {
    expect(operations(PROJECTS[name].id)).toEqual([
      'inference_service_events',
      'list_inference_services',
      'list_pools',
      'list_scheduled_events',
      'list_services',
      'list_training_jobs',
      'pool_events',
      'service_events',
      'service_update_logs',
      'show_inference_service',
      'training_job_events',
    ]);
  }
  expect(inside.names.filter((name) => /^(ecs|iam)_/.test(name))).toEqual([
    'ecs_metadata GET /openstack/latest/securitykey',
    'ecs_metadata PUT /meta-data/latest/api/token',
    'iam_token POST /v3/auth/tokens?nocatalog=true',
  ]);
});

// Not side by side: a fault strikes whatever is asked.
test.each(CASES)('$name is over HTTP what it is without sockets, for all requests', async (given) => {
  const heals = [server, socketless].map(({ faults }) => faults.add(given.fault));
  const timeout = timeoutFor(given);
  const [told, expected] = [await overHttp.outcomes(timeout), await inside.outcomes(timeout)];
  for (const heal of heals) heal();
  expect(told).toEqual(expected);
});
