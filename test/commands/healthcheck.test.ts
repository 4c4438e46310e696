import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { healthcheck } from '../../src/commands/healthcheck.ts';

test('an exporter that accepts and never answers is told by the time that it had', async () => {
  const hanging = createServer(() => {}).listen(0, '127.0.0.1');
  await once(hanging, 'listening');
  const url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`;
  const stderr = new PassThrough();
  try {
    expect(await healthcheck(url, { stderr }, 200)).toBe(1);
    expect(String(stderr.read())).toBe(`${url}/-/healthy: no answer within 0.2 s\n`);
  } finally {
    hanging.closeAllConnections();
    hanging.close();
  }
});
