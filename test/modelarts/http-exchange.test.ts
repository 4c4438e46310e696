import { getEventListeners } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { createAgents } from '../../src/http/agents.ts';
import { createExchange } from '../../src/modelarts/http-exchange.ts';
import { systemTimers } from '../../src/timers.ts';
import { json, recordingLogger, recordingObserver, serve } from './scene.ts';

test('an exchange that has ended leaves nothing registered, whatever its end', async () => {
  const server = await serve(({ url }, response) => {
    if (url === '/reset') response.destroy();
    else if (url === '/huge') response.end(Buffer.alloc(10_000));
    else json(response, url === '/fine' ? 200 : 500, {});
  });
  const { signal } = new AbortController();
  const log = recordingLogger();
  const agents = createAgents({
    tls: { insecureSkipVerify: false },
    serverNameHost: '',
    proxyUrl: '',
    env: {},
    connections: 1,
    timeout: 60_000,
    signal,
  });
  onTestFinished(() => agents.close());
  const exchange = createExchange({
    agents,
    observer: recordingObserver(),
    log,
    clock: () => 0,
    timers: systemTimers,
    timeout: 60_000,
    responseBytes: 1_000,
    userAgent: 'test',
    signal,
  });
  for (const path of ['/fine', '/broken', '/huge', '/reset']) {
    await exchange({
      operation: 'pool_events',
      method: 'GET',
      url: new URL(path, server.origin),
      headers: {},
      secrets: [],
    }).catch(() => {});
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect(log.lines.map(({ level, fields }) => [level, fields['code']])).toEqual([
    ['debug', 200],
    ['debug', 500],
    ['debug', 200],
    ['debug', 'error'],
  ]);
});
