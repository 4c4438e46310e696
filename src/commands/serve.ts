import type { Command } from '../cli/command.ts';
import { openLog } from './open-log.ts';
import { readConfig, requireConfig } from './read-config.ts';
import { runExporter } from './run-exporter.ts';
import type { Runtime } from './runtime.ts';

/** Runs the exporter until the process is asked to end. */
export async function serve(options: Extract<Command, { kind: 'serve' }>, runtime: Runtime): Promise<number> {
  const log = openLog(options, runtime);
  const config = await requireConfig(options.configFile, runtime);
  const readAgain = () => readConfig(options.configFile, runtime);
  return runExporter({ ...options, config, readAgain, log }, runtime);
}
