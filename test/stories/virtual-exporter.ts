import { onTestFinished } from 'vitest';
import { systemDisk } from '../../src/disk.ts';
import { createExporter, type Exporter } from '../../src/exporter.ts';
import type { Logger } from '../../src/log.ts';
import { apiFactory } from '../../src/modelarts/api-factory.ts';
import { createBreakers } from '../../src/modelarts/breaker.ts';
import { Quotas } from '../../src/modelarts/quotas.ts';
import type { Cloud } from '../../src/simulator/cloud.ts';
import { stateLocks } from '../../src/state/state-lock.ts';
import { configOf, prodAt } from '../configuration.ts';
import { createInnerExchange } from '../simulator-kit/inner-exchange.ts';
import { createVirtualTime, type VirtualTime } from '../simulator-kit/virtual-time.ts';

const ignore = () => {};
const LOG: Logger = { debug: ignore, info: ignore, warn: ignore, error: console.error };
/** Of a request. */
const LATENCY = 150;

export interface VirtualExporter extends VirtualTime {
  readonly exporter: Exporter;
}

/**
 * The whole exporter, as it runs by itself, beside a cloud in virtual time. Its alerts go to nobody.
 * @param settings sections of the configuration file beside the projects
 */
export async function startVirtually(
  cloud: Cloud,
  start: number,
  project: Readonly<Record<string, unknown>>,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<VirtualExporter> {
  const time = createVirtualTime(start);
  const { clock, timers } = time;
  const quotas = new Quotas(clock, timers.now);
  const config = configOf({
    ...settings,
    alerting: { alertmanagers: [{ url: 'http://127.0.0.1:9' }] },
    projects: [{ ...prodAt('http://cloud.invalid'), ...project }],
  });
  const exchange = { cloud, throttle: undefined, clock, timers, latency: LATENCY, onAnswer: ignore };
  const exporter = await createExporter(config, {
    clock,
    timers,
    startedAt: start,
    log: LOG,
    version: '0.0.0',
    shard: { index: 0, count: 1 },
    durable: false,
    disk: systemDisk,
    lockState: stateLocks(timers),
    createAlertmanager: () => ({ post: async () => ({ kind: 'taken' }), close: ignore }),
    quotas,
    createApi: apiFactory({
      clock,
      timers,
      env: {},
      log: LOG,
      random: () => 0.5,
      version: '0.0.0',
      breakers: createBreakers(timers),
      quotas,
      createExchange: () => createInnerExchange(exchange),
    }),
  });
  exporter.start();
  onTestFinished(async () => {
    const stopped = exporter.stop();
    await time.pass(60_000);
    await stopped;
  });
  return { ...time, exporter };
}
