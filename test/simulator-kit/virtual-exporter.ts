import type { PostableAlert } from '../../src/alerting/wire.ts';
import { systemDisk } from '../../src/disk.ts';
import { createExporter, type Exporter } from '../../src/exporter.ts';
import type { Logger } from '../../src/log.ts';
import { apiFactory } from '../../src/modelarts/api-factory.ts';
import { createBreakers } from '../../src/modelarts/breaker.ts';
import { Quotas } from '../../src/modelarts/quotas.ts';
import { stateLocks } from '../../src/state/state-lock.ts';
import { configOf, prodAt } from '../configuration.ts';
import { createInnerExchange, type InnerExchangeOptions } from './inner-exchange.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface VirtualExporterOptions extends Omit<InnerExchangeOptions, 'timers' | 'clock'> {
  readonly time: VirtualTime;
  /** Projects of the configuration, beside their address; one that discovers everything by default. */
  readonly projects?: readonly Readonly<Record<string, unknown>>[];
  /** The rest of the configuration file. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Is given what is sent to the only Alertmanager; without it there is none. */
  readonly onPost?: (alerts: readonly PostableAlert[]) => void;
}

const EVERYTHING = {
  discovery: { services: { enabled: true }, training_jobs: { enabled: true }, pools: { enabled: true } },
};

const ignore = () => {};
const LOG: Logger = { debug: ignore, info: ignore, warn: ignore, error: console.error };

/** The exporter as it is, with its client, quota and schedule, beside a simulated cloud in virtual time. */
export function createVirtualExporter(options: VirtualExporterOptions): Promise<Exporter> {
  const { time, projects = [EVERYTHING], settings = {}, onPost } = options;
  const { timers, clock } = time;
  const config = configOf({
    ...(onPost === undefined
      ? {}
      : { alerting: { alertmanagers: [{ url: 'http://alertmanager.invalid' }] } }),
    ...settings,
    projects: projects.map((project) => ({ ...prodAt('http://cloud.invalid'), ...project })),
  });
  const quotas = new Quotas(clock, timers.now);
  const version = '0.0.0';
  return createExporter(config, {
    clock,
    timers,
    disk: systemDisk,
    lockState: stateLocks(timers),
    startedAt: clock(),
    log: LOG,
    version,
    shard: { index: 0, count: 1 },
    durable: false,
    createAlertmanager: () => ({
      async post(alerts) {
        onPost?.(alerts);
        return { kind: 'taken' };
      },
      close: ignore,
    }),
    quotas,
    createApi: apiFactory({
      clock,
      timers,
      env: {},
      log: LOG,
      random: () => 0.5,
      version,
      breakers: createBreakers(timers),
      quotas,
      createExchange: () => createInnerExchange({ ...options, clock, timers }),
    }),
  });
}
