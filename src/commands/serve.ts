import type { Command } from '../cli.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { checkFiles } from '../config/named-files.ts';
import { formatProblem } from '../config/problem.ts';
import type { Exporter } from '../exporter.ts';
import type { Logger } from '../log.ts';
import { UnusableStateFileError } from '../state/unusable-state-file-error.ts';
import { WebConfigError } from '../web/access/config.ts';
import { ListenError, listen } from '../web/access/listen.ts';
import { createApp } from '../web/app.ts';
import type { ReloadResult } from '../web/backend.ts';
import { CommandError, ConfigurationError } from './command-error.ts';
import { exporterBackend } from './exporter-backend.ts';
import type { Runtime } from './runtime.ts';
import { openEventLog, openExporter, openLog, readConfig } from './setup.ts';

type ServeOptions = Extract<Command, { kind: 'serve' }>;

/** Runs the exporter until the process is asked to end. */
export async function serve(options: ServeOptions, runtime: Runtime): Promise<number> {
  const log = openLog(options, runtime);
  const config = await readConfig(options.configFile, runtime);
  return run(config, options, runtime, log, () => readAgain(options.configFile, runtime));
}

/**
 * Runs the exporter with a configuration, wherever it is from.
 * @param read reads the configuration again
 */
export async function run(
  config: Config,
  options: Omit<ServeOptions, 'kind' | 'configFile'>,
  runtime: Runtime,
  log: Logger,
  read: () => Promise<Config | readonly string[]>,
  onListening: (urls: readonly string[]) => void = () => {},
): Promise<number> {
  const eventLog = openEventLog(config, runtime, log);
  const exporter = await open(() =>
    openExporter(config, runtime, log, {
      shard: options.shard,
      durable: true,
      ...(eventLog === undefined ? {} : { eventLog }),
    }),
  );
  const reload = reloader(exporter, log, read);
  const app = createApp({
    backend: exporterBackend(exporter, runtime, reload),
    store: exporter.series,
    self: exporter.metrics,
    scrapers: exporter.scrapers,
    enableLifecycle: options.lifecycle,
    onError: (error) => log.error('a request failed', { error: String(error) }),
  });
  const listening = await open(() =>
    listen(app, {
      addresses: options.listen,
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
  onListening(listening.urls);
  await new Promise<void>((resolve) => {
    if (runtime.ending.aborted) resolve();
    else runtime.ending.addEventListener('abort', () => resolve(), { once: true });
  });
  log.info('ending');
  await listening.close();
  await exporter.stop();
  return 0;
}

/** One reload at a time; a bad file changes nothing. */
function reloader(
  exporter: Exporter,
  log: Logger,
  read: () => Promise<Config | readonly string[]>,
): () => Promise<ReloadResult> {
  let last: Promise<ReloadResult> = Promise.resolve({ ok: true });
  const reload = async (): Promise<ReloadResult> => {
    const next = await read();
    if (isProblems(next)) {
      exporter.metrics.configRejected();
      for (const problem of next) log.error('the configuration is not taken over', { problem });
      return { ok: false, problems: next };
    }
    await exporter.configure(next);
    log.info('the configuration is taken over');
    return { ok: true };
  };
  return () => {
    last = last.then(reload, reload);
    return last;
  };
}

async function readAgain(file: string, runtime: Runtime): Promise<Config | readonly string[]> {
  const result = await loadConfig(file, runtime.env);
  if (!result.ok) return result.problems.map(formatProblem);
  const useless = await checkFiles(result.namedFiles);
  return useless.length > 0 ? useless.map(formatProblem) : result.config;
}

function isProblems(next: Config | readonly string[]): next is readonly string[] {
  return Array.isArray(next);
}

/** What keeps a start from working, in words for the user. */
async function open<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof WebConfigError) throw new ConfigurationError(error.problems, 1);
    if (error instanceof ListenError || error instanceof UnusableStateFileError)
      throw new CommandError(error.message, 1);
    throw error;
  }
}
