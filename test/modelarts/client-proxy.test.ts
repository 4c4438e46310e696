import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { certificates } from './certificates.ts';
import { client, EVENTS, failure, json, listen } from './scene.ts';

const { pem, serve: serveTls } = certificates();

interface Proxy {
  readonly url: string;
  readonly requests: { readonly target: string; readonly authorization: string | undefined }[];
}

/** A proxy that opens tunnels, to `target` where given, whatever it is asked for. */
async function serveProxy(target?: string, status = 200, address = '127.0.0.1'): Promise<Proxy> {
  const requests: Proxy['requests'] = [];
  const sockets = new Set<Socket>();
  const server = http.createServer();
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (request, socket) => {
    requests.push({ target: request.url ?? '', authorization: request.headers['proxy-authorization'] });
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(target ?? `http://${request.url}`);
    const upstream = connect(Number(port), hostname.replace(/[[\]]/g, ''), () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    sockets.add(upstream);
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const host = address.includes(':') ? `[${address}]` : address;
  return { url: `http://user:p%40ss@${host}:${(server.address() as AddressInfo).port}`, requests };
}

test('HTTPS goes through a proxy with its own credentials, name check and kept connections', async () => {
  const server = await serveTls('server');
  const proxy = await serveProxy(server.origin);
  const tls = { caFile: pem('ca.pem'), insecureSkipVerify: false };
  const api = client({ endpoint: 'https://modelarts.test', api: { tls, proxyUrl: proxy.url } });
  await api.request(EVENTS);
  await api.request(EVENTS);
  expect(proxy.requests).toEqual([
    { target: 'modelarts.test:443', authorization: `Basic ${Buffer.from('user:p@ss').toString('base64')}` },
  ]);
  expect(server.received[0]?.headers['host']).toBe('modelarts.test');
  expect(server.received[0]?.headers['proxy-authorization']).toBeUndefined();
  const wrong = client({ endpoint: 'https://other.test', api: { tls, proxyUrl: proxy.url } });
  expect((await failure(wrong.request(EVENTS))).message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
});

test('IPv6 on both sides of a proxy', async () => {
  const server = await serveTls('address', {}, '::1');
  const proxy = await serveProxy(undefined, 200, '::1');
  const tls = { caFile: pem('ca.pem'), insecureSkipVerify: false };
  await client({ endpoint: server.origin, api: { tls, proxyUrl: proxy.url } }).request(EVENTS);
  expect(proxy.requests[0]?.target).toBe(server.host);
});

test('the environment names a proxy, and what goes direct', async () => {
  const server = await listen(http.createServer(), (_, response) => json(response, 200, {}));
  const proxy = await serveProxy();
  const env = { http_proxy: proxy.url };
  await client({ endpoint: server.origin }, { env }).request(EVENTS);
  expect(proxy.requests).toHaveLength(1);
  await client({ endpoint: server.origin }, { env: { ...env, no_proxy: '127.0.0.0/8' } }).request(EVENTS);
  expect(proxy.requests).toHaveLength(1);
});

test('a proxy that refuses or is gone is a network error without its password', async () => {
  const proxy = await serveProxy(undefined, 407);
  const refused = await failure(
    client({ endpoint: 'https://modelarts.test', api: { proxyUrl: proxy.url } }).request(EVENTS),
  );
  expect(refused).toMatchObject({
    reason: 'network',
    message: 'pool_events: PROXY_STATUS_407 modelarts.test',
  });
  const gone = await failure(
    client({ endpoint: 'https://modelarts.test', api: { proxyUrl: 'http://u:CANARY@127.0.0.1:9' } }).request(
      EVENTS,
    ),
  );
  expect(gone).toMatchObject({
    reason: 'network',
    message: 'pool_events: PROXY_ECONNREFUSED modelarts.test',
  });
  expect(JSON.stringify(gone) + gone.stack).not.toContain('CANARY');
});

test('certificates that are none are an error, direct and through a proxy', async () => {
  const server = await serveTls('server');
  const proxy = await serveProxy(server.origin);
  writeFileSync(pem('broken.pem'), 'not a certificate');
  const tls = { certFile: pem('broken.pem'), keyFile: pem('broken.pem'), insecureSkipVerify: false };
  for (const proxyUrl of ['', proxy.url]) {
    const error = await failure(client({ endpoint: server.origin, api: { tls, proxyUrl } }).request(EVENTS));
    expect(error.message).toContain('ERR_OSSL');
  }
});

test.each(['socks5://u:CANARY@h:1', 'http://u:CANARY@h:port'])(
  'a proxy URL that is none: %s',
  async (proxyUrl) => {
    const error = await failure(client({ endpoint: 'https://h', api: { proxyUrl } }).request(EVENTS));
    expect(error.message).toBe('pool_events: the proxy is not an http:// or https:// URL');
  },
);

test('a proxy that says nothing costs one timeout', async () => {
  const server = http.createServer();
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const proxyUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api = client({ endpoint: 'https://modelarts.test', api: { proxyUrl, timeout: 150 } });
  expect(['timeout', 'network']).toContain((await failure(api.request(EVENTS))).reason);
});

test('a password with a bare % reaches the proxy as it stands', async () => {
  const server = await serveTls('server');
  const proxy = await serveProxy(server.origin);
  const tls = { caFile: pem('ca.pem'), insecureSkipVerify: false };
  const proxyUrl = proxy.url.replace('p%40ss', '100%pure');
  await client({ endpoint: 'https://modelarts.test', api: { tls, proxyUrl } }).request(EVENTS);
  expect(proxy.requests[0]?.authorization).toBe(`Basic ${Buffer.from('user:100%pure').toString('base64')}`);
});
