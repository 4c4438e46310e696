import type { CollectOptions } from '../cli/command.ts';
import type { Exporter } from '../exporter.ts';
import { keyOf, type TargetKey } from '../target-key.ts';
import { CommandError } from './command-error.ts';
import { openExporter } from './open-exporter.ts';
import { openLog } from './open-log.ts';
import { requireConfig } from './read-config.ts';
import type { Runtime } from './runtime.ts';

/**
 * Lets an exporter read every target once, without a state file or an event log.
 * @param only read this target alone; nothing is listed where it is configured
 * @returns the exporter, to be stopped, and whether a target or a listing could not be read
 */
export async function collectOnce(
  options: CollectOptions & { readonly record?: string },
  runtime: Runtime,
  only?: TargetKey,
): Promise<{ readonly exporter: Exporter; readonly failed: boolean }> {
  const config = await requireConfig(options.configFile, runtime);
  const log = openLog(options, runtime);
  const exporter = await openExporter(config, runtime, log, {
    shard: options.shard,
    durable: false,
    record: options.record ?? '',
  });
  const { collector } = exporter;
  if (only !== undefined) {
    if (collector.find(only) === undefined) await collector.discover();
    const target = collector.find(only);
    if (target === undefined) {
      await exporter.stop();
      throw new CommandError(`no such target: ${only.project}/${only.kind}/${only.id}`, 2);
    }
    await collector.collect(Number.POSITIVE_INFINITY, (key) => keyOf(key) === keyOf(only));
    return { exporter, failed: target.reads.health.up !== true };
  }
  await collector.discover();
  await collector.collect(Number.POSITIVE_INFINITY);
  const failed =
    collector.failingListings().length > 0 ||
    collector.targets().some(({ reads, isDeleted }) => reads.health.up !== true && !isDeleted);
  return { exporter, failed };
}
