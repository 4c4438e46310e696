import type { Stop } from '../collection/repeat.ts';
import type { Shard } from '../collection/shard.ts';
import type { Config } from '../config/config.ts';
import type { Logger } from '../log.ts';
import { UnusableStateFileError } from '../state/unusable-state-file-error.ts';
import { WebConfigError } from '../web/access/config.ts';
import { ListenError, listen } from '../web/access/listen.ts';
import type { ListenAddress } from '../web/access/listen-address.ts';
import { createApp } from '../web/app.ts';
import type { WebPaths } from '../web/paths.ts';
import { CommandError, ConfigurationError } from './command-error.ts';
import { exporterBackend } from './exporter-backend.ts';
import { openEventLog, openExporter } from './open-exporter.ts';
import type { ConfigReading } from './read-config.ts';
import { createReload } from './reload.ts';
import type { Runtime } from './runtime.ts';

export interface RunOptions {
  readonly config: Config;
  /** Reads the configuration anew, for a reload. */
  readonly readAgain: () => Promise<ConfigReading>;
  /** Begins to reload when the configuration has changed, and returns what ends that. */
  readonly reloadOnChange?: (reload: () => Promise<unknown>) => Stop;
  readonly log: Logger;
  readonly shard: Shard;
  readonly listen: readonly ListenAddress[];
  /** Empty: neither TLS nor users. */
  readonly webConfigFile: string;
  readonly lifecycle: boolean;
  /** File for masked answers; empty: none. */
  readonly record?: string;
  readonly paths: WebPaths;
  readonly onListening?: (urls: readonly string[]) => void;
}

/** Runs the exporter and its web server until the process is asked to end. */
export async function runExporter(options: RunOptions, runtime: Runtime): Promise<number> {
  const { config, log, shard } = options;
  const eventLog = openEventLog(config, runtime, log);
  const exporter = await explainFailure(() =>
    openExporter(config, runtime, log, {
      shard,
      durable: true,
      record: options.record ?? '',
      eventLog,
    }),
  );
  const reload = createReload(exporter, log, options.readAgain);
  const app = createApp({
    backend: exporterBackend(exporter, runtime, reload),
    store: exporter.series,
    self: exporter.metrics,
    scrapers: exporter.scrapers,
    enableLifecycle: options.lifecycle,
    paths: options.paths,
    onError: (error) => log.error('a request failed', { error: String(error) }),
  });
  const listening = await explainFailure(() =>
    listen(app, {
      addresses: options.listen,
      timers: runtime.timers,
      ...(options.webConfigFile === '' ? {} : { webConfigFile: options.webConfigFile }),
      onError: (error) =>
        log.error('the web configuration could not be taken over', { error: String(error) }),
      onChange: () => log.info('the web configuration is taken over'),
    }),
  ).catch(async (error: unknown) => {
    await exporter.stop();
    throw error;
  });
  log.info('listening', { addresses: listening.urls.join(' '), version: runtime.version });
  exporter.start();
  runtime.onReload(() => {
    eventLog?.reopen();
    void reload();
  });
  const stopReloading = options.reloadOnChange?.(reload);
  options.onListening?.(listening.urls);
  await aborted(runtime.ending);
  log.info('ending');
  stopReloading?.();
  await listening.close();
  await exporter.stop();
  return 0;
}

/** Turns what commonly keeps a start from working into one line for the user. */
async function explainFailure<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof WebConfigError) throw new ConfigurationError(error.problems, 1);
    if (error instanceof ListenError || error instanceof UnusableStateFileError)
      throw new CommandError(error.message, 1);
    throw error;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
