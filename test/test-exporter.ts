import { setImmediate } from 'node:timers/promises';
import type { Config } from '../src/config/config.ts';
import type { Environment } from '../src/config/environment.ts';
import { systemDisk } from '../src/disk.ts';
import { createExporter, type Exporter, type ExporterOptions } from '../src/exporter.ts';
import type { Logger } from '../src/log.ts';
import { type ApiHost, apiFactory } from '../src/modelarts/api-factory.ts';
import { createBreakers } from '../src/modelarts/breaker.ts';
import { Quotas } from '../src/modelarts/quotas.ts';
import { stateLocks } from '../src/state/state-lock.ts';
import { systemTimers, type Timers } from '../src/timers.ts';

export interface TestExporterOptions extends Partial<Omit<ExporterOptions, 'createApi' | 'version'>> {
  /** Unix milliseconds, the same as the simulator's. */
  readonly clock: () => number;
  /** Where credentials and proxies may come from; empty by default. */
  readonly env?: Environment;
  /** Hasty by default: clients wait for no pause and no rate limit. */
  readonly timers?: Timers;
  /** Told of every answer. */
  readonly onAnswer?: ApiHost['onAnswer'];
  /** HTTP by default. */
  readonly createExchange?: ApiHost['createExchange'];
  /** What the clock is held to; the clock itself by default, which so is never wrong. */
  readonly steady?: () => number;
}

/** The exporter with its real HTTP client, on the test's clock. It leaves nothing on the disk unless it is durable. */
export function createTestExporter(config: Config, options: TestExporterOptions): Promise<Exporter> {
  const {
    clock,
    env = {},
    log = SILENT,
    timers = hastyTimers(clock),
    steady = clock,
    onAnswer,
    createExchange,
    ...rest
  } = options;
  const version = '1.2.3';
  const quotas = new Quotas(clock, timers.now);
  // A request that hangs must be waited for in real time.
  const breakers = createBreakers({ ...systemTimers, now: clock });
  return createExporter(config, {
    clock,
    timers: { ...systemTimers, now: steady },
    disk: systemDisk,
    lockState: stateLocks(systemTimers),
    startedAt: clock(),
    log,
    version,
    shard: { index: 0, count: 1 },
    durable: false,
    createApi: apiFactory({
      clock,
      log,
      env,
      version,
      random: () => 0.5,
      timers,
      breakers,
      quotas,
      ...(onAnswer && { onAnswer }),
      ...(createExchange && { createExchange }),
    }),
    quotas,
    // Asking the system takes longer than all else that is shown.
    ofProcess: false,
    ...rest,
  });
}

const ignore = () => {};
const SILENT: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Waiting makes time pass instead of taking it. */
export function hastyTimers(clock: () => number): Timers {
  let waited = 0;
  return {
    now: () => clock() + waited,
    async sleep(duration) {
      waited += duration;
      await setImmediate();
    },
  };
}
