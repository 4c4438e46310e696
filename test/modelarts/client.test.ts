import { inspect } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../../src/log.ts';
import {
  client,
  EVENTS,
  failure,
  json,
  manualTimers,
  PROJECT_ID,
  recordingLogger,
  recordingObserver,
  serve,
  settle,
  until,
} from './scene.ts';

test('a GET with its query, headers and token', async () => {
  const server = await serve((_, response) => json(response, 200, { metadata: {} }));
  const body = await client({ endpoint: server.origin }).request({
    ...EVENTS,
    query: { name: 'a b*/&=+', limit: 500, left_out: undefined, ascend: true },
    headers: { 'x-language': 'en-us' },
  });
  expect(body).toEqual({ metadata: {} });
  expect(server.received).toMatchObject([
    {
      method: 'GET',
      url: `/v1/${PROJECT_ID}/events?name=a%20b%2A%2F%26%3D%2B&limit=500&ascend=true`,
      body: '',
      headers: {
        accept: 'application/json',
        'user-agent': 'modelarts-exporter/1.2.3',
        'x-auth-token': 'a-token',
        'x-language': 'en-us',
        host: server.host,
      },
    },
  ]);
});

test('a POST with a JSON body', async () => {
  const server = await serve((_, response) => json(response, 200, []));
  await client({ endpoint: `${server.origin}/prefix/` }).request({
    operation: 'list_training_jobs',
    version: 'v2',
    path: 'training-job-searches',
    body: { name: '训练' },
  });
  expect(server.received).toMatchObject([
    {
      method: 'POST',
      url: `/prefix/v2/${PROJECT_ID}/training-job-searches`,
      body: '{"name":"训练"}',
      headers: { 'content-type': 'application/json' },
    },
  ]);
});

test('connections are kept for the next request, after errors too', async () => {
  let status = 200;
  const server = await serve((_, response) => json(response, status, { error_code: 'x' }));
  const api = client({ endpoint: server.origin });
  for (status of [200, 404, 500, 200, 200]) await api.request(EVENTS).catch(() => {});
  expect(server.received).toHaveLength(5);
  expect(server.connections()).toBe(1);
});

test('many requests at once share a signal without a warning', async () => {
  const warnings: string[] = [];
  const onWarning = (warning: Error) => warnings.push(warning.message);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  const server = await serve((_, response) => json(response, 200, {}));
  const api = client({ endpoint: server.origin });
  await Promise.all(Array.from({ length: 50 }, () => api.request(EVENTS)));
  await settle();
  expect(warnings).toEqual([]);
});

test('IPv6 endpoints work', async () => {
  const server = await serve((_, response) => json(response, 200, {}), '::1');
  await client({ endpoint: server.origin }).request(EVENTS);
  expect(server.received[0]?.headers.host).toBe(server.host);
});

test('nobody there is a network error that names the address', async () => {
  const error = await failure(client({ endpoint: 'http://127.0.0.1:9' }).request(EVENTS));
  expect(error.reason).toBe('network');
  expect(error.message).toBe('pool_events: ECONNREFUSED 127.0.0.1:9');
});

test('5xx and broken connections are retried, each one signed and counted', async () => {
  let count = 0;
  const server = await serve((_, response) => {
    count += 1;
    if (count === 1) json(response, 503, {});
    else if (count === 2) response.destroy();
    else json(response, 200, { fine: true });
  });
  const timers = manualTimers();
  const observer = recordingObserver();
  const api = client({ endpoint: server.origin, api: { retries: 2 } }, { observer, timers });
  const answer = api.request(EVENTS);
  await until(() => timers.sleeping().length > 0);
  expect(timers.sleeping()).toEqual([250]);
  timers.advance(250);
  await until(() => timers.sleeping().length > 0);
  expect(timers.sleeping()).toEqual([500]);
  timers.advance(500);
  expect(await answer).toEqual({ fine: true });
  expect(observer.codes).toEqual(['pool_events 503', 'pool_events error', 'pool_events 200']);
});

test('when the retries are used up the last error stands', async () => {
  const server = await serve((_, response) =>
    json(response, 500, { error_code: 'ModelArts.3508', error_msg: 'Broken' }),
  );
  const api = client({ endpoint: server.origin, api: { retries: 1, timeout: 5_000 } });
  const error = await failure(api.request(EVENTS));
  expect(error.message).toBe('pool_events: HTTP 500 ModelArts.3508: Broken');
  expect(server.received).toHaveLength(2);
});

test("the clock skew is the API's Date less our clock", async () => {
  const server = await serve((_, response) =>
    json(response, 200, {}, { date: 'Tue, 02 Jan 2024 03:04:05 GMT' }),
  );
  const observer = recordingObserver();
  const clock = () => Date.parse('2024-01-02T03:04:15Z');
  await client({ endpoint: server.origin }, { observer, clock }).request(EVENTS);
  expect(observer.skews).toEqual([-10]);
});

test('closing ends requests in flight and those that wait', async () => {
  const server = await serve(() => {});
  const api = client({ endpoint: server.origin });
  const all = [failure(api.request(EVENTS)), failure(api.request(EVENTS))];
  await until(() => server.received.length === 1);
  api.close();
  for (const error of await Promise.all(all)) expect(error.message).toContain('closed');
  expect((await failure(api.request(EVENTS))).message).toContain('closed');
});

test('no error, however it is printed, and no log line shows a credential', async () => {
  const canary = 'CANARY-TOKEN-0123456789';
  const server = await serve(({ headers, url }, response) => {
    if (url.includes('reset')) response.destroy();
    else if (url.includes('slow')) return;
    else if (url.includes('echo'))
      json(response, 401, { error_msg: `bad ${headers['x-auth-token']} in ${JSON.stringify(headers)}` });
    else if (url.includes('huge')) response.end(Buffer.alloc(2_000_000));
    else response.end('no json');
  });
  const log = recordingLogger();
  const auth = { kind: 'token', token: { value: canary } } as const;
  const errors: Error[] = [];
  for (const name of ['reset', 'slow', 'echo', 'huge', 'text']) {
    // A busy machine must not take long for what is not slow.
    const timeout = name === 'slow' ? 300 : 60_000;
    const api = client({ endpoint: server.origin, auth, api: { timeout, retries: 1 } }, { log });
    errors.push(await failure(api.request({ ...EVENTS, query: { name } })));
  }
  errors.push(await failure(client({ endpoint: 'http://127.0.0.1:9', auth }, { log }).request(EVENTS)));
  errors.push(await failure(client({ endpoint: 'http://host.invalid', auth }, { log }).request(EVENTS)));
  const printed: string[] = [];
  const written = (['logfmt', 'json'] as const).map((format) =>
    createLogger({ level: 'debug', format, write: (line) => printed.push(line), clock: () => 0 }),
  );
  for (const error of errors) {
    for (const logger of written) logger.error(error.message, { error, nested: { error } });
    printed.push(inspect(error, { depth: 20, showHidden: true }), String(error.stack), JSON.stringify(error));
  }
  printed.push(inspect(log.lines, { depth: 20, showHidden: true }));
  expect(errors.map((error) => 'reason' in error && error.reason)).toEqual([
    'network',
    'timeout',
    'auth',
    'malformed',
    'malformed',
    'network',
    'network',
  ]);
  expect(printed.join('\n')).not.toContain('CANARY');
});
