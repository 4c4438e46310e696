import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { client, EVENTS, failure, recordingObserver, serve, until } from './scene.ts';

test('a wrong content type is no matter, a body that is not JSON is', async () => {
  let body = '{"fine":true}';
  const server = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(body);
  });
  const api = client({ endpoint: server.origin });
  expect(await api.request(EVENTS)).toEqual({ fine: true });
  for (body of ['<html>', '', '{"cut":']) {
    expect(await failure(api.request(EVENTS))).toMatchObject({ reason: 'malformed', status: 200 });
  }
});

test.each([200, 500])('JSON nested 20,000 levels deep does no harm: HTTP %d', async (status) => {
  const deep = '['.repeat(20_000) + ']'.repeat(20_000);
  let body = '';
  const server = await serve((_, response) => {
    response.writeHead(status);
    response.end(body);
  });
  const api = client({ endpoint: server.origin });
  for (body of [deep, `{"items":[${deep}]}`, `{"error_code":${deep},"error_msg":${deep}}`]) {
    const reason = status === 200 ? 'malformed' : 'server';
    expect(await failure(api.request(EVENTS))).toMatchObject({ name: 'ApiError', reason, status });
  }
});

test('gzip is taken apart', async () => {
  const server = await serve((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(gzipSync('{"fine":true}'));
  });
  expect(await client({ endpoint: server.origin }).request(EVENTS)).toEqual({ fine: true });
  expect(server.received[0]?.headers['accept-encoding']).toContain('gzip');
});

test('a huge body is cut off as soon as it is too large', async () => {
  let written = 0;
  let ended = false;
  const server = await serve((_, response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(65_536, 'x');
    const write = () => {
      while (!ended && written < 100_000_000) {
        written += chunk.length;
        if (!response.write(chunk)) return;
      }
      response.end();
    };
    response.on('drain', write);
    response.on('close', () => {
      ended = true;
    });
    write();
  });
  const error = await failure(client({ endpoint: server.origin }).request(EVENTS));
  expect(error).toMatchObject({ reason: 'malformed', status: 200 });
  expect(error.message).toBe('pool_events: body larger than 1000000 bytes');
  await until(() => ended);
  expect(written).toBeLessThan(30_000_000);
});

test('a small body that decompresses to a huge one is too', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const server = await serve((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(bomb);
  });
  expect(bomb.length).toBeLessThan(100_000);
  expect(await failure(client({ endpoint: server.origin }).request(EVENTS))).toMatchObject({
    reason: 'malformed',
  });
});

test('a huge body of an error does not hide the error', async () => {
  const server = await serve((_, response) => {
    response.writeHead(503);
    response.end(Buffer.alloc(5_000_000, 'x'));
  });
  expect(await failure(client({ endpoint: server.origin }).request(EVENTS))).toMatchObject({
    reason: 'server',
    status: 503,
  });
});

test.each(['content-length', 'chunked', 'gzip'])(
  'a body cut in transfer is a network error: %s',
  async (how) => {
    const server = await serve((_, response) => {
      if (how === 'content-length') response.writeHead(200, { 'content-length': 100 });
      if (how === 'gzip') response.writeHead(200, { 'content-encoding': 'gzip' });
      const body = how === 'gzip' ? gzipSync('{"some":"thing"}'.repeat(100)).subarray(0, 30) : '{"some":';
      response.write(body, () => response.destroy());
    });
    const observer = recordingObserver();
    const error = await failure(client({ endpoint: server.origin }, { observer }).request(EVENTS));
    expect(error.reason).toBe('network');
    expect(observer.codes).toEqual(['pool_events 200']);
  },
);

test('a compressed body that is none is malformed', async () => {
  const server = await serve((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end('{"plain":true}');
  });
  expect(await failure(client({ endpoint: server.origin }).request(EVENTS))).toMatchObject({
    reason: 'malformed',
  });
});

test('no answer and a dribbling one end with the timeout, and are not retried', async () => {
  let dribble = false;
  const server = await serve((_, response) => {
    if (!dribble) return;
    response.writeHead(200);
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  });
  const observer = recordingObserver();
  const api = client({ endpoint: server.origin, api: { timeout: 1_000, retries: 5 } }, { observer });
  for (dribble of [false, true]) {
    const error = await failure(api.request(EVENTS));
    expect(error).toMatchObject({ reason: 'timeout', status: undefined });
    expect(error.message).toBe('pool_events: no answer within 1000 ms');
  }
  expect(observer.codes).toEqual(['pool_events error', 'pool_events 200']);
});

test('a redirect is not followed', async () => {
  const server = await serve((_, response) => {
    response.writeHead(302, { location: 'http://127.0.0.1:9/' });
    response.end();
  });
  expect(await failure(client({ endpoint: server.origin }).request(EVENTS))).toMatchObject({
    reason: 'other',
    status: 302,
  });
  expect(server.received).toHaveLength(1);
});
