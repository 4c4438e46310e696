import type { CollectOptions } from '../cli.ts';
import type { Runtime } from './runtime.ts';
import { collectOnce } from './setup.ts';

/** Collects once and prints the exposition; fails where a target or a listing did. */
export async function once(options: CollectOptions, runtime: Runtime): Promise<number> {
  const { exporter, failed } = await collectOnce(options, runtime);
  for (const chunk of exporter.series.chunks('text')) runtime.stdout.write(chunk);
  runtime.stdout.write(await exporter.metrics.text('text'));
  await exporter.stop();
  return failed ? 1 : 0;
}
