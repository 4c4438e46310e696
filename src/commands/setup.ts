import type { CollectOptions, LogOptions } from '../cli.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { checkFiles } from '../config/named-files.ts';
import { formatProblem } from '../config/problem.ts';
import { EventLog } from '../event-log/event-log.ts';
import { fileSink, streamSink } from '../event-log/line-sink.ts';
import { createExporter, type Exporter, type ExporterOptions } from '../exporter.ts';
import { createLogger, type Logger } from '../log.ts';
import { apiFactory } from '../modelarts/api-factory.ts';
import { createBreakers } from '../modelarts/breaker.ts';
import { systemTimers } from '../timers.ts';
import { ConfigurationError } from './command-error.ts';
import type { Runtime } from './runtime.ts';

/** @throws ConfigurationError */
export async function readConfig(file: string, runtime: Runtime): Promise<Config> {
  const result = await loadConfig(file, runtime.env);
  if (!result.ok) throw new ConfigurationError(result.problems.map(formatProblem), 2);
  const useless = await checkFiles(result.namedFiles);
  if (useless.length > 0) throw new ConfigurationError(useless.map(formatProblem), 2);
  return result.config;
}

export function openLog({ logLevel, logFormat }: LogOptions, runtime: Runtime): Logger {
  return createLogger({
    level: logLevel,
    format: logFormat,
    write: (line) => runtime.stderr.write(line),
    clock: runtime.clock,
  });
}

/** An exporter that talks to the real cloud. */
export function openExporter(
  config: Config,
  runtime: Runtime,
  log: Logger,
  rest: Pick<ExporterOptions, 'shard' | 'durable' | 'eventLog'>,
): Promise<Exporter> {
  const { clock, env, random, startedAt, version } = runtime;
  return createExporter(config, {
    ...rest,
    clock,
    startedAt,
    version,
    log,
    createApi: apiFactory({ clock, env, log, random, version }, createBreakers(systemTimers)),
  });
}

export function openEventLog({ eventLog }: Config, runtime: Runtime, log: Logger): EventLog | undefined {
  if (eventLog === '') return undefined;
  return new EventLog(eventLog === 'stdout' ? streamSink(runtime.stdout) : fileSink(eventLog), log);
}

/** An exporter that has looked once at everything and leaves no trace, and whether a target or a listing failed. */
export async function collectOnce(
  options: CollectOptions,
  runtime: Runtime,
): Promise<{ readonly exporter: Exporter; readonly failed: boolean }> {
  const config = await readConfig(options.configFile, runtime);
  const log = openLog(options, runtime);
  const exporter = await openExporter(config, runtime, log, { shard: options.shard, durable: false });
  const { collector, reporter } = exporter;
  await collector.discover();
  await collector.collect(Number.POSITIVE_INFINITY);
  const failed = reporter.listingsFailed || collector.targets().some(({ health }) => health.up !== true);
  return { exporter, failed };
}
