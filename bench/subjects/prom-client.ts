import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { type Cost, costOf } from '../cost.ts';
import type { Mix } from '../fleet.ts';
import { fillRegistry } from '../stock-registry.ts';
import { obey } from '../subject.ts';

// An exporter as prom-client's documentation has it.

const registry = new Registry();
const server = createServer(async (_request, response) => {
  response.setHeader('Content-Type', registry.contentType);
  response.end(await registry.metrics());
});

obey({
  fill: ({ template, mix }: { template: string; mix: Mix }) => fillRegistry(registry, template, mix),
  render: (): Promise<Cost> => costOf(() => registry.metrics()),
  async listen() {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  peakMemory: () => process.resourceUsage().maxRSS,
});
