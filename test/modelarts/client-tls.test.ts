import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { certificates } from './certificates.ts';
import { client, EVENTS, failure } from './scene.ts';

const { pem, serve: serveTls } = certificates();

test('an unknown authority is refused by default', async () => {
  const server = await serveTls('address');
  const error = await failure(client({ endpoint: server.origin }).request(EVENTS));
  expect(error.reason).toBe('network');
  expect(error.message).toMatch(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER/);
  expect(server.received).toEqual([]);
});

test('a given authority is trusted, over IPv6 too, and connections are kept', async () => {
  for (const address of ['127.0.0.1', '::1']) {
    const server = await serveTls('address', {}, address);
    const tls = { caFile: pem('ca.pem'), insecureSkipVerify: false };
    const api = client({ endpoint: server.origin, api: { tls } });
    expect(await api.request(EVENTS)).toEqual({ fine: true });
    await api.request(EVENTS);
    expect(server.connections()).toBe(1);
  }
});

test('verification can be switched off', async () => {
  const server = await serveTls('server');
  await client({ endpoint: server.origin, api: { tls: { insecureSkipVerify: true } } }).request(EVENTS);
});

test.each(['127.0.0.1', '::1'])(
  'at %s a certificate of another name is refused, unless asked for',
  async (address) => {
    const server = await serveTls('server', {}, address);
    const tls = { caFile: pem('ca.pem'), insecureSkipVerify: false };
    const error = await failure(client({ endpoint: server.origin, api: { tls } }).request(EVENTS));
    expect(error.message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    const named = { ...tls, serverName: 'modelarts.test' };
    await client({ endpoint: server.origin, api: { tls: named } }).request(EVENTS);
  },
);

test('the server name is of the ModelArts endpoint, not of IAM', async () => {
  const api = await serveTls('server');
  const iam = await serveTls('local');
  const { port } = new URL(iam.origin);
  const tls = { caFile: pem('ca.pem'), insecureSkipVerify: false, serverName: 'modelarts.test' };
  const error = await failure(
    client({
      endpoint: api.origin,
      iamEndpoint: `https://localhost:${port}`,
      projectId: null,
      api: { tls },
    }).projectId(),
  );
  // The name localhost was good; that this is no IAM is another matter.
  expect(error.message).toContain('no project named');
});

test('a client certificate is shown', async () => {
  const server = await serveTls('address', {
    requestCert: true,
    rejectUnauthorized: true,
    ca: readFileSync(pem('client-ca.pem')),
  });
  const tls = { caFile: pem('ca.pem'), insecureSkipVerify: false };
  expect((await failure(client({ endpoint: server.origin, api: { tls } }).request(EVENTS))).reason).toBe(
    'network',
  );
  const complete = { ...tls, certFile: pem('client.pem'), keyFile: pem('client.key') };
  await client({ endpoint: server.origin, api: { tls: complete } }).request(EVENTS);
});

test('a CA file is read again when it changes; one that is gone is named', async () => {
  const server = await serveTls('address');
  const caFile = pem('rotating.pem');
  writeFileSync(caFile, readFileSync(pem('client-ca.pem')));
  const api = client({ endpoint: server.origin, api: { tls: { caFile, insecureSkipVerify: false } } });
  expect((await failure(api.request(EVENTS))).reason).toBe('network');
  writeFileSync(caFile, Buffer.concat([readFileSync(pem('client-ca.pem')), readFileSync(pem('ca.pem'))]));
  await api.request(EVENTS);
  rmSync(caFile);
  expect((await failure(api.request(EVENTS))).message).toBe(`pool_events: cannot read ${caFile}: ENOENT`);
});
