import type { Command } from '../cli/command.ts';
import { repeatEvery } from '../collection/repeat.ts';
import type { Config } from '../config/config.ts';
import { contentOf, createConfigChangeCheck } from './config-change.ts';
import { openLog } from './open-log.ts';
import { type ConfigReading, readConfig, requireConfig } from './read-config.ts';
import { type RunOptions, runExporter } from './run-exporter.ts';
import type { Runtime } from './runtime.ts';

/** How long the configuration file has to stay the same before it is taken, in milliseconds. */
const SETTLE_AFTER = 250;

/** Runs the exporter until the process is asked to end. */
export async function serve(options: Extract<Command, { kind: 'serve' }>, runtime: Runtime): Promise<number> {
  const { configFile: file, autoReloadInterval } = options;
  const log = openLog(options, runtime);
  // Before the configuration is read, so that a change in between is not missed.
  const before = await contentOf(file);
  const config = linkingTo(options.externalUrl, await requireConfig(file, runtime, 'run'));
  const readAgain = async (): Promise<ConfigReading> => {
    const reading = await readConfig(file, runtime, 'run');
    return reading.ok ? { ...reading, config: linkingTo(options.externalUrl, reading.config) } : reading;
  };
  const settle = () => runtime.timers.sleep(SETTLE_AFTER);
  const reloadOnChange: RunOptions['reloadOnChange'] = (reload) =>
    repeatEvery(
      autoReloadInterval,
      createConfigChangeCheck({ file, before, settle, onChange: reload }),
      runtime.timers,
    );
  const automatic = autoReloadInterval === 0 ? {} : { reloadOnChange };
  return runExporter({ ...options, ...automatic, config, readAgain, log }, runtime);
}

/** Alerts lead to the address of the flag where the configuration has none. */
function linkingTo(externalUrl: string, config: Config): Config {
  const { alerting } = config;
  return { ...config, alerting: { ...alerting, externalUrl: alerting.externalUrl || externalUrl } };
}
