import type { CollectOptions } from '../cli/command.ts';
import { collectOnce } from './collect-once.ts';
import type { Runtime } from './runtime.ts';

/** Collects once and prints the metrics. The exit code is 1 if a target or a listing could not be read. */
export async function once(options: CollectOptions, runtime: Runtime): Promise<number> {
  const { exporter, failed } = await collectOnce(options, runtime);
  for (const chunk of exporter.series.chunks('text')) runtime.stdout.write(chunk);
  runtime.stdout.write(await exporter.metrics.text('text'));
  await exporter.stop();
  return failed ? 1 : 0;
}
